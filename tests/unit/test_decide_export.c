/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/export.h"
#include "decide/planner.h"
#include "support.h"

static struct inventory inventory;

/* 01:00.0 can have virtual functions and has two; 02:00.0, which can, is given whole; 03:00 shares a group. */
static int make_inventory(void **state _unused_)
{
	struct pci_function *pf;

	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "igb pci-stub vfio-pci", " ");
	add_function(&inventory, "01:00.0", 0x8086, 0x10c9, 0x020000, 10, "igb");
	add_function(&inventory, "01:10.0", 0x8086, 0x10ca, 0x020000, 11, "vfio-pci");
	add_function(&inventory, "01:10.2", 0x8086, 0x10ca, 0x020000, 12, "vfio-pci");
	add_function(&inventory, "02:00.0", 0x8086, 0x10c9, 0x020000, 13, "igb");
	add_function(&inventory, "03:00.0", 0x10de, 0x1bb0, 0x120000, 14, "vfio-pci");
	add_function(&inventory, "03:00.1", 0x10de, 0x10f0, 0x040300, 14, "vfio-pci");
	add_function(&inventory, "10000:01:00.0", 0x8086, 0x1521, 0x020000, 15, "vfio-pci");
	pf = &inventory.items[0];
	inventory.items[0].total_vfs = inventory.items[3].total_vfs = 8;
	pf->num_vfs = 2;
	pf->vf_offset = 128;
	pf->vf_stride = 2;
	pf->vf_device = 0x10ca;
	for (size_t i = 1; i < 3; i++) {
		inventory.items[i].is_vf = true;
		inventory.items[i].physfn = pf->address;
	}
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* "ADDRESS VENDOR:DEVICE TYPE [PHYSFN] [companion]; " of each device. */
static void expect(const char *text, const char *want, const char *want_findings)
{
	static const char *const types[] = {"pci", "pf", "vf"};
	_cleanup_(findings_done) struct findings findings = {};
	struct buf got = {};
	struct profile profile;
	struct match match;
	struct plan plan;
	struct export export = {.text = EXPORT_LIBVIRT_NODEDEV,
				.profile = &profile,
				.inventory = &inventory};

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_APPLY, &match, &plan);
	export_make(&plan, &export, &findings);
	vec_foreach(device, &export) {
		buf_addf(&got, "%x:%02x:%02x.%x %04x:%04x %s", device->address.domain,
			 device->address.bus, device->address.slot, device->address.function,
			 device->vendor, device->device, types[device->type]);
		if (device->type == EXPORT_TYPE_VF)
			buf_addf(&got, " of %02x", device->physfn.bus);
		buf_add(&got, device->companion ? " companion; " : "; ");
		assert_string_equal(device->section->label, "x");
		assert_string_equal(device->driver, "vfio-pci");
	}
	check_text(text, buf_text(&got), want);
	check_findings(text, &findings, want_findings);
	buf_done(&got);
	export_done(&export);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
}

#define X "[device x]\n"

TEST(what_guests_get)
{
	expect(X "address = 02:00.0 03:00.*\n",
	       "0:02:00.0 8086:10c9 pf; 0:03:00.0 10de:1bb0 pci; 0:03:00.1 10de:10f0 pci; ", "");
	expect(X "address = 03:00.0\ngroup = expand\n",
	       "0:03:00.0 10de:1bb0 pci; 0:03:00.1 10de:10f0 pci companion; ", "");
	expect(X "address = 01:10.0\n", "0:01:10.0 8086:10ca vf of 01; ", "");
}

/* Those that exist, those that are to come, and not those that the host keeps. */
TEST(virtual_functions)
{
	expect(X "address = 01:00.0\nvfs = 2\n",
	       "0:01:10.0 8086:10ca vf of 01; 0:01:10.2 8086:10ca vf of 01; ", "");
	expect(X "address = 01:00.0\nvfs = 4\nexcept = 01:10.4\n",
	       "0:01:10.0 8086:10ca vf of 01; 0:01:10.2 8086:10ca vf of 01; "
	       "0:01:10.6 8086:10ca vf of 01; ",
	       "");
	inventory.items[0].vf_stride = 0;
	expect(X "address = 01:00.0\nvfs = 1\n", "0:01:10.0 8086:10ca vf of 01; ", "");
	inventory.items[0].vf_offset = 0xffff;
	inventory.items[0].vf_stride = 1;
	expect(X "address = 01:00.0\nvfs = 4\n", "", "export 0000:01:00.0");
}

TEST(what_cannot_be_told)
{
	expect("[host]\ndescription = none\n", "", "export host");
	expect(X "address = 02:00.0\ndriver = pci-stub\n", "", "export host");
	expect(X "address = 09:00.0\noptional = yes\n", "", "export host");
	expect(X "address = 10000:01:00.0\n", "10000:01:00.0 8086:1521 pci; ",
	       "export 10000:01:00.0");
}

#define EXPORT_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORT_TEST(what_guests_get),
		EXPORT_TEST(virtual_functions),
		EXPORT_TEST(what_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
