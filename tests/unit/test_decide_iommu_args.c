/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/iommu_args.h"

#include "checks.h"

TEST(what_turns_the_iommu_off)
{
	static const struct {
		const char *cmdline;
		enum iommu_kind kind;
		const char *by, *beaten;
	} rows[] = {
		{"", IOMMU_KIND_NONE, NULL, NULL},
		{"quiet iommu=pt", IOMMU_KIND_INTEL, NULL, NULL},
		{"iommu=off", IOMMU_KIND_INTEL, "iommu=off", NULL},
		{"iommu=off iommu=pt", IOMMU_KIND_INTEL, "iommu=off", NULL},
		{"iommu=official", IOMMU_KIND_INTEL, "iommu=official", NULL},
		{"iommu=usedac,off", IOMMU_KIND_INTEL, NULL, NULL},
		{"iommu=usedac,pt iommu=off", IOMMU_KIND_INTEL, "iommu=off", NULL},
		{"iommu=noforce", IOMMU_KIND_INTEL, NULL, NULL},
		{"iommu", IOMMU_KIND_INTEL, NULL, NULL},
		{"iommu=off intel_iommu=on", IOMMU_KIND_INTEL, "iommu=off", "intel_iommu=on"},
		{"intel_iommu=off", IOMMU_KIND_INTEL, "intel_iommu=off", NULL},
		{"intel_iommu=off intel_iommu=on", IOMMU_KIND_INTEL, NULL, NULL},
		{"intel_iommu=on,off", IOMMU_KIND_INTEL, "intel_iommu=on,off", NULL},
		{"intel_iommu=off,on", IOMMU_KIND_INTEL, NULL, NULL},
		{"intel_iommu=one intel_iommu=off", IOMMU_KIND_INTEL, "intel_iommu=off",
		 "intel_iommu=one"},
		{"intel_iommu=,,off", IOMMU_KIND_INTEL, "intel_iommu=,,off", NULL},
		{"intel_iommu=1", IOMMU_KIND_INTEL, NULL, NULL},
		{"intel_iommu=OFF", IOMMU_KIND_INTEL, NULL, NULL},
		{"intel_iommu=off", IOMMU_KIND_AMD, NULL, NULL},
		{"amd_iommu=off amd_iommu=on", IOMMU_KIND_AMD, "amd_iommu=off", "amd_iommu=on"},
		{"amd_iommu=off,force_enable", IOMMU_KIND_AMD, "amd_iommu=off,force_enable", NULL},
		{"amd_iommu=off", IOMMU_KIND_INTEL, NULL, NULL},
		{"amd_iommu=off", IOMMU_KIND_NONE, "amd_iommu=off", NULL},
		{"intel_iommu=off", IOMMU_KIND_NONE, "intel_iommu=off", NULL},
		{"iommu=off intel_iommu=off", IOMMU_KIND_ARM, NULL, NULL},
		{"iommu=off", IOMMU_KIND_OTHER, NULL, NULL},
		{"-- iommu=off", IOMMU_KIND_INTEL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct turned_off off = {};

		set_arguments(rows[i].cmdline);
		check_int(rows[i].cmdline, iommu_turned_off(&inventory.args, rows[i].kind, &off),
			  rows[i].by != NULL);
		if (!rows[i].by)
			continue;
		check_text(rows[i].cmdline, off.by->text, rows[i].by);
		check_text(rows[i].cmdline, off.beaten ? off.beaten->text : NULL, rows[i].beaten);
	}
}

TEST(what_turns_it_on)
{
	set_arguments("");
	assert_false(intel_iommu_turned_on(&inventory.args));
	set_arguments("intel_iommu=sm_on");
	assert_false(intel_iommu_turned_on(&inventory.args));
	set_arguments("intel_iommu=sm_on,on");
	assert_true(intel_iommu_turned_on(&inventory.args));
	set_arguments("intel_iommu=on intel_iommu=off");
	assert_false(intel_iommu_turned_on(&inventory.args));
}

TEST(what_a_list_says_to_an_item)
{
	static const struct {
		const char *cmdline, *name, *item;
		int state;
		const char *text;
	} rows[] = {
		{"", "iommu", "pt", 0, NULL},
		{"iommu=nomerge,pt iommu=noforce", "iommu", "pt", 1, "iommu=nomerge,pt"},
		{"iommu=pt iommu=nopt", "iommu", "pt", -1, "iommu=nopt"},
		{"iommu=usedac,pt", "iommu", "pt", 0, NULL},
		{"iommu=usedac,pt", "iommu", "usedac", 1, "iommu=usedac,pt"},
		{"iommu=nomerge", "iommu", "biomerge,pt", -1, "iommu=nomerge"},
		{"iommu=merge", "iommu", "biomerge", 0, NULL},
		{"iommu=off,force", "iommu", "off", 1, "iommu=off,force"},
		{"intel_iommu=on", "intel_iommu", "sm_on", 0, NULL},
		{"intel_iommu=sm_on,on,sm_off", "intel_iommu", "sm_on,on", -1,
		 "intel_iommu=sm_on,on,sm_off"},
		{"intel_iommu=strict", "intel_iommu", "strict", 1, "intel_iommu=strict"},
		{"intel_iommu", "intel_iommu", "on", 0, NULL},
		{"amd_iommu=force_isolation", "amd_iommu", "force_enable", 0, NULL},
		{"amd_iommu=off amd_iommu=force_enable", "amd_iommu", "force_enable", -1,
		 "amd_iommu=off"},
		{"amd_iommu=off amd_iommu=force_enable", "amd_iommu", "off", 1, "amd_iommu=off"},
		{"amd_iommu=pgtbl_v1 iommu=pt", "amd_iommu", "pgtbl_v2", -1, "amd_iommu=pgtbl_v1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = NULL;

		set_arguments(rows[i].cmdline);
		check_int(rows[i].cmdline,
			  iommu_item_state(&inventory.args, rows[i].name, rows[i].item, &text),
			  rows[i].state);
		check_text(rows[i].cmdline, text, rows[i].text);
	}
}

TEST(what_has_the_last_word)
{
	static const struct {
		const char *cmdline;
		int state;
		const char *text;
	} rows[] = {
		{"", 0, NULL},
		{"intel_iommu=sm_on intel_iommu", 0, NULL},
		{"intel_iommu=,,on intel_iommu=sm_on", 1, "intel_iommu=,,on"},
		{"intel_iommu=off,on", 1, "intel_iommu=off,on"},
		{"intel_iommu=on,off", -1, "intel_iommu=on,off"},
		{"intel_iommu=on intel_iommu=off intel_iommu=off,sm_on", -1,
		 "intel_iommu=off,sm_on"},
		{"intel_iommu=off intel_iommu=on", 1, "intel_iommu=on"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = NULL;

		set_arguments(rows[i].cmdline);
		check_int(rows[i].cmdline,
			  iommu_item_state(&inventory.args, "intel_iommu", "on", &text),
			  rows[i].state);
		check_text(rows[i].cmdline, text, rows[i].text);
	}
}

TEST(kinds_of_machines)
{
	/* A hypervisor may give an AMD processor VT-d. */
	inventory.platform.cpu = CPU_AMD;
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_INTEL);
	strv_done(&inventory.firmware_tables);
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_AMD);
	inventory.platform.cpu = CPU_INTEL;
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_INTEL);
	inventory.platform.cpu = CPU_ARM;
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_ARM);
	inventory.platform.cpu = CPU_OTHER;
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_INTEL);
	inventory.iommu_kind = IOMMU_KIND_NONE;
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_NONE);
	strv_add(&inventory.firmware_tables, "VIOT");
	assert_int_equal(inventory_machine_iommu(&inventory), IOMMU_KIND_OTHER);
}

