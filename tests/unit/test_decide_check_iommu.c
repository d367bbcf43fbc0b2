/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

static void set_config(enum kernel_option option, enum answer answer)
{
	set_text(&inventory.platform.config_path, "/boot/config-6.1.0");
	inventory.platform.config[option] = answer;
}

TEST(off_in_firmware)
{
	inventory.iommu = IOMMU_OFF;
	strv_done(&inventory.firmware_tables);
	expect_one("no table", X, NOT_READY, SEVERITY_ERROR, "firmware-table host", "DMAR",
		   "VT-d or AMD-Vi");
	/* Arguments do not matter then. */
	set_arguments("intel_iommu=off");
	expect("no table, and an argument", X, NOT_READY, "firmware-table host");
	/* An IOMMU that works needs no table that we know. */
	inventory.iommu = IOMMU_ON;
	expect("works", X, READY, "");
}

TEST(off_in_the_device_tree)
{
	inventory.iommu = IOMMU_OFF;
	inventory.platform.cpu = CPU_ARM;
	inventory.firmware_known = false;
	inventory.platform.devicetree = true;
	strv_done(&inventory.firmware_tables);
	expect_one("no node", X, NOT_READY, SEVERITY_ERROR, "firmware-table host", "device tree",
		   "SMMU");
	inventory.platform.devicetree_iommu = true;
	expect_one("a node", X, NOT_READY, SEVERITY_ERROR, "iommu host", "device tree",
		   "journalctl");
	set_config(KERNEL_ARM_SMMU, ANSWER_NO);
	expect("no driver", X, NOT_READY, "iommu-not-built host");
}

TEST(off_on_arm_and_others)
{
	inventory.iommu = IOMMU_OFF;
	inventory.platform.cpu = CPU_ARM;
	strv_done(&inventory.firmware_tables);
	expect_one("no table", X, NOT_READY, SEVERITY_ERROR, "firmware-table host", "no IOMMU",
		   "SMMU");
	strv_add(&inventory.firmware_tables, "IORT");
	inventory.platform.iort_smmu = ANSWER_NO;
	expect_one("no node", X, NOT_READY, SEVERITY_ERROR, "firmware-table host", "no SMMU node",
		   "firmware setup");
	inventory.platform.iort_smmu = ANSWER_YES;
	expect_one("a node", X, NOT_READY, SEVERITY_ERROR, "iommu host", "IORT", "-e arm-smmu");
	/* These have neither a table nor a node of that name. */
	strv_done(&inventory.firmware_tables);
	inventory.firmware_known = false;
	inventory.platform.devicetree = true;
	inventory.platform.cpu = CPU_POWER;
	expect_one("POWER", X, NOT_READY, SEVERITY_ERROR, "iommu host", "cannot be read",
		   "pnv_pci");
	inventory.platform.cpu = CPU_S390;
	set_config(KERNEL_VIRTIO_IOMMU, ANSWER_NO);
	expect_one("s390", X, NOT_READY, SEVERITY_ERROR, "iommu host", "cannot be read", "zpci");
}

TEST(off_by_argument)
{
	static const struct {
		const char *table, *cmdline, *detail, *remedy;
	} rows[] = {
		{"DMAR", "iommu=off", "iommu=off", "iommu=off"},
		{"DMAR", "intel_iommu=on iommu=off", "intel_iommu=on", "iommu=off"},
		{"DMAR", "iommu=pt,off", "iommu=pt,off", "\"off\" from iommu=pt,off"},
		{"DMAR", "intel-iommu=off", "intel-iommu=off", "intel-iommu=off"},
		{"DMAR", "intel_iommu=on intel_iommu=off", "intel_iommu=on", "intel_iommu=off"},
		{"DMAR", "\"intel_iommu=off\"", "\"intel_iommu=off\"", "\"intel_iommu=off\""},
		{"IVRS", "amd_iommu=off amd_iommu=force_enable", "amd_iommu=off", "amd_iommu=off"},
		{"IVRS", "iommu=off", "iommu=off", "iommu=off"},
	};

	inventory.iommu = IOMMU_OFF;
	inventory.platform.cpu = CPU_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strv_done(&inventory.firmware_tables);
		strv_add(&inventory.firmware_tables, rows[i].table);
		set_arguments(rows[i].cmdline);
		expect_one(rows[i].cmdline, X, NOT_READY, SEVERITY_ERROR, "iommu-argument host",
			   rows[i].detail, rows[i].remedy);
	}
	/* Tables that cannot be listed: then any argument that could do it is named. */
	inventory.firmware_known = false;
	strv_done(&inventory.firmware_tables);
	set_arguments("amd_iommu=off");
	inventory.iommu_kind = IOMMU_KIND_NONE;
	expect("unknown table", X, NOT_READY, "iommu-argument host");
	/* On a machine that has another IOMMU it is innocent. */
	strv_add(&inventory.firmware_tables, "DMAR");
	expect("not this one's", X, NOT_READY, "iommu host; argument-without-effect amd_iommu=off");
	strv_done(&inventory.firmware_tables);
	strv_add(&inventory.firmware_tables, "VIOT");
	set_arguments("iommu=off");
	expect("virtio", X, NOT_READY, "iommu host");
}

