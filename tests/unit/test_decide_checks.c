/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/checks.h"
#include "decide/planner.h"
#include "support.h"

static struct inventory inventory;
static struct profile profile;
static struct validation validation;

/* A host that is ready for [device x], address 01:00.0. */
static int make_inventory(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	inventory.firmware_known = true;
	strv_add(&inventory.firmware_tables, "DMAR");
	strv_add(&inventory.drivers, "vfio-pci");
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030200, 10, "vfio-pci");
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 11, "e1000e");
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void set_arguments(const char *cmdline)
{
	kernel_args_done(&inventory.args);
	kernel_args_parse(cmdline, &inventory.args);
}

static void set_driver(size_t i, const char *driver)
{
	free(inventory.items[i].driver);
	inventory.items[i].driver = xstrdup_null(driver);
}

static void begin(const char *text)
{
	struct match match;
	struct plan plan;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, &inventory, PHASE_SYSTEM, &match, &plan);
	validation_make(&profile, &inventory, &plan, &validation);
	assert_int_equal(plan.findings.n, 0);
	plan_done(&plan);
	match_done(&match);
}

static void end(void)
{
	validation_done(&validation);
	profile_done(&profile);
}

static void expect(const char *what, const char *text, enum readiness status, const char *findings)
{
	begin(text);
	check_text(what, readiness_name(validation.status), readiness_name(status));
	check_findings(what, &validation.findings, findings);
	end();
}

#define X "[device x]\naddress = 01:00.0\n"
#define NOT_REQUIRED "[iommu]\nrequired = no\n"

TEST(a_host_that_is_ready)
{
	expect("ready", X, READY, "");
	expect("nothing wanted", "[host]\ndescription = x\n", READY, "");
	validation_done(NULL);
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
	assert_string_equal(validation.findings.items[0].detail,
			    "section [device x] wants it on vfio-pci, it is on no driver");
	assert_string_equal(validation.findings.items[0].remedy, "vfio-prepare bind");
	end();
}

TEST(a_group_that_no_guest_can_use)
{
	add_function(&inventory, "03:00.0", 0x10de, 0x10f0, 0x040300, 10, "snd_hda_intel");
	add_function(&inventory, "03:00.1", 0x10de, 0x10f1, 0x040300, 10, "pcieport");
	expect("neighbour", X, NOT_READY, "group-incomplete group 10; group-not-viable group 10");
	/* The kernel would refuse the guest, whatever the profile is content with. */
	expect("ignored", X "group = ignore\n", NOT_READY,
	       "group-incomplete group 10; group-not-viable group 10");
	begin(X "group = ignore\n");
	assert_int_equal(validation.findings.items[1].severity, SEVERITY_ERROR);
	assert_string_equal(
		validation.findings.items[1].detail,
		"no guest can use 0000:01:00.0 while these of its IOMMU group are on other "
		"drivers: 0000:03:00.0 (snd_hda_intel)");
	end();

	set_driver(2, NULL);
	expect("neighbour without driver", X, READY, "");
	inventory.items[2].unknown = FUNCTION_DRIVER;
	expect("neighbour on who knows what", X "group = ignore\n", NOT_READY,
	       "group-incomplete group 10; group-not-viable group 10");

	/* Two devices of one group: told once. */
	inventory.items[2].unknown = 0;
	set_driver(1, "e1000e");
	inventory.items[1].iommu_group = 10;
	set_driver(2, "vfio-pci");
	expect("once", "[device x]\naddress = 01:00.0 03:00.0\n", NOT_READY,
	       "group-incomplete group 10; group-not-viable group 10");
}

