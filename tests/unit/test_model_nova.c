/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "model/nova.h"
#include "support.h"

static struct export_device device(uint8_t bus, uint8_t function, uint16_t id, uint32_t class,
				   const struct device_section *section)
{
	return (struct export_device){.address = {0, bus, 0, function},
				      .vendor = 0x10de,
				      .device = id,
				      .class = class,
				      .section = section};
}

static void expect_lines(const struct export *export, const char *want)
{
	_cleanup_(nova_aliases_done) struct nova_aliases aliases = {};
	_cleanup_(buf_done) struct buf got = {};

	nova_aliases_make(export, &aliases);
	vec_foreach(alias, &aliases) {
		_cleanup_free_ char *class = nova_resource_class(alias);

		buf_addf(&got, "%s %04x%s%s%s%s; ", alias->name, alias->device->device,
			 alias->is_main ? " main" : "", alias->is_asked ? "" : " by-network",
			 *class ? " " : "", class);
	}
	check_text("lines", buf_text(&got), want);
}

TEST(a_name_stands_for_one_kind_of_device)
{
	struct device_section gpu = {.label = (char[]){"gpu"},
				     .resource_class = (char[]){"big -gpu_"}};
	struct device_section nic = {.label = (char[]){"nic"}, .physical_network = (char[]){"p"}};
	struct export_device devices[] = {
		/* A card that is sound alone does not make the section one of sound. */
		device(1, 1, 0x10f0, 0x040300, &gpu), device(2, 0, 0x1bb0, 0x030000, &gpu),
		device(2, 1, 0x10f0, 0x040300, &gpu), device(2, 2, 0x1ad6, 0x0c0330, &gpu),
		device(2, 3, 0x1ad7, 0x0c8000, &gpu), device(3, 0, 0x1bb0, 0x030000, &gpu),
		device(4, 0, 0x1eb8, 0x030200, &gpu), device(5, 0, 0x10c9, 0x020000, &nic),
	};
	struct export export = {.text = EXPORT_NOVA_COMPUTE,
				.items = devices,
				.n = ARRAY_SIZE(devices)};

	expect_lines(&export, "gpu-audio 10f0 BIG_GPU__AUDIO; gpu 1bb0 main BIG_GPU_; "
			      "gpu-usb 1ad6 BIG_GPU__USB; gpu-0c80 1ad7 BIG_GPU__0C80; "
			      "gpu 1eb8 main BIG_GPU_; nic 10c9 main by-network; ");
	devices[0].companion = true;
	devices[2].companion = true;
	nic.alias = (char[]){"n"};
	expect_lines(&export, "gpu 1bb0 main BIG_GPU_; gpu-usb 1ad6 BIG_GPU__USB; "
			      "gpu-0c80 1ad7 BIG_GPU__0C80; gpu 1eb8 main BIG_GPU_; n 10c9 main; ");
}

TEST(placement_is_used_where_the_profile_has_a_use_for_it)
{
	struct device_section plain = {.label = (char[]){"a"}},
			      fast = {.label = (char[]){"b"}, .traits = (char[]){"FAST"}};
	struct export_device devices[] = {device(1, 0, 1, 0, &plain), device(2, 0, 1, 0, &fast)};
	static const struct {
		enum export_text text;
		const char *release;
		size_t n;
		bool reports, schedules, could;
	} rows[] = {
		{EXPORT_NOVA_COMPUTE, NULL, 2, true, true, true},
		{EXPORT_NOVA_CONTROLLER, "27", 2, true, true, true},
		{EXPORT_NOVA_COMPUTE, "26.2", 2, true, false, false},
		{EXPORT_NOVA_COMPUTE, "25", 2, false, false, false},
		{EXPORT_NOVA_COMPUTE, NULL, 1, false, false, true},
		{EXPORT_JUJU_CHARMS, NULL, 2, false, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct export export = {.text = rows[i].text,
					.release = rows[i].release,
					.items = devices,
					.n = rows[i].n};

		check_int("reports", nova_reports(&export), rows[i].reports);
		check_int("schedules", nova_schedules(&export), rows[i].schedules);
		check_int("could", nova_could_schedule(&export), rows[i].could);
	}
}

TEST(releases_have_names)
{
	check_text("name", nova_release("queens"), "17");
	check_text("name", nova_release("Epoxy"), "31");
	check_text("date", nova_release("2025.1"), "31");
	check_text("date", nova_release("2026.2"), "34");
	check_text("number", nova_release("26.2.2"), "26.2.2");
	check_text("none", nova_release("pike"), "pike");
}

TEST(null_is_no_network)
{
	struct device_section section = {};

	check("none", !nova_has_network(&section));
	section.physical_network = (char[]){"null"};
	check("null", !nova_has_network(&section));
	section.physical_network = (char[]){"physnet1"};
	check("network", nova_has_network(&section));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_stands_for_one_kind_of_device),
		cmocka_unit_test(placement_is_used_where_the_profile_has_a_use_for_it),
		cmocka_unit_test(releases_have_names),
		cmocka_unit_test(null_is_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