TEST(off_by_the_kernel)
{
	inventory.iommu = IOMMU_OFF;
	set_config(KERNEL_INTEL_IOMMU, ANSWER_NO);
	expect_one("not built", X, NOT_READY, SEVERITY_ERROR, "iommu-not-built host",
		   "CONFIG_INTEL_IOMMU is not set in /boot/config-6.1.0", "CONFIG_INTEL_IOMMU=y");
	set_config(KERNEL_INTEL_IOMMU, ANSWER_YES);
	set_config(KERNEL_INTEL_IOMMU_DEFAULT_ON, ANSWER_NO);
	expect_one("default off", X, NOT_READY, SEVERITY_ERROR, "iommu-default-off host",
		   "CONFIG_INTEL_IOMMU_DEFAULT_ON is not set in /boot/config-6.1.0",
		   "add intel_iommu=on");
	/* Told, and still off: why is not known. */
	set_arguments("intel_iommu=on");
	expect_one("told to be on", X, NOT_READY, SEVERITY_ERROR, "iommu host", "DMAR",
		   "journalctl");
	set_arguments("");
	strv_done(&inventory.firmware_tables);
	strv_add(&inventory.firmware_tables, "IVRS");
	expect("AMD has no such default", X, NOT_READY, "iommu host");
	set_config(KERNEL_AMD_IOMMU, ANSWER_NO);
	expect("AMD not built", X, NOT_READY, "iommu-not-built host");
}

TEST(off_and_why_cannot_be_told)
{
	inventory.iommu = IOMMU_OFF;
	expect_one("no configuration", X, NOT_READY, SEVERITY_ERROR, "iommu host", "DMAR",
		   "add intel_iommu=on");
	inventory.firmware_known = false;
	strv_done(&inventory.firmware_tables);
	expect_one("no tables", X, NOT_READY, SEVERITY_ERROR, "iommu host", "cannot be read",
		   "add intel_iommu=on");
	inventory.platform.cpu = CPU_AMD;
	expect_one("AMD", X, NOT_READY, SEVERITY_ERROR, "iommu host", "cannot be read",
		   "journalctl");
	inventory.iommu = IOMMU_UNKNOWN;
	expect("not even that", X, READINESS_UNKNOWN, "iommu-unknown host");
}

TEST(devices_lack_a_group_for_the_same_reason)
{
	inventory.iommu = IOMMU_OFF;
	set_arguments("iommu=off");
	inventory.items[1].iommu_group = -1;
	begin("[device x]\naddress = 02:00.0\n");
	check_findings("order", &findings, "no-iommu-group 0000:02:00.0; iommu-argument host");
	assert_string_equal(findings.items[0].remedy, findings.items[1].remedy);
	end();
	/* It may lack one by itself. */
	inventory.iommu = IOMMU_ON;
	set_arguments("intel_iommu=igfx_off");
	begin("[device x]\naddress = 02:00.0\n");
	check_findings("alone", &findings, "no-iommu-group 0000:02:00.0");
	check_part("remedy", findings.items[0].remedy, "another slot");
	end();
}

TEST(not_required)
{
	inventory.iommu = IOMMU_OFF;
	expect_one("off", NOT_REQUIRED X, READY, SEVERITY_WARNING, "iommu host", "DMAR", "");
	set_arguments("iommu=off");
	expect("argument", NOT_REQUIRED X, READY, "iommu-argument host");
	strv_done(&inventory.firmware_tables);
	expect("no table", NOT_REQUIRED X, READY, "firmware-table host");
	inventory.iommu = IOMMU_UNKNOWN;
	expect("not known", NOT_REQUIRED X, READY, "iommu-unknown host");
	inventory.iommu = IOMMU_ON;
	inventory.platform.interrupt_remapping = ANSWER_UNKNOWN;
	expect("interrupts", NOT_REQUIRED X, READY, "interrupt-remapping-unknown host");
}

#define NOT_REMAPPED "not remapped"

