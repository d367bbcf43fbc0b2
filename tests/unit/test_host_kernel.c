/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kernel.h"

#include "survey.h"

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static void scan(unsigned facts)
{
	assert_int_equal(look(facts, 0, NULL), 0);
}

TEST(iommu)
{
	static const struct {
		const char *what, *unit, *group,
			*name; /* of the group; NULL: the firmware has ACPI */
		enum iommu_state state;
		enum iommu_kind kind;
	} rows[] = {
		{"neither", NULL, "", "", IOMMU_OFF, IOMMU_KIND_NONE},
		/* Not even /sys/kernel: nothing can be said. */
		{"no sysfs", NULL, NULL, "", IOMMU_UNKNOWN, IOMMU_KIND_NONE},
		{"VT-d", "dmar0", "0", NULL, IOMMU_ON, IOMMU_KIND_INTEL},
		{"AMD-Vi", "ivhd0", "0", NULL, IOMMU_ON, IOMMU_KIND_AMD},
		{"Arm", "smmu3.0x0000000009050000", "12", NULL, IOMMU_ON, IOMMU_KIND_ARM},
		{"virtio", "virtio0", "0", NULL, IOMMU_ON, IOMMU_KIND_OTHER},
		{"units without groups", "dmar0", "", NULL, IOMMU_OFF, IOMMU_KIND_INTEL},
		{"groups without units", NULL, "0", NULL, IOMMU_OFF, IOMMU_KIND_NONE},
		{"POWER before 6.4", NULL, "0", "domain0-pe0", IOMMU_ON, IOMMU_KIND_NONE},
		{"no-IOMMU mode", NULL, "0", "vfio-noiommu", IOMMU_OFF, IOMMU_KIND_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct needs needs = {.host = HOST_IOMMU};
		struct tree host;
		struct inventory seen = {};

		tree_init(&host);
		if (rows[i].unit) {
			_cleanup_free_ char *name = xasprintf("sys/class/iommu/%s", rows[i].unit);

			tree_dir(&host, name);
		}
		if (rows[i].group) {
			_cleanup_free_ char *name = xasprintf("sys/kernel/iommu_groups/%s",
							      rows[i].group);

			tree_dir(&host, name);
			if (*rows[i].group && rows[i].name) {
				_cleanup_free_ char *file = xasprintf("%s/name", name);

				tree_file(&host, file, rows[i].name);
			}
		}
		if (!rows[i].name)
			tree_dir(&host, "sys/firmware/acpi/tables");
		check_int(rows[i].what, survey(&host.root, &needs, &seen), 0);
		check_int(rows[i].what, seen.iommu, rows[i].state);
		check_int(rows[i].what, seen.iommu_kind, rows[i].kind);
		inventory_done(&seen);
		tree_done(&host);
	}
}

TEST(iommu_that_cannot_be_read_is_not_off)
{
	tree_file(&tree, "sys/class/iommu", "");
	scan(HOST_IOMMU);
	assert_int_equal(inventory.iommu, IOMMU_UNKNOWN);
	inventory_done(&inventory);
	tree_remove(&tree, "sys/class/iommu");
	tree_file(&tree, "sys/kernel/iommu_groups", "");
	scan(HOST_IOMMU);
	assert_int_equal(inventory.iommu, IOMMU_UNKNOWN);
}

TEST(kernel_firmware_and_drivers)
{
	tree_file(&tree, "proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
	tree_file(&tree, "proc/cmdline", "quiet intel_iommu=on\n");
	tree_file(&tree, "sys/firmware/acpi/tables/DMAR", "");
	tree_file(&tree, "sys/firmware/acpi/tables/VIOT", "");
	tree_file(&tree, "sys/firmware/acpi/tables/APIC", "");
	tree_dir(&tree, "sys/bus/pci/drivers/vfio-pci");
	tree_dir(&tree, "sys/bus/pci/drivers/e1000e");
	tree_dir(&tree, "sys/module/vfio_iommu_type1");
	scan(HOST_IOMMU);
	assert_string_equal(inventory.kernel, "6.1.0-18-amd64");
	assert_string_equal(inventory.cmdline, "quiet intel_iommu=on");
	assert_int_equal(inventory.args.n, 2);
	assert_true(inventory.firmware_known);
	assert_int_equal(inventory.firmware_tables.n, 2);
	assert_string_equal(inventory.firmware_tables.items[0], "DMAR");
	assert_string_equal(inventory.firmware_tables.items[1], "VIOT");
	assert_int_equal(inventory.drivers.n, 2);
	assert_string_equal(inventory.drivers.items[0], "e1000e");
	assert_true(inventory.has_iommu_backend);
}

TEST(arguments_alone)
{
	struct kernel_args args;

	kernel_read_arguments(&tree.root, &args);
	assert_int_equal(args.n, 0);
	tree_file(&tree, "proc/cmdline", "a b=2\nc\n");
	kernel_read_arguments(&tree.root, &args);
	assert_int_equal(args.n, 2);
	assert_string_equal(kernel_args_last(&args, "b")->value, "2");
	kernel_args_done(&args);
}

TEST(builtin_modules)
{
	tree_file(&tree, "proc/sys/kernel/osrelease", "6.1.0\n");
	scan(HOST_BUILTIN);
	assert_int_equal(inventory.builtin_modules.n, 0);
	tree_file(&tree, "lib/modules/6.1.0/modules.builtin",
		  "kernel/drivers/usb/host/xhci-pci.ko\nkernel/fs/ext4/ext4.ko.xz\nnonsense\n\n"
		  "plain.ko\n");
	inventory_done(&inventory);
	scan(HOST_BUILTIN);
	assert_int_equal(inventory.builtin_modules.n, 3);
	assert_string_equal(inventory.builtin_modules.items[0], "ext4");
	assert_string_equal(inventory.builtin_modules.items[1], "plain");
	assert_string_equal(inventory.builtin_modules.items[2], "xhci_pci");
}

TEST(loaded_modules)
{
	tree_dir(&tree, "sys/module/vfio_pci");
	tree_dir(&tree, "sys/module/e1000e");
	scan(HOST_LOADED);
	assert_int_equal(inventory.loaded_modules.n, 2);
	assert_string_equal(inventory.loaded_modules.items[0], "e1000e");
}

/* The name that the host gives itself, and which number the firmware gave each root bus. */
TEST(node)
{
	tree_file(&tree, "proc/sys/kernel/hostname", "running\n");
	tree_file(&tree, "sys/devices/pci0000:00/firmware_node/uid", "0\n");
	tree_file(&tree, "sys/devices/pci0001:c0/firmware_node/uid", "28\n");
	tree_file(&tree, "sys/devices/pci0000:40/firmware_node/uid", "PC00\n");
	tree_dir(&tree, "sys/devices/pci0000:80");
	tree_dir(&tree, "sys/devices/pcinonsense");
	tree_dir(&tree, "sys/devices/system");
	scan(HOST_NODE);
	assert_string_equal(inventory.hostname, "running");
	assert_int_equal(inventory.roots.n, 2);
	assert_int_equal(inventory.roots.items[0].bus, 0);
	assert_int_equal(inventory.roots.items[1].domain, 1);
	assert_int_equal(inventory.roots.items[1].bus, 0xc0);
	assert_int_equal(inventory.roots.items[1].uid, 28);
	tree_file(&tree, "etc/hostname", "named\n");
	inventory_done(&inventory);
	scan(HOST_NODE);
	assert_string_equal(inventory.hostname, "named");
}

int main(void)
{
#define KERNEL_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		KERNEL_TEST(iommu),
		KERNEL_TEST(iommu_that_cannot_be_read_is_not_off),
		KERNEL_TEST(kernel_firmware_and_drivers),
		KERNEL_TEST(arguments_alone),
		KERNEL_TEST(builtin_modules),
		KERNEL_TEST(loaded_modules),
		KERNEL_TEST(node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
