/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/files.h"

#include "parse/boot_files.h"
#include "parse/tables.h"
#include "support.h"

TEST(files)
{
	static const struct {
		const char *what;
		const char *ids, *blacklist, *softdeps, *load;
		bool unsafe_interrupts;
		const char *modprobe, *modules_load;
	} rows[] = {
		{"nothing", "", "", "", "", false, "", ""},
		{"all of it", "10de:1bb0 10de:10f0", "nouveau nvidia", "snd_hda_intel xhci_pci",
		 "vfio_iommu_type1 vfio_pci", true,
		 FILE_HEADER
		 "options vfio-pci ids=10de:1bb0,10de:10f0\n"
		 "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"
		 "blacklist nouveau\nblacklist nvidia\n"
		 "softdep snd_hda_intel pre: vfio-pci\nsoftdep xhci_pci pre: vfio-pci\n",
		 FILE_HEADER "vfio_iommu_type1\nvfio_pci\n"},
		{"one id", "1:2", "", "", "", false, FILE_HEADER "options vfio-pci ids=1:2\n", ""},
		{"modules alone", "", "", "", "pci_stub", false, "", FILE_HEADER "pci_stub\n"},
		{"interrupts alone", "", "", "", "", true,
		 FILE_HEADER "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", ""},
		{"blacklist alone", "", "nouveau", "", "", false, FILE_HEADER "blacklist nouveau\n",
		 ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct module_policy policy = {.unsafe_interrupts = rows[i].unsafe_interrupts};
		_cleanup_free_ char *modprobe = NULL, *modules_load = NULL;

		strv_split(&policy.ids, rows[i].ids, " ");
		strv_split(&policy.blacklist, rows[i].blacklist, " ");
		strv_split(&policy.softdeps, rows[i].softdeps, " ");
		strv_split(&policy.load, rows[i].load, " ");
		modprobe = render_modprobe(&policy);
		modules_load = render_modules_load(&policy);
		check_text(rows[i].what, modprobe, rows[i].modprobe);
		check_text(rows[i].what, modules_load, rows[i].modules_load);
		module_policy_done(&policy);
	}
}

/* What is written is what is read. */
TEST(guarded)
{
	struct guarded_list list = {}, again = {};
	_cleanup_free_ char *none = render_guarded(&list), *text = NULL;

	assert_string_equal(none, "");
	*vec_add(&list) = (struct guarded){.type = FINDING_NETWORK,
					   .address = address("01:00.0"),
					   .id = {.vendor = 0x8086, .device = 0x10d3}};
	*vec_add(&list) = (struct guarded){.type = FINDING_HOST_DISK,
					   .address = address("10000:e1:00.1"),
					   .id = {.vendor = 0x15b3, .device = 0xa},
					   .path = xstrdup("00:02.0/00.1"),
					   .has_serial = true,
					   .serial = 0x1122334455667788};
	strv_split(&list.items[1].contents, "aa-1 b", " ");
	text = render_guarded(&list);
	assert_string_equal(text, FILE_HEADER "0000:01:00.0 8086:10d3 network\n"
					      "10000:e1:00.1 15b3:000a host-disk path=00:02.0/00.1 "
					      "serial=11-22-33-44-55-66-77-88 contents=aa-1,b\n");
	guarded_parse(text, &again);
	assert_int_equal(again.n, 2);
	assert_true(pci_address_compare(&again.items[1].address, &list.items[1].address) == 0);
	assert_int_equal(again.items[1].id.device, 0xa);
	assert_string_equal(again.items[1].path, "00:02.0/00.1");
	assert_int_equal(again.items[1].contents.n, 2);
	guarded_list_done(&list);
	guarded_list_done(&again);
}

static struct strv words(const char *text)
{
	struct strv list = {};

	strv_split(&list, text, " ");
	return list;
}

TEST(grub)
{
	struct strv none = {}, some = words("intel_iommu=on iommu=pt");
	_cleanup_free_ char *nothing = render_grub(&none), *file = render_grub(&some);
	struct grub_default grub = {.cmdline[GRUB_LINUX_DEFAULT] = xstrdup("quiet")};

	assert_string_equal(nothing, "");
	assert_string_equal(file, FILE_HEADER
			    "GRUB_CMDLINE_LINUX_DEFAULT="
			    "\"$GRUB_CMDLINE_LINUX_DEFAULT intel_iommu=on iommu=pt\"\n");
	grub_default_read(&grub, file);
	assert_string_equal(grub.cmdline[GRUB_LINUX_DEFAULT], "quiet intel_iommu=on iommu=pt");
	grub_default_done(&grub);
	strv_done(&some);
}

TEST(own_arguments)
{
	struct strv none = {}, ours = words("a=1 b"), kept = words("c");
	_cleanup_free_ char *nothing = render_own_arguments(&none, &none);
	_cleanup_free_ char *all = render_own_arguments(&ours, &kept);
	_cleanup_free_ char *old = render_own_arguments(&none, &kept);

	assert_string_equal(nothing, "");
	assert_string_equal(all, FILE_HEADER "a=1\nb\nc\n");
	assert_string_equal(old, FILE_HEADER "c\n");
	strv_done(&ours);
	strv_done(&kept);
}

TEST(cmdline)
{
	static const struct {
		const char *now, *old, *arguments, *then;
	} rows[] = {
		{"root=/dev/sda1 ro\n", "", "", "root=/dev/sda1 ro\n"},
		{"root=/dev/sda1 ro\n", "", "iommu=pt a", "root=/dev/sda1 ro iommu=pt a\n"},
		{"root=/dev/sda1 iommu=pt ro\n", "iommu=pt", "iommu=pt",
		 "root=/dev/sda1 iommu=pt ro\n"},
		{"root=/dev/sda1 iommu=pt ro", "iommu=pt", "", "root=/dev/sda1 ro\n"},
		{"a  b\n\n", "", "", "a  b\n\n"}, /* as it was, where nothing changes */
		{"a  b\n\nc", "x", "d", "a b c d\n"},
		{"# mine\na b\n", "b", "c", "# mine\na c\n"},
		{"a=\"x y\" b\n", "b", "", "a=\"x y\"\n"},
		{"", "", "a", "a\n"},
		{"iommu=ptx\n", "iommu=pt", "", "iommu=ptx\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strv old = words(rows[i].old), arguments = words(rows[i].arguments);
		_cleanup_free_ char *then = render_cmdline(rows[i].now, &old, &arguments);

		check_text(rows[i].now, then, rows[i].then);
		strv_done(&old);
		strv_done(&arguments);
	}
}

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
		cmocka_unit_test(files),
		cmocka_unit_test(guarded),
		cmocka_unit_test(grub),
		cmocka_unit_test(own_arguments),
		cmocka_unit_test(cmdline),
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
