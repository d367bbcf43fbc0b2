/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/fit.h"

#include "checks.h"

static void expect_fit(const char *what, const char *text, enum readiness want, const char *found)
{
	struct match match;
	struct plan plan;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_MANUAL, &match, &plan);
	checks_make_fit(&profile, &inventory, &plan, &findings);
	readiness = fitness_of(&profile, &inventory, &findings, &plan);
	check_text(what, readiness_names[readiness], readiness_names[want]);
	check_findings(what, &findings, found);
	plan_done(&plan);
	match_done(&match);
	end();
}

#define Y "[device y]\naddress = 02:00.0\n"
#define NO_GROUP "no-iommu-group 0000:02:00.0; iommu host"

TEST(what_is_not_done_yet_is_no_fault)
{
	expect_fit("done", X, READY, "");
	expect_fit("on its native driver", Y, READY, "");
	set_override(0, NULL);
	inventory.has_iommu_backend = false;
	expect_fit("the override is gone", X, READY, "");
	expect_fit("nothing wanted", "[host]\ndescription = x\n", READY, "");
}

TEST(what_the_machine_lacks_is)
{
	expect_fit("absent", "[device x]\naddress = 09:00.0\n", NOT_READY,
		   "device-absent 0000:09:00.0");
	inventory.items[1].header_type = 1;
	expect_fit("a bridge", Y, NOT_READY, "not-assignable 0000:02:00.0");
	inventory.items[1].header_type = 0;
	inventory.platform.groups.items[1].direct = ANSWER_YES;
	set_text(&inventory.platform.groups.items[1].regions, "0xa-0xb");
	expect_fit("reserved memory", Y, NOT_READY, "reserved-region group 11");
	inventory.platform.groups.items[1].direct = ANSWER_UNKNOWN;
	expect_fit("who knows", Y, READINESS_UNKNOWN, "reserved-region-unknown group 11");
	inventory.platform.groups.items[1].direct = ANSWER_NO;
	inventory.platform.interrupt_remapping = ANSWER_NO;
	expect_fit("interrupts", Y, NOT_READY, "interrupt-remapping host");
	expect_fit("interrupts, and guests are trusted", UNSAFE Y, REBOOT_REQUIRED,
		   "interrupt-remapping host");
	set_arguments("intremap=off");
	expect_fit("interrupts, by argument", Y, REBOOT_REQUIRED, "interrupt-remapping host");
}

TEST(what_a_restart_settles_is_told_apart)
{
	inventory.items[1].user = xstrdup("dpdk (7)");
	expect_fit("in use", Y, REBOOT_REQUIRED, "in-use 0000:02:00.0");
	free(TAKE_PTR(inventory.items[1].user));
	inventory.items[1].hangs = xstrdup("e1000e did not let go of it");
	expect_fit("hangs", Y, REBOOT_REQUIRED, "device-hangs 0000:02:00.0");
	free(TAKE_PTR(inventory.items[1].hangs));

	inventory.items[1].iommu_group = -1;
	expect_fit("the IOMMU leaves the device out", Y, NOT_READY, "no-iommu-group 0000:02:00.0");
	expect_fit("required or not", NOT_REQUIRED Y, NOT_READY, "no-iommu-group 0000:02:00.0");
	inventory.iommu = IOMMU_OFF;
	expect_fit("off, perhaps by default", Y, REBOOT_REQUIRED, NO_GROUP);
	set_text(&inventory.platform.config_path, "/boot/config");
	expect_fit("off for no known reason", Y, READINESS_UNKNOWN, NO_GROUP);
	set_arguments("intel_iommu=off");
	expect_fit("off by argument", Y, REBOOT_REQUIRED,
		   "no-iommu-group 0000:02:00.0; iommu-argument host");
	inventory.platform.config[KERNEL_INTEL_IOMMU] = ANSWER_NO;
	set_arguments("quiet");
	expect_fit("not in this kernel", Y, REBOOT_REQUIRED,
		   "no-iommu-group 0000:02:00.0; iommu-not-built host");
	strv_done(&inventory.firmware_tables);
	expect_fit("off in the firmware", Y, NOT_READY,
		   "no-iommu-group 0000:02:00.0; firmware-table host");
}

TEST(systems_in_memory)
{
	static const struct {
		const char *cmdline;
		bool ephemeral;
	} rows[] = {
		{"root=squash:http://10.0.0.2:5248/images/squashfs", true},
		{"root=/dev/sda1 overlayroot=tmpfs", true},
		{"root=/dev/sda1 overlayroot=tmpfs:swap=1,recurse=0", true},
		{"root=/dev/sda1 overlayroot=/dev/sdb1", false},
		{"root=/dev/sda1 overlayroot=disabled", false},
		{"root overlayroot", false},
		{"root=UUID=squash: quiet", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_arguments(rows[i].cmdline);
		check_int(rows[i].cmdline, system_is_ephemeral(&inventory.args), rows[i].ephemeral);
	}
}

#define FIT_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIT_TEST(what_is_not_done_yet_is_no_fault),
		FIT_TEST(what_the_machine_lacks_is),
		FIT_TEST(what_a_restart_settles_is_told_apart),
		FIT_TEST(systems_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
