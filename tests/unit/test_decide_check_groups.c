/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

TEST(a_group_that_no_guest_can_use)
{
	add_function(&inventory, "03:00.0", 0x10de, 0x10f0, 0x040300, 10, "snd_hda_intel");
	add_function(&inventory, "03:00.1", 0x10de, 0x10f1, 0x040300, 10, "pcieport");
	expect("neighbour", X, NOT_READY, "group-incomplete group 10; group-not-viable group 10");
	/* The kernel would refuse the guest, whatever the profile is content with. */
	expect("ignored", X "group = ignore\n", NOT_READY,
	       "group-incomplete group 10; group-not-viable group 10");
	begin(X "group = ignore\n");
	assert_int_equal(findings.items[1].severity, SEVERITY_ERROR);
	check_part("detail", findings.items[1].detail, "0000:03:00.0 (snd_hda_intel)");
	check_part("remedy", findings.items[1].remedy, "group = expand in section [device x]");
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
	set_override(2, "vfio-pci");
	expect("once", "[device x]\naddress = 01:00.0 03:00.0\n", NOT_READY,
	       "group-incomplete group 10; group-not-viable group 10");
}

#define UNBIND                                                                \
	"echo none >/sys/bus/pci/devices/0000:03:00.0/driver_override; echo " \
	"0000:03:00.0 >/sys/bus/pci/drivers/shpchp/unbind"

TEST(a_bridge_on_a_driver_of_its_own)
{
	add_function(&inventory, "03:00.0", 0x8086, 0x2033, 0x060400, 10, "shpchp");
	begin(X "group = ignore\n");
	check_findings("shpchp", &findings, "group-incomplete group 10; group-not-viable group 10");
	check_part("remedy", findings.items[1].remedy, UNBIND "; or");
	end();
	add_function(&inventory, "03:00.1", 0x10de, 0x10f0, 0x040300, 10, "snd_hda_intel");
	begin(X "group = ignore\n");
	check_part("remedy", findings.items[1].remedy, "list 0000:03:00.1 in the profile too");
	check_part("remedy", findings.items[1].remedy, "until the next boot: " UNBIND);
	end();
	/* For good, where its driver is a module. */
	strv_add(&inventory.items[2].modules, "shpchp");
	begin(X "group = ignore\n");
	check_part("remedy", findings.items[1].remedy,
		   "printf 'blacklist shpchp\\n' >/etc/modprobe.d/");
	end();
	strv_add(&inventory.builtin_modules, "shpchp");
	begin(X "group = ignore\n");
	assert_null(strstr(findings.items[1].remedy, "blacklist"));
	end();
	/* Older kernels do not mind. */
	set_driver(3, NULL);
	set_text(&inventory.kernel, "5.10.0");
	expect("5.10", X, READY, "");
}

TEST(regions_that_the_firmware_reserves)
{
	struct iommu_group *group = &inventory.platform.groups.items[0];

	group->direct = ANSWER_YES;
	group->regions = xstrdup("0xbf000000-0xbfffffff");
	expect_one("direct", X, NOT_READY, SEVERITY_ERROR, "reserved-region group 10",
		   "0xbf000000-0xbfffffff", "firmware setup");
	set_driver(0, "nouveau");
	expect("for the host", X "driver = nouveau\n", READY, "");
	set_driver(0, "vfio-pci");
	group->direct = ANSWER_UNKNOWN;
	expect_one("unknown", X, READINESS_UNKNOWN, SEVERITY_ERROR,
		   "reserved-region-unknown group 10", "0000:01:00.0",
		   "cat /sys/kernel/iommu_groups/10/reserved_regions");
	inventory.items[0].iommu_group = 12;
	expect("never looked at", X, READINESS_UNKNOWN, "reserved-region-unknown group 12");
}

TEST(groups_that_are_none)
{
	inventory.platform.groups.items[0].noiommu = true;
	expect_one("made up", X, NOT_READY, SEVERITY_ERROR, "vfio-noiommu group 10", "0000:01:00.0",
		   "vfio.enable_unsafe_noiommu_mode");
}

TEST(backend)
{
	inventory.has_iommu_backend = false;
	expect_one("not loaded", X, NOT_READY, SEVERITY_ERROR, "iommu-backend host",
		   "vfio_iommu_type1", "modprobe vfio_iommu_type1");
	/* Not where nothing of VFIO is wanted. */
	set_driver(0, "pci-stub");
	set_override(0, "pci-stub");
	expect("pci-stub", X "driver = pci-stub\n", READY, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(a_group_that_no_guest_can_use),
		CHECKS_TEST(a_bridge_on_a_driver_of_its_own),
		CHECKS_TEST(regions_that_the_firmware_reserves),
		CHECKS_TEST(groups_that_are_none),
		CHECKS_TEST(backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
