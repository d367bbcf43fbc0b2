/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/inventory.h"
#include "parse/kernel_args.h"
#include "support.h"

TEST(sorted_functions_are_found)
{
	static const char *const places[] = {"0000:83:00.1", "10000:01:00.0", "0000:00:1f.0",
					     "0000:83:00.0"};
	struct inventory inventory = {};
	struct pci_address missing = address("0000:83:00.2");

	assert_null(inventory_find(&inventory, &missing));
	inventory_sort(&inventory);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		add_function(&inventory, places[i], (uint16_t)i, 0, 0, -1, NULL);
	inventory_sort(&inventory);
	for (size_t i = 1; i < inventory.n; i++)
		assert_true(pci_address_compare(&inventory.items[i - 1].address,
						&inventory.items[i].address) < 0);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct pci_address place = address(places[i]);
		const struct pci_function *function = inventory_find(&inventory, &place);

		assert_non_null(function);
		assert_int_equal(function->vendor, i);
	}
	assert_null(inventory_find(&inventory, &missing));
	inventory_done(&inventory);
	assert_int_equal(inventory.n, 0);
	inventory_done(NULL);
}

TEST(everything_in_it_is_freed)
{
	struct inventory inventory = {.kernel = xstrdup("6.1"), .cmdline = xstrdup("quiet x=1")};
	struct pci_function *function = add_function(&inventory, "01:00.0", 1, 2, 3, 4, "nvme");

	kernel_args_parse(inventory.cmdline, &inventory.args);
	strv_add(&inventory.firmware_tables, "DMAR");
	strv_add(&inventory.drivers, "nvme");
	function->modalias = xstrdup("pci:v1");
	function->driver_override = xstrdup("vfio-pci");
	function->port_path = xstrdup("00:01.0/00.0");
	function->name = xstrdup("name");
	function->variant = xstrdup("mlx5_vfio_pci");
	strv_add(&function->modules, "nvme");
	inventory_done(&inventory);
	assert_null(inventory.kernel);
	assert_int_equal(inventory.args.n + inventory.drivers.n + inventory.firmware_tables.n, 0);
}

