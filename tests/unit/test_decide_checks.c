/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

TEST(a_host_that_is_ready)
{
	expect("ready", X, READY, "");
	expect("nothing wanted", "[host]\ndescription = x\n", READY, "");
}

TEST(a_device_that_is_not)
{
	set_driver(0, "nouveau");
	/* Its group is not told too: it is the same thing to do. */
	expect("wrong driver", X, NOT_READY, "wrong-driver 0000:01:00.0");
	set_driver(0, NULL);
	expect("no driver", X, NOT_READY, "wrong-driver 0000:01:00.0");
	expect("absent", "[device x]\naddress = 09:00.0\n", NOT_READY,
	       "device-absent 0000:09:00.0");
	set_driver(0, "vfio-pci");
	expect("mismatch", X "id = 1:1\n", NOT_READY, "identity-mismatch 0000:01:00.0");

	set_driver(0, NULL);
	begin(X);
	check_part("detail", findings.items[0].detail, "no driver");
	check_part("remedy", findings.items[0].remedy, "vfio-prepare bind");
	end();
}

TEST(a_refused_device_is_not_ready_even_where_that_is_a_warning)
{
	inventory.items[1].iommu_group = -1;
	expect("no group", NOT_REQUIRED "[device x]\naddress = 02:00.0\n", NOT_READY,
	       "no-iommu-group 0000:02:00.0");
}

TEST(what_is_not_known_is_not_ready)
{
	inventory.iommu = IOMMU_UNKNOWN;
	expect("iommu", X, READINESS_UNKNOWN, "iommu-unknown host");
	set_driver(0, "nouveau");
	/* What is known to be wrong says more. */
	expect("iommu, and a wrong driver", X, NOT_READY,
	       "iommu-unknown host; wrong-driver 0000:01:00.0");
	inventory.iommu = IOMMU_ON;
	inventory.items[0].unknown = FUNCTION_DRIVER;
	set_driver(0, NULL);
	expect("driver", X, NOT_READY, "unreadable 0000:01:00.0");
}

TEST(off_switches)
{
	static const struct {
		const char *cmdline, *in_initramfs, *in_system;
	} rows[] = {
		{"", NULL, NULL},
		{"vfio_prepare.enable=1 rd.vfio_prepare=1", NULL, NULL},
		{"vfio_prepare.enable=0", "vfio_prepare.enable=0", "vfio_prepare.enable=0"},
		{"vfio-prepare.enable=no", "vfio_prepare.enable=0", "vfio_prepare.enable=0"},
		{"rd.vfio_prepare=0", "rd.vfio_prepare=0", NULL},
		{"rd.vfio-prepare=off", "rd.vfio_prepare=0", NULL},
		{"rd.vfio_prepare=0 vfio_prepare.enable=0", "vfio_prepare.enable=0",
		 "vfio_prepare.enable=0"},
		{"vfio_prepare.enable=0 vfio_prepare.enable=1", NULL, NULL},
		{"vfio_prepare.enable", NULL, NULL},
		{"-- vfio_prepare.enable=0", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_arguments(rows[i].cmdline);
		check_text(rows[i].cmdline, off_switch(&inventory.args, true),
			   rows[i].in_initramfs);
		check_text(rows[i].cmdline, off_switch(&inventory.args, false), rows[i].in_system);
	}
	set_arguments("rd.vfio_prepare=0");
	expect("off-switch", X, READY, "off-switch host");
	begin(X);
	assert_int_equal(findings.items[0].severity, SEVERITY_WARNING);
	check_part("remedy", findings.items[0].remedy, "rd.vfio_prepare=0");
	end();
}

/* The plan has one device, in that state. */
static enum readiness verdict_on(const struct findings *found, enum device_state state)
{
	struct planned_device device = {.state = state};

	return readiness_of(found, &(struct plan){.items = &device, .n = 1});
}

TEST(verdicts)
{
	static const struct {
		enum finding_type errors[2];
		enum readiness verdict, with_restart;
	} rows[] = {
		{{N_FINDING_TYPES, N_FINDING_TYPES}, READY, REBOOT_REQUIRED},
		{{FINDING_WRONG_DRIVER, N_FINDING_TYPES}, NOT_READY, REBOOT_REQUIRED},
		{{FINDING_WRONG_DRIVER, FINDING_IOMMU}, NOT_READY, REBOOT_REQUIRED},
		{{FINDING_HOST_DISK, N_FINDING_TYPES}, NOT_READY, NOT_READY},
		{{FINDING_WRONG_DRIVER, FINDING_HOST_DISK}, NOT_READY, NOT_READY},
		{{FINDING_HOST_DISK_UNKNOWN, N_FINDING_TYPES},
		 READINESS_UNKNOWN,
		 READINESS_UNKNOWN},
		{{FINDING_VFS_UNKNOWN, N_FINDING_TYPES}, READINESS_UNKNOWN, READINESS_UNKNOWN},
		{{FINDING_VFS_UNKNOWN, FINDING_IOMMU_UNKNOWN},
		 READINESS_UNKNOWN,
		 READINESS_UNKNOWN},
		{{FINDING_VFS_UNKNOWN, FINDING_WRONG_DRIVER}, NOT_READY, NOT_READY},
		{{FINDING_VFS_UNKNOWN, FINDING_HOST_DISK}, NOT_READY, NOT_READY},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum device_state device = rows[i].errors[0] == N_FINDING_TYPES ? DEVICE_RIGHT
										: DEVICE_REFUSED;
		_cleanup_free_ char *what = NULL;
		struct findings found = {};

		for (size_t j = 0; j < 2; j++)
			if (rows[i].errors[j] != N_FINDING_TYPES)
				finding_add(&found, SEVERITY_ERROR, rows[i].errors[j], "x", "y");
		what = findings_summary(&found);
		check_int(what, verdict_on(&found, device), rows[i].verdict);
		finding_add(&found, SEVERITY_WARNING, FINDING_REBOOT, "host", "y");
		check_int(what, verdict_on(&found, device), rows[i].with_restart);
		findings_done(&found);
	}
}

TEST(warnings_and_notes_leave_the_verdict_alone)
{
	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		struct findings found = {};

		if (finding_is(type, KIND_RESTART))
			continue;
		finding_add(&found, SEVERITY_WARNING, type, "x", "y");
		finding_add(&found, SEVERITY_NOTE, type, "x", "y");
		check_int(finding_name(type), verdict_on(&found, DEVICE_RIGHT), READY);
		check_int(finding_name(type), verdict_on(&found, DEVICE_WAITING), NOT_READY);
		findings_done(&found);
	}
}

TEST(devices_alone)
{
	struct match match;
	struct plan plan;

	inventory.iommu = IOMMU_UNKNOWN;
	profile_from(X, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	checks_make_devices(&profile, &inventory, &bindings, &plan, &findings);
	readiness = readiness_of(&findings, &plan);
	assert_int_equal(readiness, READY);
	check_findings("devices", &findings, "");
	plan_done(&plan);
	match_done(&match);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(a_host_that_is_ready),
		CHECKS_TEST(a_device_that_is_not),
		CHECKS_TEST(a_refused_device_is_not_ready_even_where_that_is_a_warning),
		CHECKS_TEST(what_is_not_known_is_not_ready),
		CHECKS_TEST(off_switches),
		CHECKS_TEST(devices_alone),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(warnings_and_notes_leave_the_verdict_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
