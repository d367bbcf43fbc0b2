/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/display.h"

#include "survey.h"

static void put_card(const char *place, unsigned class)
{
	_cleanup_free_ char *path = xasprintf(PORT "%s/uevent", place);
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s", place);
	_cleanup_free_ char *target = xasprintf("../../../devices/pci0000:00/0000:00:03.1/%s",
						place);
	_cleanup_free_ char *uevent = xasprintf("PCI_CLASS=%X\nPCI_ID=10DE:1\nPCI_SUBSYS_ID=0:0\n",
						class);

	tree_file(&tree, path, uevent);
	tree_link(&tree, link, target);
}

static void put_text(const char *place, const char *name, const char *value)
{
	_cleanup_free_ char *path = xasprintf(PORT "%s/%s", place, name);

	tree_file(&tree, path, value);
}

/* A graphics card and its audio, and a network card. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	put_card("0000:01:00.0", 0x030000);
	put_card("0000:01:00.1", 0x040300);
	put_card("0000:02:00.0", 0x020000);
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static uint8_t not_bus;

static bool is_chosen(const struct pci_function *candidate)
{
	return candidate->address.bus != not_bus;
}

/* Of all functions but those of a bus. */
static void scan(unsigned facts, uint8_t without)
{
	not_bus = without;
	root_forget(&tree.root);
	inventory_done(&inventory);
	assert_int_equal(look(0, facts, is_chosen), 0);
}