TEST(classes)
{
	static const struct {
		const char *what;
		uint32_t class;
		bool bridge, infrastructure, disks;
	} rows[] = {
		{"host bridge", 0x060000, true, true, false},
		{"ISA bridge", 0x060100, true, true, false},
		{"PCI bridge", 0x060400, true, true, false},
		{"subtractive bridge", 0x060401, true, true, false},
		{"CardBus bridge", 0x060700, true, true, false},
		{"semi-transparent bridge", 0x060940, true, true, false},
		{"NVSwitch", 0x068000, false, false, false},
		{"memory controller", 0x058000, false, false, false},
		{"system peripheral", 0x088000, false, false, false},
		{"IOMMU", 0x080600, false, true, false},
		{"SMBus", 0x0c0500, false, false, false},
		{"RAM", 0x050000, false, true, false},
		{"CXL memory", 0x050210, false, true, false},
		{"interrupt controller", 0x080020, false, true, false},
		{"timer", 0x080200, false, true, false},
		{"clock", 0x080300, false, true, false},
		{"event collector", 0x080700, false, true, false},
		{"USB", 0x0c0330, false, false, true},
		{"display", 0x030000, false, false, false},
		{"audio", 0x040300, false, false, false},
		{"network", 0x020000, false, false, false},
		{"NVMe", 0x010802, false, false, true},
		{"FireWire", 0x0c0010, false, false, true},
		{"Fibre Channel", 0x0c0400, false, false, true},
		{"SD host", 0x080501, false, false, true},
		{"RAID", 0x010400, false, false, true},
		{"accelerator", 0x120000, false, false, false},
		{"nothing known", 0x000000, false, false, false},
		{"class that holds bridge's digits", 0x010604, false, false, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_function function = {.class = rows[i].class};

		check_int(rows[i].what, function_is_bridge(&function), rows[i].bridge);
		check_int(rows[i].what, function_is_infrastructure(&function),
			  rows[i].infrastructure);
		check_int(rows[i].what, function_may_carry_disks(&function), rows[i].disks);
	}
}

TEST(what_is_made_for_disks)
{
	static const struct {
		uint32_t class;
		bool storage;
	} rows[] = {{0x010802, true},  {0x010601, true},  {0x0c0400, true},
		    {0x0c0330, false}, {0x080501, false}, {0x020000, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_function function = {.class = rows[i].class};

		assert_int_equal(function_is_storage(&function), rows[i].storage);
	}
}

TEST(names)
{
	assert_null(iommu_kind_names[IOMMU_KIND_NONE]);
	assert_string_equal(iommu_kind_names[IOMMU_KIND_INTEL], "intel");
	assert_string_equal(iommu_kind_names[IOMMU_KIND_AMD], "amd");
	assert_string_equal(iommu_kind_names[IOMMU_KIND_ARM], "smmu");
	assert_string_equal(iommu_kind_names[IOMMU_KIND_OTHER], "other");
	assert_string_equal(iommu_state_names[IOMMU_UNKNOWN], "unknown");
	assert_string_equal(iommu_state_names[IOMMU_OFF], "off");
	assert_string_equal(iommu_state_names[IOMMU_ON], "on");
}

TEST(functions_of_display_cards)
{
	static const struct {
		const char *place;
		uint16_t vendor;
		uint32_t class;
		bool beside, of_card;
	} rows[] = {
		{"00:1f.0", 1, 0x060100, false, false},
		{"01:00.0", 1, 0x030000, true, true},
		{"01:00.1", 1, 0x040300, true, true},
		{"01:00.7", 1, 0x0c0330, true, true},
		{"01:01.0", 1, 0x040300, false, false},
		{"02:00.0", 1, 0x040300, true, true},
		{"02:00.1", 1, 0x030200, true, true},
		/* A processor's display; its security processor, USB and sound are the board's. */
		{"c5:00.0", 0x1002, 0x038000, true, true},
		{"c5:00.1", 0x1002, 0x040300, true, true},
		{"c5:00.2", 0x1022, 0x108000, true, false},
		{"c5:00.4", 0x1022, 0x0c0330, true, false},
		{"c5:00.6", 0x1022, 0x040300, true, false},
		/* A management controller, of which one part is another vendor's display. */
		{"c6:00.0", 0x103c, 0x088000, true, false},
		{"c6:00.1", 0x102b, 0x030000, true, true},
		{"c6:00.4", 0x103c, 0x0c0300, true, false},
		{"1:01:00.0", 1, 0x040300, false, false},
	};
	struct inventory inventory = {};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		add_function(&inventory, rows[i].place, rows[i].vendor, 1, rows[i].class, -1, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].place,
			  inventory_is_beside_display(&inventory, &inventory.items[i]),
			  rows[i].beside);
		check_int(rows[i].place,
			  inventory_is_of_display_card(&inventory, &inventory.items[i]),
			  rows[i].of_card);
	}
	inventory_done(&inventory);
}

TEST(the_only_display)
{
	static const uint32_t classes[] = {0x030000, 0x030100, 0x030200, 0x038000};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		struct inventory inventory = {};

		add_function(&inventory, "01:00.0", 1, 1, classes[i], -1, NULL);
		add_function(&inventory, "02:00.0", 1, 1, 0x040300, -1, NULL);
		check_int("display", inventory_is_only_display(&inventory, &inventory.items[0]),
			  true);
		check_int("sound", inventory_is_only_display(&inventory, &inventory.items[1]),
			  false);
		inventory.items[1].class = 0x030000;
		check_int("of two", inventory_is_only_display(&inventory, &inventory.items[0]),
			  false);
		/* A virtual function shows nothing. */
		inventory.items[1].is_vf = true;
		check_int("with its own",
			  inventory_is_only_display(&inventory, &inventory.items[0]), true);
		inventory_done(&inventory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_functions_are_found),
		cmocka_unit_test(everything_in_it_is_freed),
		cmocka_unit_test(classes),
		cmocka_unit_test(what_is_made_for_disks),
		cmocka_unit_test(names),
		cmocka_unit_test(functions_of_display_cards),
		cmocka_unit_test(the_only_display),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
