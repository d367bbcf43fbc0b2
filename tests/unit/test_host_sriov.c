/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci.h"
#include "host/sriov.h"
#include "support.h"

#define DEVICES "sys/bus/pci/devices/"
#define PF DEVICES "0000:01:00.0/"

static struct tree tree;
static struct inventory inventory;

static int start(void **state _unused_)
{
	tree_init(&tree);
	add_function(&inventory, "01:00.0", 0x1b36, 0x0010, 0x010802, 1, "nvme");
	add_function(&inventory, "01:00.1", 0x1b36, 0x0010, 0x010802, 2, NULL);
	add_function(&inventory, "02:00.0", 0x1b36, 0x0010, 0x010802, 3, "nvme");
	vec_foreach(function, &inventory)
		function->unknown = FUNCTION_VFS;
	tree_file(&tree, PF "sriov_totalvfs", "4\n");
	tree_file(&tree, PF "sriov_numvfs", "1\n");
	tree_file(&tree, PF "sriov_drivers_autoprobe", "0\n");
	tree_dir(&tree, DEVICES "0000:02:00.0");
	tree_link(&tree, DEVICES "0000:01:00.1/physfn", "../0000:01:00.0");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	inventory = (struct inventory){};
	tree_done(&tree);
	return 0;
}

/* Whose they are, and of those that are not virtual how many there are. */
static void scan(void)
{
	struct needs needs = {.functions = xcalloc(inventory.n, sizeof(unsigned)),
			      .n = inventory.n};

	vec_foreach(function, &inventory)
		pci_read_physfn(&tree.root, device_lend(&tree.root, &function->address), &inventory,
				function);
	for (size_t i = 0; i < inventory.n; i++)
		needs.functions[i] = inventory.items[i].is_vf ? 0 : FACT_VFS;
	pci_read_bounded(&tree.root, &needs, FACT_VFS, &pci_vfs, &inventory);
	needs_done(&needs);
}

TEST(whose_they_are)
{
	scan();
	assert_false(inventory.items[0].is_vf);
	assert_true(inventory.items[1].is_vf);
	assert_int_equal(pci_address_compare(&inventory.items[1].physfn,
					     &inventory.items[0].address),
			 0);
	assert_false(inventory.items[2].is_vf);
	assert_int_equal(inventory_count_vfs(&inventory, &inventory.items[0].address), 1);
	assert_int_equal(inventory_count_vfs(&inventory, &inventory.items[2].address), 0);
}

TEST(how_many_there_are_and_may_be)
{
	scan();
	assert_int_equal(inventory.items[0].total_vfs, 4);
	assert_int_equal(inventory.items[0].num_vfs, 1);
	assert_int_equal(inventory.items[0].vfs_autoprobe, 0);
	assert_int_equal(inventory.items[0].unknown, 0);
	/* Not asked for, and none that could have any. */
	assert_int_equal(inventory.items[1].unknown, FUNCTION_VFS);
	assert_int_equal(inventory.items[2].total_vfs, -1);
	assert_int_equal(inventory.items[2].num_vfs, -1);
	assert_int_equal(inventory.items[2].unknown, 0);
}

TEST(what_cannot_be_read_is_not_known)
{
	tree_file(&tree, PF "sriov_numvfs", "many\n");
	scan();
	assert_int_equal(inventory.items[0].unknown, FUNCTION_VFS);
	assert_int_equal(inventory.items[0].num_vfs, -1);
}

TEST(complete_is_with_all_that_a_bind_needs)
{
	int dir = device_lend(&tree.root, &inventory.items[0].address);

	assert_true(vfs_complete(&tree.root, dir, 0, true));
	assert_false(vfs_complete(&tree.root, dir, 1, false));
	tree_link(&tree, PF "virtfn0", "../0000:01:00.1");
	assert_false(vfs_complete(&tree.root, dir, 1, false));
	tree_file(&tree, DEVICES "0000:01:00.1/vendor", "0x1b36\n");
	assert_false(vfs_complete(&tree.root, dir, 1, false));
	tree_file(&tree, DEVICES "0000:01:00.1/driver_override", "(null)\n");
	assert_true(vfs_complete(&tree.root, dir, 1, false));
	assert_false(vfs_complete(&tree.root, dir, 1, true));
	tree_link(&tree, DEVICES "0000:01:00.1/iommu_group", "../../../../kernel/iommu_groups/7");
	assert_true(vfs_complete(&tree.root, dir, 1, true));
	assert_false(vfs_complete(&tree.root, dir, 2, true));
	tree_link(&tree, PF "virtfn1", "no address");
	assert_false(vfs_complete(&tree.root, dir, 2, true));
}

int main(void)
{
#define VFS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		VFS_TEST(whose_they_are),
		VFS_TEST(how_many_there_are_and_may_be),
		VFS_TEST(what_cannot_be_read_is_not_known),
		VFS_TEST(complete_is_with_all_that_a_bind_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