TEST(interrupts_that_are_not_remapped)
{
	static const struct {
		const char *cmdline, *remedy;
	} rows[] = {
		{"", "x2APIC"},
		{"intremap=off", "remove intremap=off"},
		{"intremap=nosid,off", "\"off\" from intremap=nosid,off"},
		{"intremap=on nointremap", "remove nointremap"},
		{"intremap=off intremap=on", "x2APIC"},
		{"nointremap intremap=on", "x2APIC"},
	};

	inventory.platform.interrupt_remapping = ANSWER_NO;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_arguments(rows[i].cmdline);
		expect_one(rows[i].cmdline, X, NOT_READY, SEVERITY_ERROR,
			   "interrupt-remapping host", NOT_REMAPPED, rows[i].remedy);
	}
	set_arguments("");
	set_config(KERNEL_IRQ_REMAP, ANSWER_NO);
	expect_one("not built", X, NOT_READY, SEVERITY_ERROR, "interrupt-remapping host",
		   NOT_REMAPPED, "CONFIG_IRQ_REMAP=y");
	/* Nobody asks for it where no guest comes, or where the IOMMU is off anyway. */
	set_driver(0, "nouveau");
	expect("native", X "driver = nouveau\n", READY, "");
	set_driver(0, "vfio-pci");
	inventory.iommu = IOMMU_OFF;
	expect("off", X, NOT_READY, "iommu host");
}

TEST(interrupts_that_need_no_remapping)
{
	inventory.platform.interrupt_remapping = ANSWER_NO;
	strv_done(&inventory.firmware_tables);
	inventory.platform.cpu = CPU_ARM;
	expect("Arm", X, READY, "");
	inventory.platform.cpu = CPU_UNKNOWN;
	inventory.iommu_kind = IOMMU_KIND_ARM;
	expect("Arm by its IOMMU", X, READY, "");
	inventory.iommu_kind = IOMMU_KIND_OTHER;
	inventory.platform.interrupt_remapping = ANSWER_UNKNOWN;
	inventory.platform.cpu = CPU_S390;
	expect("s390", X, READY, "");
	inventory.platform.cpu = CPU_POWER;
	expect("POWER", X, READY, "");
	inventory.platform.cpu = CPU_NOT_X86;
	expect_one("RISC-V", X, READINESS_UNKNOWN, SEVERITY_ERROR,
		   "interrupt-remapping-unknown host", "from outside", "unsafe-interrupts = yes");
}

TEST(interrupts_that_cannot_be_read)
{
	inventory.platform.interrupt_remapping = ANSWER_UNKNOWN;
	expect_one("unknown", X, READINESS_UNKNOWN, SEVERITY_ERROR,
		   "interrupt-remapping-unknown host", "/proc/interrupts",
		   "grep IR-IO-APIC /proc/interrupts");
	inventory.platform.unsafe_interrupts = ANSWER_YES;
	expect("unsafe, and so wanted", UNSAFE X, READY, "unsafe-interrupts host");
}

TEST(interrupts_that_are_allowed_to_be_unsafe)
{
	inventory.platform.unsafe_interrupts = ANSWER_YES;
	expect_one("not needed", X, READY, SEVERITY_WARNING, "unsafe-interrupts host",
		   "allow_unsafe_interrupts",
		   "echo N >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
	inventory.platform.interrupt_remapping = ANSWER_NO;
	expect_one("needed", UNSAFE X, READY, SEVERITY_WARNING, "unsafe-interrupts host",
		   "not remapped", "trusted guests");
	/* Somebody allowed it, and not the profile. */
	expect("not wanted", X, NOT_READY, "interrupt-remapping host");
	inventory.platform.unsafe_interrupts = ANSWER_NO;
	expect_one("wanted, and not yet so", UNSAFE X, NOT_READY, SEVERITY_ERROR,
		   "interrupt-remapping host", NOT_REMAPPED, "echo Y >");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(off_in_firmware),
		CHECKS_TEST(off_in_the_device_tree),
		CHECKS_TEST(off_on_arm_and_others),
		CHECKS_TEST(off_by_argument),
		CHECKS_TEST(off_by_the_kernel),
		CHECKS_TEST(off_and_why_cannot_be_told),
		CHECKS_TEST(devices_lack_a_group_for_the_same_reason),
		CHECKS_TEST(not_required),
		CHECKS_TEST(interrupts_that_are_not_remapped),
		CHECKS_TEST(interrupts_that_need_no_remapping),
		CHECKS_TEST(interrupts_that_cannot_be_read),
		CHECKS_TEST(interrupts_that_are_allowed_to_be_unsafe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