TEST(arguments_without_effect)
{
	static const struct {
		enum cpu_vendor cpu;
		const char *cmdline, *finding, *detail, *remedy;
	} rows[] = {
		{CPU_AMD, "amd_iommu=on", "amd_iommu=on", "\"on\"", "on by itself"},
		{CPU_INTEL, "intel_iommu=1", "intel_iommu=1", "\"1\"", "intel_iommu=on"},
		{CPU_INTEL, "intel_iommu=on,foo", "intel_iommu=on,foo", "\"foo\"",
		 "intel_iommu=on"},
		{CPU_INTEL, "intel_iommu=", "intel_iommu=", "no value", "remove"},
		{CPU_INTEL, "intel_iommu", "intel_iommu", "no value", "remove"},
		{CPU_INTEL, "iommu=on", "iommu=on", "\"on\"", "remove"},
		{CPU_INTEL, "intremap=1", "intremap=1", "\"1\"", "remove"},
		{CPU_AMD, "intel_iommu=on", "intel_iommu=on", "for Intel's", "remove"},
		{CPU_INTEL, "amd_iommu=force_isolation", "amd_iommu=force_isolation", "for AMD's",
		 "remove"},
		{CPU_ARM, "iommu=pt", "iommu=pt", "x86", "remove"},
		{CPU_INTEL, "quiet -- intel_iommu=off", "intel_iommu=off", "\"--\"", "\"--\""},
		{CPU_INTEL, "-- single vfio-pci.ids=1:2", "vfio-pci.ids=1:2", "\"--\"", "\"--\""},
	};
	static const char *const silent[] = {
		"",
		"intel_iommu=on,sm_on iommu=pt intremap=nosid",
		"intel_iommu=on,relax_rmrr",
		"iommu=memaper=3",
		"iommu.passthrough=1 -- single quiet",
		"amd_iommu_intr=vapic intel_iommu=igfx_off",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *finding = xasprintf("argument-without-effect %s",
							 rows[i].finding);

		strv_done(&inventory.firmware_tables);
		inventory.platform.cpu = rows[i].cpu;
		set_arguments(rows[i].cmdline);
		expect_one(rows[i].cmdline, X, READY, SEVERITY_NOTE, finding, rows[i].detail,
			   rows[i].remedy);
	}
	inventory.platform.cpu = CPU_INTEL;
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		set_arguments(silent[i]);
		expect(silent[i], X, READY, "");
	}
	/* Where the IOMMU is off, it may be why somebody believes it to be on. */
	inventory.iommu = IOMMU_OFF;
	strv_add(&inventory.firmware_tables, "DMAR");
	set_arguments("iommu=on");
	begin(X);
	check_findings("off", &findings, "iommu host; argument-without-effect iommu=on");
	assert_int_equal(findings.items[1].severity, SEVERITY_WARNING);
	end();
}

TEST(boot_configuration)
{
	set_text(&inventory.platform.bootconfig,
		 "kernel.root = \"/dev/sda1\"\nkernel.iommu = \"pt\"\nkernel.iommu_x = 1\n");
	expect_one("early", X, READY, SEVERITY_NOTE,
		   "argument-without-effect kernel.iommu = \"pt\"", "boot configuration",
		   "kernel's arguments");
	set_text(&inventory.platform.bootconfig, "kernel.nointremap");
	expect("without a value or an end of line", X, READY,
	       "argument-without-effect kernel.nointremap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(what_turns_the_iommu_off),    CHECKS_TEST(what_turns_it_on),
		CHECKS_TEST(what_a_list_says_to_an_item), CHECKS_TEST(what_has_the_last_word),
		CHECKS_TEST(kinds_of_machines),           CHECKS_TEST(arguments_without_effect),
		CHECKS_TEST(boot_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
