/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci_ids.h"
#include "support.h"

static struct tree tree;
static struct inventory inventory;

static const char ids[] = "# comment\n"
			  "\n"
			  "10de  NVIDIA Corporation\n"
			  "# another\n"
			  "\t1bb0  GP104GL [Quadro P5000]\n"
			  "\t\t1028 11b2  of a subsystem\n"
			  "\t10f0  GP104 Audio\n"
			  "1bb0  Vendor Named Like A Device\n"
			  "\t10de  Never\n"
			  "8086  Intel Corporation\n"
			  "\t10d3  82574L\n"
			  "C 02  Network controller\n"
			  "\t00  Ethernet controller\n";

static int start(void **state _unused_)
{
	tree_init(&tree);
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 1, NULL);
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 1, NULL);
	add_function(&inventory, "02:00.0", 0x10de, 0xffff, 0x030000, 2, NULL);
	add_function(&inventory, "03:00.0", 0xffff, 0x1bb0, 0x030000, 3, NULL);
	add_function(&inventory, "04:00.0", 0x10de, 0x1bb0, 0x030000, 4, NULL)->unknown =
		FUNCTION_IDS;
	add_function(&inventory, "05:00.0", 0x10de, 0x1bb0, 0x030000, 5, NULL);
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static void expect(const char *const *names)
{
	for (size_t i = 0; i < inventory.n; i++)
		check_text(PCI_ADDRESS_TEXT(&inventory.items[i].address), inventory.items[i].name,
			   names[i]);
}

static const char *const all_names[] = {"NVIDIA Corporation GP104GL [Quadro P5000]",
					"NVIDIA Corporation GP104 Audio",
					"NVIDIA Corporation",
					NULL,
					NULL,
					"NVIDIA Corporation GP104GL [Quadro P5000]"};
static const char *const no_names[6];

TEST(vendor_and_device)
{
	tree_file(&tree, "usr/share/misc/pci.ids", ids);
	pci_ids_name(&tree.root, &inventory);
	expect(all_names);
}

TEST(every_place)
{
	tree_file(&tree, "var/lib/pciutils/pci.ids", ids);
	pci_ids_name(&tree.root, &inventory);
	expect(all_names);
	/* The first one that is there counts. */
	tree_file(&tree, "usr/share/hwdata/pci.ids", "10de  One\n\t1bb0  Two");
	pci_ids_name(&tree.root, &inventory);
	check_text("hwdata", inventory.items[0].name, "One Two");
	check_text("hwdata", inventory.items[1].name, "One");
}

TEST(no_file)
{
	pci_ids_name(&tree.root, &inventory);
	expect(no_names);
	inventory_done(&inventory);
	pci_ids_name(&tree.root, &inventory);
}

TEST(lines_that_are_none)
{
	static const char *const rows[] = {
		"", "\n\n", "10de\n", "10de\tx\n", "10d\n", "10de",
		"\t1bb0  device without vendor\n", "10deNVIDIA\n", "\t\t\n", "C 10de\n",
		"g0de  x\n", "10de0  x\n",
		/* Not beyond the end of a short line, where the next one begins. */
		"10\nx name\n", "10d\n  name\n"};

	inventory.items[2].vendor = 0x0010;
	inventory.items[3].vendor = 0x010d;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_file(&tree, "usr/share/misc/pci.ids", rows[i]);
		pci_ids_name(&tree.root, &inventory);
		expect(no_names);
	}
}

/* A short last line at the very end of the memory that the file was read into. */
TEST(nothing_is_read_past_the_end_of_the_file)
{
	char text[8191];

	memset(text, '#', sizeof(text));
	strcpy(text + sizeof(text) - 4, "\n10");
	tree_file(&tree, "usr/share/misc/pci.ids", text);
	pci_ids_name(&tree.root, &inventory);
	expect(no_names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(vendor_and_device, start, stop),
		cmocka_unit_test_setup_teardown(every_place, start, stop),
		cmocka_unit_test_setup_teardown(no_file, start, stop),
		cmocka_unit_test_setup_teardown(lines_that_are_none, start, stop),
		cmocka_unit_test_setup_teardown(nothing_is_read_past_the_end_of_the_file, start,
						stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
