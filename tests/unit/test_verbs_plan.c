/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

TEST(status_says_what_would_come_of_it)
{
	static const struct {
		const char *profile;
		int status;
	} rows[] = {
		{"[host]\ndescription = x\n", STATUS_DONE},
		{"[device x]\naddress = 01:00.0 02:00.0\n", STATUS_DONE},
		{"[device x]\naddress = 09:00.0\n", STATUS_REFUSED},
		{"[device x]\naddress = 02:00.0 09:00.0\n", STATUS_PARTLY},
		{"[device x]\naddress = 02:00.0\nid = 1:1\n", STATUS_REFUSED},
		{"[device x]\nid = 1:1\n", STATUS_REFUSED},
		{"[device x]\nid = 8086:10d3\ncount = 3\n", STATUS_PARTLY},
		{"nonsense", STATUS_USAGE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		profile(rows[i].profile);
		check_int(rows[i].profile, run_verb(&plan_verb, &(struct options){}),
			  rows[i].status);
		check_int(rows[i].profile, *out.text != '\0', rows[i].status != STATUS_USAGE);
		check_int(rows[i].profile, *err.text != '\0', rows[i].status == STATUS_USAGE);
	}
}

TEST(modules_for_an_initramfs)
{
	profile("[device x]\naddress = 09:00.0\n[device y]\nid = 1:1\ndriver = pci-stub\n");
	assert_int_equal(run_verb(&plan_verb, &(struct options){.modules = true}), STATUS_DONE);
	assert_string_equal(out.text, "pci_stub\nvfio_iommu_type1\nvfio_pci\n");
	profile("[host]\ndescription = x\n");
	assert_int_equal(run_verb(&plan_verb, &(struct options){.modules = true}), STATUS_DONE);
	assert_string_equal(out.text, "");
}

/* The profile need not be right, and nothing of the host is read for it. */
TEST(files_for_an_initramfs)
{
	profile("nonsense");
	assert_int_equal(run_verb(&plan_verb, &(struct options){.image_files = true}), STATUS_DONE);
	assert_string_equal(out.text, "/etc/vfio-prepare/profile.conf\n");
	tree_remove(&tree, "etc/vfio-prepare/profile.conf");
	assert_int_equal(run_verb(&plan_verb, &(struct options){.image_files = true}), STATUS_DONE);
	assert_string_equal(out.text, "");
}

#define HEADER "# Written by vfio-prepare from its profile; changes here are lost.\n"

/* How they are written is told in test_render_files.c. */
#define RULE "KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x1bb0\", "
#define RULES                                                                                              \
	RULE "DRIVER==\"|vfio-pci\", ENV{.vfio_prepare}==\"add\", ATTR{driver_override}=\"vfio-pci\", "    \
	     "ATTR{[subsystem/pci]drivers_probe}=\"$kernel\", RUN{builtin}+=\"kmod load vfio_pci\"\n" RULE \
	     "DRIVER!=\"vfio-pci\", ENV{.vfio_prepare}==\"bind\", RUN+=\"/bin/systemctl --no-block start " \
	     "vfio-prepare-hotplug@$kernel.service\"\n"

TEST(formats)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", HEADER "options vfio-pci ids=1:2\n");
	tree_file(&tree, "etc/modules-load.d/vfio-prepare.conf",
		  HEADER "vfio_iommu_type1\nvfio_pci\n");
	tree_file(&tree, "etc/udev/rules.d/05-vfio-prepare.rules", HEADER RULES);
	run_verb(&plan_verb, &(struct options){});
	check_text("text", out.text,
		   "0000:01:00.0 [x] is on vfio-pci: nothing to do\n"
		   "\n"
		   "change /etc/modprobe.d/vfio-prepare.conf\n"
		   "  -options vfio-pci ids=1:2\n"
		   "  +options vfio-pci ids=10de:1bb0\n");
	run_verb(&plan_verb, &(struct options){.format = FORMAT_JSON});
	check_text(
		"json", out.text,
		"{\n \"version\": 1,\n \"actions\": [],\n"
		" \"files\": [\n"
		"  {\n"
		"   \"path\": \"/etc/modprobe.d/vfio-prepare.conf\",\n"
		"   \"state\": \"change\",\n"
		"   \"diff\": \"-options vfio-pci ids=1:2\\n+options vfio-pci ids=10de:1bb0\\n\"\n"
		"  },\n"
		"  {\n"
		"   \"path\": \"/etc/modules-load.d/vfio-prepare.conf\",\n"
		"   \"state\": \"same\",\n"
		"   \"diff\": \"\"\n"
		"  },\n"
		"  {\n"
		"   \"path\": \"/etc/udev/rules.d/05-vfio-prepare.rules\",\n"
		"   \"state\": \"same\",\n"
		"   \"diff\": \"\"\n"
		"  }\n"
		" ],\n"
		" \"findings\": []\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status_says_what_would_come_of_it, verb_start,
						verb_stop),
		cmocka_unit_test_setup_teardown(modules_for_an_initramfs, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(files_for_an_initramfs, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(formats, verb_start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
