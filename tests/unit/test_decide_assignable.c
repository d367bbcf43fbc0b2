/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/assignable.h"
#include "model/profile.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

TEST(drivers_that_leave_a_group_viable)
{
	static const struct {
		const char *driver;
		bool viable;
	} rows[] = {
		{NULL, true},       {"vfio-pci", true},   {"mlx5_vfio_pci", true},
		{"pci-stub", true}, {"pcieport", true},   {"snd_hda_intel", false},
		{"shpchp", false},  {"pci-stub2", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_function function = {.driver = (char *)(uintptr_t)rows[i].driver,
						.class = 0x040300};

		check_int(rows[i].driver ? rows[i].driver : "none",
			  function_leaves_group_viable(&inventory, &function), rows[i].viable);
		/* What it is on cannot be read: whatever stands there, it may be another. */
		function.unknown = FUNCTION_DRIVER;
		check_int("unknown", function_leaves_group_viable(&inventory, &function), false);
	}
}

TEST(until_5_19_bridges_may_be_on_any_driver)
{
	static const struct {
		const char *kernel;
		uint32_t class;
		bool viable;
	} rows[] = {
		{"5.18.0-4-amd64", 0x060400, true}, {"4.19", 0x060401, true},
		{"5.19.0", 0x060400, false},        {"6.1.0-56-amd64", 0x060400, false},
		{"5.10.0", 0x060100, false},        {"5.10.0", 0x0c0330, false},
		{"rolling", 0x060400, false},       {NULL, 0x060400, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory host = {.kernel = (char *)(uintptr_t)rows[i].kernel};
		struct pci_function function = {.driver = (char[]){"shpchp"},
						.class = rows[i].class};

		check_int(rows[i].kernel ? rows[i].kernel : "not known",
			  function_leaves_group_viable(&host, &function), rows[i].viable);
	}
}

/* A host that stands on none of its functions, so that those that carry disks are free. */
static int stand_on_nothing(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.storage.known = true;
	kernel_args_parse("root=/dev/ram0", &inventory.args);
	return 0;
}

/* The verdict on the last function: "now", "restart" or "never", why, and what goes along. */
static void expect(const char *what, unsigned allow, const char *want)
{
	static const char *const words[] = {"now", "restart", "never"};
	struct guards guards;
	struct assignables verdicts;
	const struct assignable *verdict;
	struct buf got = {};

	guards_make(&inventory, PHASE_SYSTEM, &guards);
	assignables_make(&inventory, &guards, allow, &verdicts);
	assert_int_equal(verdicts.n, inventory.n);
	verdict = &verdicts.functions[inventory.n - 1];
	buf_add(&got, words[verdict->when]);
	for (size_t i = 0; i + 1 < inventory.n; i++)
		if (verdicts.functions[i].unit == verdict->unit && verdicts.functions[i].required)
			buf_addf(&got, " +%s", PCI_ADDRESS_TEXT(&inventory.items[i].address));
	if (verdict->why)
		buf_addf(&got, "; %s: %s", PCI_ADDRESS_TEXT(&verdict->because->address),
			 verdict->why);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	assignables_done(&verdicts);
	guards_done(&guards);
}

/* What each kind of neighbour in its group does to a function. */
TEST(neighbours)
{
	static const struct {
		const char *what;
		uint32_t class;
		const char *driver, *want;
	} rows[] = {
		{"none in the way", 0x040300, NULL, "now"},
		{"sound", 0x040300, "snd_hda_intel", "now +0000:01:00.0"},
		{"SMBus", 0x0c0500, "i801_smbus", "now +0000:01:00.0"},
		{"NVSwitch", 0x068000, "nvidia-nvswitch", "now +0000:01:00.0"},
		{"FPGA", 0x058000, "xclmgmt", "now +0000:01:00.0"},
		{"port", 0x060400, "pcieport", "now"},
		{"bridge with a driver", 0x060100, "lpc_ich",
		 "never +0000:01:00.0; 0000:01:00.0: it is a bridge (class 060100), which stays, and its "
		 "driver lpc_ich keeps the IOMMU group from guests"},
		{"CXL memory", 0x050210, "cxl_pci",
		 "never +0000:01:00.0; 0000:01:00.0: it may be memory that the host works in"},
		{"IOMMU with a driver", 0x080600, "x",
		 "never +0000:01:00.0; 0000:01:00.0: it is a part of the root complex (class "
		 "080600)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		stand_on_nothing(NULL);
		add_function(&inventory, "01:00.0", 1, 1, rows[i].class, 7, rows[i].driver);
		add_function(&inventory, "01:00.1", 1, 2, 0x120000, 7, NULL);
		expect(rows[i].what, 0, rows[i].want);
		inventory_done(&inventory);
	}
}

TEST(what_speaks_against_the_function_itself)
{
	struct pci_function *function;

	add_function(&inventory, "00:02.0", 1, 1, 0x030000, 1, "ast");
	function = add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, "accel");
	expect("nothing", 0, "now");
	function->answers_nothing = true;
	expect("silent", 0,
	       "restart; 0000:01:00.0: it does not answer: every byte of its configuration space "
	       "is ff");
	function->answers_nothing = false;
	function->user = xstrdup("x (7)");
	expect("in use", 0, "restart; 0000:01:00.0: x (7) has the device open");
	free(TAKE_PTR(function->user));
	function->unknown = FUNCTION_DRIVER;
	expect("unreadable", 0, "never; 0000:01:00.0: its ids, driver or group cannot be read");
	function->unknown = 0;
	function->iommu_group = -1;
	expect("no group", 0, "never; 0000:01:00.0: the IOMMU is on and does not cover it");
	inventory.iommu = IOMMU_OFF;
	expect("no IOMMU", 0, "restart; 0000:01:00.0: the IOMMU is not on");
	inventory.iommu = IOMMU_ON;
	function->iommu_group = 7;
	*vec_add(&inventory.platform.groups) = (struct iommu_group){
		.number = 7, .direct = ANSWER_YES, .regions = xstrdup("0xe0000-0xe0fff")};
	expect("reserved region", 0,
	       "never; 0000:01:00.0: the firmware requires a direct mapping of memory for its "
	       "group (0xe0000-0xe0fff)");
}

/* A guard that could be allowed holds it, unless it is; what is on vfio-pci already nobody takes away. */
TEST(guards_hold)
{
	struct pci_function *function = add_function(&inventory, "01:00.0", 1, 1, 0x038000, 7,
						     "amdgpu");

	expect("only display", 0,
	       "never; 0000:01:00.0: the device is the only display of the host");
	expect("allowed", ALLOW_DISPLAY, "now");
	free(function->driver);
	function->driver = xstrdup("vfio-pci");
	expect("bound", 0, "now");
}

/* The parts of a card go together, each in its group; the rest of a processor's slot does not. */
TEST(cards_and_processors)
{
	stand_on_nothing(NULL);
	add_function(&inventory, "00:02.0", 0x8086, 1, 0x030000, 1, "i915");
	add_function(&inventory, "c5:00.2", 0x1022, 2, 0x108000, 12, "ccp");
	add_function(&inventory, "c5:00.3", 0x1022, 3, 0x0c0330, 13, "xhci_hcd");
	add_function(&inventory, "c5:00.1", 0x1002, 4, 0x040300, 11, "snd_hda_intel");
	add_function(&inventory, "c5:00.0", 0x1002, 5, 0x030000, 10, "amdgpu");
	inventory_sort(&inventory);
	expect("USB of the processor", 0, "now");
	inventory.items[inventory.n - 1].vendor = 0x1002;
	expect("USB of a card", 0, "now +0000:c5:00.0 +0000:c5:00.1");
	/* What a guard keeps of a card stays, and the rest can go. */
	inventory.items[1].boot_vga = true;
	expect("its display stays", 0, "now +0000:c5:00.1");
	expect("its display goes", ALLOW_DISPLAY, "now +0000:c5:00.0 +0000:c5:00.1");
}

TEST(what_is_behind_a_controller_goes_with_it_or_not_at_all)
{
	struct pci_function *child;

	stand_on_nothing(NULL);
	add_function(&inventory, "0:e7:00.5", 0x8086, 1, 0x010400, 90, "vmd");
	child = add_function(&inventory, "10000:01:00.0", 0x8086, 2, 0x010802, 90, "nvme");
	child->has_above = true;
	child->above = address("0:e7:00.5");
	expect("disk", 0,
	       "never +0000:e7:00.5; 10000:01:00.0: it is behind the VMD controller 0000:e7:00.5, which "
	       "can be given away as a whole only: without the controller's driver (vmd), which makes "
	       "domain 10000, it does not exist, and with that driver their common IOMMU group goes to "
	       "no guest");
	/* Groups of their own, which no kernel of today makes. */
	child->iommu_group = 91;
	expect("group of its own", 0, "now");
	child->iommu_group = 90;
	assert_false(function_stands_in_the_way(&inventory, child));
	/* The controller's requests are not the disks'. */
	inventory.n = 1;
	expect("controller", 0, "now");
	inventory.n = 2;
}

TEST(groups_by_number)
{
	struct group_index index, none;

	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "02:00.0", 1, 1, 0x120000, -1, NULL);
	add_function(&inventory, "03:00.0", 1, 1, 0x120000, 7, NULL);
	group_index_make(&inventory, &index);
	assert_int_equal(group_members(&index, 7).n, 2);
	none = group_members(&index, -1);
	assert_int_equal(none.n, 0);
	assert_int_equal(group_members(&index, 8).n, 0);
	group_index_done(&index);
}

#define HOST_TEST(name) cmocka_unit_test_setup_teardown(name, stand_on_nothing, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drivers_that_leave_a_group_viable),
		cmocka_unit_test(until_5_19_bridges_may_be_on_any_driver),
		cmocka_unit_test_teardown(neighbours, free_inventory),
		HOST_TEST(what_speaks_against_the_function_itself),
		HOST_TEST(guards_hold),
		cmocka_unit_test_teardown(cards_and_processors, free_inventory),
		cmocka_unit_test_teardown(what_is_behind_a_controller_goes_with_it_or_not_at_all,
					  free_inventory),
		HOST_TEST(groups_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
