/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/udev.h"

#include "support.h"

static char driver[] = "vfio-pci", module[] = "vfio_pci";

static const struct device_rule known = {
	.place.address = {.bus = 1},
	.id = {.vendor = 0x8086, .device = 0x10d3},
	.subsystem_vendor = -1,
	.subsystem_device = -1,
	.driver = driver,
	.module = module,
	.looks = ALLOW_STORAGE | ALLOW_NETWORK | ALLOW_DISPLAY,
};

static char *render(const struct device_rule *rule)
{
	struct device_rule copy = *rule;

	return render_udev_rules(&(struct device_rules){.items = &copy, .n = 1});
}

TEST(no_rule_is_no_file)
{
	_cleanup_free_ char *text = render_udev_rules(&(struct device_rules){});

	assert_string_equal(text, "");
}

TEST(two_rules_for_a_device)
{
	_cleanup_free_ char *text = render(&known);

	assert_string_equal(
		text, FILE_HEADER
		"KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10d3\", "
		"DRIVER==\"|vfio-pci\", ENV{.vfio_prepare}==\"add\", ATTR{driver_override}=\"vfio-pci\", "
		"ATTR{[subsystem/pci]drivers_probe}=\"$kernel\", RUN{builtin}+=\"kmod load vfio_pci\"\n"
		"KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10d3\", "
		"DRIVER!=\"vfio-pci\", ENV{.vfio_prepare}==\"bind\", RUN+=\"/bin/systemctl --no-block "
		"start vfio-prepare-hotplug@$kernel.service\"\n");
}

TEST(what_is_not_known_yet_is_the_program_s)
{
	struct device_rule rule = known;
	_cleanup_free_ char *text = NULL;

	rule.driver = NULL;
	text = render(&rule);
	assert_null(strstr(text, "driver_override"));
	assert_non_null(strstr(text, "DRIVER!=\"*vfio*\", ENV{.vfio_prepare}==\"bind\""));
}

TEST(whether_it_is_meant_the_program_finds_out)
{
	struct device_rule rule = known;
	_cleanup_free_ char *text = NULL;

	rule.asks_program = true;
	text = render(&rule);
	assert_null(strstr(text, "driver_override"));
	assert_non_null(strstr(text, "DRIVER!=\"vfio-pci\", ENV{.vfio_prepare}==\"bind\""));
}

TEST(what_the_section_allows_need_not_be_looked_at)
{
	static const struct {
		unsigned looks;
		const char *text;
	} rows[] = {
		{ALLOW_STORAGE, "==\"add|display|network\","},
		{ALLOW_STORAGE | ALLOW_NETWORK, "==\"add|display\","},
		{ALLOW_DISPLAY | ALLOW_NETWORK, "==\"add|disks\","},
		{0, "==\"add|disks|display|network\","},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct device_rule rule = known;
		_cleanup_free_ char *text = NULL;

		rule.looks = rows[i].looks;
		text = render(&rule);
		check(rows[i].text, strstr(text, rows[i].text));
	}
}

TEST(identities)
{
	static const struct {
		struct id_pattern id;
		int32_t subsystem_vendor, subsystem_device;
		const char *text;
	} rows[] = {
		{{-1, -1, 0x030000, 0xff0000}, -1, -1, "\"*\", ATTR{class}==\"0x03*\", DRIVER"},
		{{0x10de, -1, 0x030200, 0xffff00},
		 -1,
		 -1,
		 "\"*\", ATTR{vendor}==\"0x10de\", ATTR{class}==\"0x0302*\", DRIVER"},
		{{0, 0xffff, 0x000001, 0xffffff},
		 -1,
		 -1,
		 "\"*\", ATTR{vendor}==\"0x0000\", ATTR{device}==\"0xffff\", ATTR{class}==\"0x000001\", "
		 "DRIVER"},
		{{-1, 1, 0, 0},
		 0x1af4,
		 0x1100,
		 "\"*\", ATTR{device}==\"0x0001\", ATTR{subsystem_vendor}==\"0x1af4\", "
		 "ATTR{subsystem_device}==\"0x1100\", DRIVER"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct device_rule rule = known;
		_cleanup_free_ char *text = NULL;

		rule.anywhere = true;
		rule.id = rows[i].id;
		rule.subsystem_vendor = rows[i].subsystem_vendor;
		rule.subsystem_device = rows[i].subsystem_device;
		text = render(&rule);
		check(rows[i].text, strstr(text, rows[i].text));
	}
}

TEST(all_functions_of_a_slot)
{
	struct device_rule rule = known;
	_cleanup_free_ char *text = NULL;

	rule.place.any_function = true;
	rule.place.address.domain = 0x10000;
	text = render(&rule);
	assert_non_null(strstr(text, "KERNEL==\"10000:01:00.?\", "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rule_is_no_file),
		cmocka_unit_test(two_rules_for_a_device),
		cmocka_unit_test(what_is_not_known_yet_is_the_program_s),
		cmocka_unit_test(whether_it_is_meant_the_program_finds_out),
		cmocka_unit_test(what_the_section_allows_need_not_be_looked_at),
		cmocka_unit_test(identities),
		cmocka_unit_test(all_functions_of_a_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