TEST(the_display_that_the_firmware_chose)
{
	static const struct {
		const char *value;
		bool boot_vga;
	} rows[] = {{"1\n", true}, {"0\n", false}, {"11\n", false}, {"", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_text("0000:01:00.0", "boot_vga", rows[i].value);
		scan(FACT_DISPLAY, 0);
		check_int(rows[i].value, function("01:00.0")->boot_vga, rows[i].boot_vga);
	}
	/* Only VGA controllers have it, and only those are looked at that were chosen. */
	put_text("0000:01:00.0", "boot_vga", "1\n");
	put_text("0000:01:00.1", "boot_vga", "1\n");
	scan(FACT_DISPLAY, 0);
	assert_false(function("01:00.1")->boot_vga);
	scan(FACT_DISPLAY, 1);
	assert_false(function("01:00.0")->boot_vga);
}

TEST(the_boot_framebuffer)
{
	static const struct {
		const char *iomem;
		bool found;
	} rows[] = {
		{"00000000-00000000 : PCI Bus 0000:00\n"
		 "  00000000-00000000 : PCI Bus 0000:01\n"
		 "    00000000-00000000 : 0000:01:00.0\n"
		 "      00000000-00000000 : BOOTFB\n",
		 true},
		{"  e0-ef : 0000:01:00.0\n    e0-e1 : efifb\n", true},
		{"  e0-ef : 0000:01:00.0\n    e0-e1 : simplefb\n", true},
		{"  e0-ef : 0000:01:00.0\n    e0-ef : nouveau\n      e0-e1 : vesafb\n", true},
		/* Beside it, in another's, or in nobody's. */
		{"  e0-ef : 0000:01:00.0\n  f0-f1 : BOOTFB\n", false},
		{"  e0-ef : 0000:01:00.0\n    e0-e1 : x\nf0-f1 : PCI\n  f0-f1 : BOOTFB\n", false},
		{"  e0-ef : 0000:01:00.0\n  f0-ff : 0000:09:00.0\n    f0-f1 : BOOTFB\n", false},
		{"  f0-f1 : BOOTFB\n", false},
		{"  e0-ef : 0000:01:00.0\n    e0-e1 : BOOTFBX\n    e0-e1 :BOOTFB\n", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_file(&tree, "proc/iomem", rows[i].iomem);
		scan(FACT_DISPLAY, 0);
		check_int(rows[i].iomem, function("01:00.0")->boot_framebuffer, rows[i].found);
		/* Where no display is looked at, the file is not either. */
		scan(FACT_DISPLAY, 1);
		check_int(rows[i].iomem, function("01:00.0")->boot_framebuffer, false);
	}
}

TEST(device_links)
{
	tree_link(&tree, PORT "0000:01:00.0/consumer:pci:0000:01:00.1", "x");
	tree_link(&tree, PORT "0000:01:00.0/consumer:pci:0000:01:00.2", "x");
	tree_link(&tree, PORT "0000:01:00.0/supplier:pci:0000:00:1f.0", "x");
	tree_link(&tree, PORT "0000:01:00.0/consumer:usb:1-1", "x");
	tree_link(&tree, PORT "0000:01:00.0/supplier:pci:nonsense", "x");
	tree_link(&tree, PORT "0000:02:00.0/supplier:pci:0000:00:1f.0", "x");
	scan(FACT_DISPLAY | FACT_PHYSFN | FACT_PATH | FACT_RESET, 0);
	assert_int_equal(function("01:00.0")->linked.n, 3);
	assert_string_equal(PCI_ADDRESS_TEXT(&function("01:00.0")->linked.items[0]),
			    "0000:01:00.1");
	assert_string_equal(PCI_ADDRESS_TEXT(&function("01:00.0")->linked.items[2]),
			    "0000:00:1f.0");
	/* Ties between others are of no account: a card's power resource is no part of it. */
	assert_int_equal(function("02:00.0")->linked.n, 0);
}

TEST(virtual_functions_and_what_they_are_of)
{
	put_card("0000:01:00.4", 0x030000);
	tree_link(&tree, PORT "0000:01:00.4/physfn", "../0000:01:00.0");
	tree_link(&tree, PORT "0000:01:00.4/consumer:pci:0000:01:00.1", "x");
	tree_link(&tree, PORT "0000:01:00.1/physfn", "../nonsense");
	tree_link(&tree, PORT "0000:02:00.0/virtfn0", "../0000:02:10.0");
	tree_link(&tree, PORT "0000:02:00.0/driver", "../../../../bus/pci/drivers/igb");
	scan(FACT_DISPLAY | FACT_PHYSFN | FACT_PATH | FACT_RESET, 0);
	assert_true(function("01:00.4")->is_vf);
	assert_string_equal(PCI_ADDRESS_TEXT(&function("01:00.4")->physfn), "0000:01:00.0");
	assert_int_equal(function("01:00.4")->linked.n, 0);
	assert_false(function("01:00.1")->is_vf);
	assert_false(function("01:00.0")->is_vf);
	assert_true(function("02:00.0")->live_vfs);
	assert_false(function("01:00.0")->live_vfs);
}

TEST(resets_only_where_they_are_asked_for)
{
	put_text("0000:02:00.0", "reset_method", "flr bus\n");
	put_text("0000:01:00.1", "reset_method", "\n");
	scan(FACT_DISPLAY, 0);
	assert_false(function("02:00.0")->has_reset_methods);
	assert_null(function("02:00.0")->port_path);
	scan(FACT_DISPLAY | FACT_PHYSFN | FACT_PATH | FACT_RESET, 0);
	assert_true(function("02:00.0")->has_reset_methods);
	assert_int_equal(function("02:00.0")->reset_methods.n, 2);
	assert_string_equal(function("02:00.0")->reset_methods.items[0], "flr");
	assert_string_equal(function("02:00.0")->port_path, "00:03.1/00.0");
	assert_true(function("01:00.1")->has_reset_methods);
	assert_int_equal(function("01:00.1")->reset_methods.n, 0);
	assert_false(function("01:00.0")->has_reset_methods);
}

/* The attribute is there for functions that have a method, in kernels that know it. */
TEST(no_reset_method_and_no_such_attribute)
{
	static const struct {
		const char *kernel;
		bool told;
	} rows[] = {{"5.10.0-30-amd64\n", false}, {"5.15.0\n", true}, {"6.1.0-56-amd64\n", true}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_file(&tree, "proc/sys/kernel/osrelease", rows[i].kernel);
		scan(FACT_DISPLAY, 0);
		assert_false(function("02:00.0")->has_reset_methods);
		scan(FACT_DISPLAY | FACT_PHYSFN | FACT_PATH | FACT_RESET, 0);
		check_int(rows[i].kernel, function("02:00.0")->has_reset_methods, rows[i].told);
		assert_int_equal(function("02:00.0")->reset_methods.n, 0);
	}
	/* What cannot be read may be anything. */
	tree_dir(&tree, PORT "0000:02:00.0/reset_method");
	scan(FACT_DISPLAY | FACT_PHYSFN | FACT_PATH | FACT_RESET, 0);
	assert_false(function("02:00.0")->has_reset_methods);
}

int main(void)
{
#define DISPLAY_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		DISPLAY_TEST(the_display_that_the_firmware_chose),
		DISPLAY_TEST(the_boot_framebuffer),
		DISPLAY_TEST(device_links),
		DISPLAY_TEST(virtual_functions_and_what_they_are_of),
		DISPLAY_TEST(resets_only_where_they_are_asked_for),
		DISPLAY_TEST(no_reset_method_and_no_such_attribute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
