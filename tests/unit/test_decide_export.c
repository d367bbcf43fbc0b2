/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "base/text.h"
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
static void expect_of(enum export_text which, const char *text, const char *want,
		      const char *want_findings)
{
	static const char *const types[] = {"pci", "pf", "vf"};
	_cleanup_(findings_done) struct findings findings = {};
	struct buf got = {};
	struct profile profile;
	struct match match;
	struct plan plan;
	struct export export = {.text = which, .profile = &profile, .inventory = &inventory};

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
		assert_true(device->section && driver_is_vfio(device->driver));
	}
	if (want)
		check_text(text, buf_text(&got), want);
	check_findings(text, &findings, want_findings);
	buf_done(&got);
	export_done(&export);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
}

static void expect(const char *text, const char *want, const char *want_findings)
{
	expect_of(EXPORT_LIBVIRT_NODEDEV, text, want, want_findings);
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
	/* Those of a native driver are the host's. */
	expect(X "address = 01:00.0\nvfs = 4\ndriver = native\n[device y]\naddress = 02:00.0\n",
	       "0:02:00.0 8086:10c9 pf; ", "");
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

TEST(names)
{
	static const struct {
		enum export_text text;
		const char *alias;
		bool good;
	} rows[] = {
		{EXPORT_PROXMOX_VM, "gpu", true},
		{EXPORT_PROXMOX_VM, "Gpu_1-a", true},
		{EXPORT_PROXMOX_VM, "1gpu", false},
		{EXPORT_PROXMOX_VM, "two words", false},
		{EXPORT_PROXMOX_VM, "gpu-", false},
		{EXPORT_PROXMOX_VM, "g", false},
		{EXPORT_INCUS, "g", true},
		{EXPORT_KUBEVIRT_VM, "gpu-1", true},
		{EXPORT_KUBEVIRT_VM, "Gpu", false},
		{EXPORT_KUBEVIRT_VM, "gpu_1", false},
		{EXPORT_INCUS, "g\xc3\xa9", false},
		{EXPORT_INCUS, "a234567890123456789012345678901234567890123456789012345678901",
		 false},
		{EXPORT_INCUS, "a23456789012345678901234567890123456789012345678901234567890",
		 true},
		{EXPORT_LIBVIRT_NODEDEV, "two words", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf(X "address = 03:00.*\nalias = %s\n",
						      rows[i].alias);

		/* Once for a card. */
		expect_of(rows[i].text, text, NULL, rows[i].good ? "" : "export 0000:03:00.0");
	}
}

TEST(what_consumers_want_besides)
{
	static const char *const no_names[] = {"",   "a,path=x", "a b", "-a",
					       "a-", "a..b",     "# a", "\xc3\xa9"};

	strv_add(&inventory.drivers, "mlx5-vfio-pci");
	expect_of(EXPORT_KUBEVIRT_VM, X "address = 02:00.0\ndriver = mlx5-vfio-pci\n", NULL,
		  "export 0000:02:00.0");
	expect_of(EXPORT_LIBVIRT_NODEDEV, X "address = 02:00.0\ndriver = mlx5-vfio-pci\n", NULL,
		  "");
	expect_of(EXPORT_HARVESTER, X "address = 02:00.0\n", NULL, "export host");
	for (size_t i = 0; i < ARRAY_SIZE(no_names); i++) {
		inventory.hostname = xstrdup(no_names[i]);
		expect_of(EXPORT_PROXMOX_MAPPING, X "alias = xx\naddress = 02:00.0\n", NULL,
			  "export host");
		free(inventory.hostname);
	}
	inventory.hostname = xstrdup("node1");
	expect_of(EXPORT_HARVESTER, X "address = 02:00.0\n", NULL, "");
	expect_of(EXPORT_PROXMOX_MAPPING, X "alias = xx\naddress = 02:00.0\n", NULL, "");
	expect_of(EXPORT_PROXMOX_MAPPING, X "alias = xx\naddress = 01:00.0\nvfs = 3\n", NULL,
		  "export 0000:01:10.0; export 0000:01:10.2; export 0000:01:10.4");
	expect_of(EXPORT_OPENNEBULA_NIC, X "address = 02:00.0\n", NULL, "");
	expect_of(EXPORT_OPENNEBULA_NIC, X "address = 03:00.*\n", NULL, "export host");
}

TEST(what_kubevirt_tells_apart)
{
	inventory.items[0].total_vfs = -1;
	expect_of(EXPORT_KUBEVIRT_VM, X "address = 01:00.0 02:00.0\n", NULL, "");
	expect_of(EXPORT_KUBEVIRT_PERMIT, X "address = 01:00.0\n[device y]\naddress = 02:00.0\n",
		  NULL, "export 0000:02:00.0");
	expect_of(EXPORT_KUBEVIRT_PERMIT,
		  X "address = 01:00.0\n[device y]\naddress = 02:00.0\nalias = x\n", NULL, "");
	expect_of(EXPORT_KUBEVIRT_PERMIT,
		  X "address = 01:00.0\nresource-class = a/b\n[device y]\naddress = 02:00.0\n"
		    "resource-class = a/b\n",
		  NULL, "");
	expect_of(EXPORT_KUBEVIRT_VM,
		  X "address = 01:00.0\nresource-class = a/b\nalias = z\n"
		    "[device y]\naddress = 03:00.*\nresource-class = a/c\nalias = z\n",
		  NULL, "export 0000:03:00.0");
	expect_of(EXPORT_INCUS, X "address = 01:00.0\n[device y]\naddress = 02:00.0\n", NULL, "");
}

TEST(what_kubernetes_takes_as_a_resource)
{
	static const struct {
		const char *class;
		bool good;
	} rows[] = {{"nvidia.com/GP104", true},
		    {"a/b..c_d-e", true},
		    {"a b/c", false},
		    {"A.com/x", false},
		    {"-a/x", false},
		    {"a-/x", false},
		    {"a..b/x", false},
		    {".a/x", false},
		    {"a.-b/x", false},
		    {"/x", false},
		    {"a/", false},
		    {"a/-x", false},
		    {"a/x-", false},
		    {"a/x/y", false},
		    {"a/x: y", false},
		    {"a/\xc3\xa9", false},
		    {"CUSTOM_GPU", true}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text =
			xasprintf(X "address = 03:00.*\nresource-class = \"%s\"\n", rows[i].class);

		expect_of(EXPORT_KUBEVIRT_PERMIT, text, NULL,
			  rows[i].good ? "" : "export 0000:03:00.0");
	}
}

static char *location(const char *place, const char *path)
{
	_cleanup_free_ char *text = xasprintf(X "address = %s\n", place);
	_cleanup_(findings_done) struct findings findings = {};
	struct pci_address wanted = address(place);
	struct profile profile;
	struct match match;
	struct plan plan;
	struct export export = {.text = EXPORT_HYPERV,
				.profile = &profile,
				.inventory = &inventory};
	char *result;

	free(inventory_find(&inventory, &wanted)->port_path);
	inventory_find(&inventory, &wanted)->port_path = xstrdup_null(path);
	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_APPLY, &match, &plan);
	export_make(&plan, &export, &findings);
	assert_int_equal(export.n, 1);
	result = xstrdup_null(export.items->location);
	assert_int_equal(findings.n, !result);
	export_done(&export);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
	return result;
}

TEST(where_windows_finds_them)
{
	static const struct {
		const char *path, *want;
	} rows[] = {
		{"00:1d.2/00.0", "PCIROOT(0)#PCI(1D02)#PCI(0000)"},
		{"00:02.0/00.0/1f.7", "PCIROOT(0)#PCI(0200)#PCI(0000)#PCI(1F07)"},
		{"80:02.0/00.1", "PCIROOT(1C)#PCI(0200)#PCI(0001)"},
		{"40:02.0/00.1", NULL},
		{"0001:00:02.0/00.1", NULL},
		{NULL, NULL},
	};

	*vec_add(&inventory.roots) = (struct pci_root){.bus = 0x80, .uid = 28};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = location("02:00.0", rows[i].path);

		check(rows[i].path ? rows[i].path : "none", text_same(got, rows[i].want));
	}
}

#define EXPORT_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORT_TEST(what_guests_get),
		EXPORT_TEST(virtual_functions),
		EXPORT_TEST(what_cannot_be_told),
		EXPORT_TEST(names),
		EXPORT_TEST(what_consumers_want_besides),
		EXPORT_TEST(what_kubevirt_tells_apart),
		EXPORT_TEST(what_kubernetes_takes_as_a_resource),
		EXPORT_TEST(where_windows_finds_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