TEST(iommu_that_is_off)
{
	static const struct {
		const char *cmdline, *remedy;
	} rows[] = {
		{"quiet", "add intel_iommu=on"},
		{"iommu=pt,off", "remove iommu=off from"},
		{"amd_iommu=off", "remove amd_iommu=off from"},
		{"intel_iommu=off", "remove intel_iommu=off from"},
		{"intel_iommu=off intel_iommu=on", "add intel_iommu=on"},
		{"intel_iommu=on intel_iommu=off,sm_on", "remove intel_iommu=off from"},
		{"intel_iommu", "add intel_iommu=on"},
	};

	inventory.iommu = IOMMU_OFF;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_arguments(rows[i].cmdline);
		begin(X);
		check_int(rows[i].cmdline, validation.status, NOT_READY);
		check_findings(rows[i].cmdline, &validation.findings, "iommu host");
		check_text(rows[i].cmdline, validation.findings.items[0].detail,
			   "no IOMMU is in use, though the firmware describes one: table DMAR");
		check(rows[i].cmdline, strncmp(validation.findings.items[0].remedy, rows[i].remedy,
					       strlen(rows[i].remedy)) == 0);
		check_int(rows[i].cmdline, validation.findings.items[0].severity, SEVERITY_ERROR);
		end();
	}
}

TEST(firmware_without_iommu)
{
	inventory.iommu = IOMMU_OFF;
	strv_done(&inventory.firmware_tables);
	expect("no table", X, NOT_READY, "firmware-table host");
	/* Where the tables cannot be listed, their absence is not known. */
	inventory.firmware_known = false;
	expect("tables not known", X, NOT_READY, "iommu host");
	begin(X);
	assert_string_equal(validation.findings.items[0].detail, "no IOMMU is in use");
	end();
	/* An IOMMU that works needs no table that we know. */
	inventory.firmware_known = true;
	inventory.iommu = IOMMU_ON;
	expect("works", X, READY, "");
}

TEST(iommu_that_is_not_required)
{
	inventory.iommu = IOMMU_OFF;
	expect("off", NOT_REQUIRED X, READY, "iommu host");
	begin(NOT_REQUIRED X);
	assert_int_equal(validation.findings.items[0].severity, SEVERITY_WARNING);
	end();
	strv_done(&inventory.firmware_tables);
	expect("no table", NOT_REQUIRED X, READY, "firmware-table host");
	inventory.iommu = IOMMU_UNKNOWN;
	expect("not known", NOT_REQUIRED X, READY, "iommu-unknown host");
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
	expect("iommu, and a wrong driver", X, READINESS_UNKNOWN,
	       "iommu-unknown host; wrong-driver 0000:01:00.0");
	inventory.iommu = IOMMU_ON;
	inventory.items[0].unknown = FUNCTION_DRIVER;
	set_driver(0, NULL);
	expect("driver", X, NOT_READY, "unreadable 0000:01:00.0");
}

TEST(backend)
{
	inventory.has_iommu_backend = false;
	expect("not loaded", X, NOT_READY, "iommu-backend host");
	begin(X);
	assert_int_equal(validation.findings.items[0].severity, SEVERITY_ERROR);
	assert_string_equal(validation.findings.items[0].remedy, "modprobe vfio_iommu_type1");
	end();
	/* Not where nothing of VFIO is wanted. */
	set_driver(0, "pci-stub");
	expect("pci-stub", X "driver = pci-stub\n", READY, "");
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
	assert_int_equal(validation.findings.items[0].severity, SEVERITY_WARNING);
	assert_string_equal(validation.findings.items[0].remedy,
			    "remove rd.vfio_prepare=0 from the kernel's arguments");
	end();
}

TEST(names)
{
	assert_string_equal(readiness_name(READY), "ready");
	assert_string_equal(readiness_name(NOT_READY), "not-ready");
	assert_string_equal(readiness_name(REBOOT_REQUIRED), "reboot-required");
	assert_string_equal(readiness_name(READINESS_UNKNOWN), "unknown");
}

int main(void)
{
#define CHECKS_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(a_host_that_is_ready),
		CHECKS_TEST(a_device_that_is_not),
		CHECKS_TEST(a_group_that_no_guest_can_use),
		CHECKS_TEST(iommu_that_is_off),
		CHECKS_TEST(firmware_without_iommu),
		CHECKS_TEST(iommu_that_is_not_required),
		CHECKS_TEST(a_refused_device_is_not_ready_even_where_that_is_a_warning),
		CHECKS_TEST(what_is_not_known_is_not_ready),
		CHECKS_TEST(backend),
		CHECKS_TEST(off_switches),
		CHECKS_TEST(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
