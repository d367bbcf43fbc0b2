/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fstatat */
#include "host/users.h"

#include "base/buf.h"
#include "host/scan.h"
#include "render/snapshot.h"
#include "support.h"

#define PORT "sys/devices/pci0000:00/0000:00:03.1/"

static struct tree tree;
static struct inventory inventory;

static void put_function(const char *place, unsigned class)
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

static void put_attribute(const char *place, const char *name, const char *value)
{
	_cleanup_free_ char *path = xasprintf(PORT "%s/%s", place, name);

	tree_file(&tree, path, value);
}

/* A graphics card and its audio, and a network card. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	put_function("0000:01:00.0", 0x030000);
	put_function("0000:01:00.1", 0x040300);
	put_function("0000:02:00.0", 0x020000);
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static bool is_chosen(void *userdata, const struct pci_function *function)
{
	return function->address.bus != *(const uint8_t *)userdata;
}

/* Of all functions but those of a bus. */
static void scan(bool resets, uint8_t not_bus)
{
	inventory_done(&inventory);
	assert_int_equal(scan_host(&tree.root, 0, NULL, &inventory), 0);
	scan_condition(&tree.root, &inventory, resets, is_chosen, &not_bus);
}

static struct pci_function *function(const char *place)
{
	struct pci_address wanted = address(place);

	return inventory_find(&inventory, &wanted);
}

TEST(the_display_that_the_firmware_chose)
{
	static const struct {
		const char *value;
		bool boot_vga;
	} rows[] = {{"1\n", true}, {"0\n", false}, {"11\n", false}, {"", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_attribute("0000:01:00.0", "boot_vga", rows[i].value);
		scan(false, 0);
		check_int(rows[i].value, function("01:00.0")->boot_vga, rows[i].boot_vga);
	}
	/* Only VGA controllers have it, and only those are looked at that were chosen. */
	put_attribute("0000:01:00.0", "boot_vga", "1\n");
	put_attribute("0000:01:00.1", "boot_vga", "1\n");
	scan(false, 0);
	assert_false(function("01:00.1")->boot_vga);
	scan(false, 1);
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
		scan(false, 0);
		check_int(rows[i].iomem, function("01:00.0")->boot_framebuffer, rows[i].found);
		/* Where no display is looked at, the file is not either. */
		scan(false, 1);
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
	scan(true, 0);
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
	put_function("0000:01:00.4", 0x030000);
	tree_link(&tree, PORT "0000:01:00.4/physfn", "../0000:01:00.0");
	tree_link(&tree, PORT "0000:01:00.4/consumer:pci:0000:01:00.1", "x");
	tree_link(&tree, PORT "0000:01:00.1/physfn", "../nonsense");
	tree_link(&tree, PORT "0000:02:00.0/virtfn0", "../0000:02:10.0");
	tree_link(&tree, PORT "0000:02:00.0/driver", "../../../../bus/pci/drivers/igb");
	scan(true, 0);
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
	put_attribute("0000:02:00.0", "reset_method", "flr bus\n");
	put_attribute("0000:01:00.1", "reset_method", "\n");
	scan(false, 0);
	assert_false(function("02:00.0")->has_reset_methods);
	assert_null(function("02:00.0")->port_path);
	scan(true, 0);
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
		scan(false, 0);
		assert_false(function("02:00.0")->has_reset_methods);
		scan(true, 0);
		check_int(rows[i].kernel, function("02:00.0")->has_reset_methods, rows[i].told);
		assert_int_equal(function("02:00.0")->reset_methods.n, 0);
	}
	/* What cannot be read may be anything. */
	tree_dir(&tree, PORT "0000:02:00.0/reset_method");
	scan(true, 0);
	assert_false(function("02:00.0")->has_reset_methods);
}

/* Of a host elsewhere the snapshot says who held what. */
TEST(captured_users)
{
	_cleanup_free_ char *text = NULL;

	tree_file(&tree, SNAPSHOT_USERS,
		  "0000:01:00.0 qemu-system-x86 (812)\n0000:01:00.0 second (9)\n"
		  "0000:09:00.0 gone (1)\nnonsense\n0000:02:00.0\nx y\n0000:02:00.0 a b (7)\n");
	scan(true, 0);
	scan_users(&tree.root, &inventory);
	check_text("user", function("01:00.0")->user, "qemu-system-x86 (812)");
	check_text("user", function("01:00.1")->user, NULL);
	check_text("user", function("02:00.0")->user, "a b (7)");
	text = render_users(&inventory);
	check_text("as text", text, "0000:01:00.0 qemu-system-x86 (812)\n0000:02:00.0 a b (7)\n");
}

TEST(no_users)
{
	_cleanup_free_ char *text = NULL;

	scan(true, 0);
	scan_users(&tree.root, &inventory);
	text = render_users(&inventory);
	check_text("as text", text ? text : "", "");
}

/*
 * Processes of a live host. What they hold open are devices of this machine that everybody has; where
 * those hang, the tree says.
 */
TEST(users_of_a_live_host)
{
	/* /dev/zero */
	tree_link(&tree, "sys/dev/char/1:5",
		  "../../devices/pci0000:00/0000:00:03.1/0000:02:00.0/x");
	tree_file(&tree, "proc/812/comm", "qemu-system-x86\n");
	tree_link(&tree, "proc/812/fd/3", "/dev/zero");
	tree_link(&tree, "proc/812/fd/4", "/dev/null");
	tree_link(&tree, "proc/812/fd/5", "/dev/pts/0");
	tree_link(&tree, "proc/812/fd/6", "/etc/passwd");
	tree_link(&tree, "proc/812/fd/7", "socket:[1]");
	tree_dir(&tree, "proc/813");
	tree_link(&tree, "proc/814/fd/3", "/dev/zero");
	tree_link(&tree, "proc/self", "812");
	tree.root.live = true;
	scan(true, 0);
	scan_users(&tree.root, &inventory);
	check_text("user", function("02:00.0")->user, "qemu-system-x86 (812)");
	check_text("user", function("01:00.0")->user, NULL);
}

int __real_fstatat(int dir, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags);
/* This machine need not have the nodes of VFIO. */
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags)
{
	char target[32] = "";

	if (readlinkat(dir, name, target, sizeof(target) - 1) < 0 ||
	    strncmp(target, "/dev/vfio/", 10) != 0)
		return __real_fstatat(dir, name, ret, flags);
	*ret = (struct stat){.st_mode = S_IFCHR};
	return 0;
}

/* Whoever has a group open may use all that is in it. */
TEST(users_of_an_iommu_group)
{
	static const struct {
		const char *node;
		bool user;
	} rows[] = {{"/dev/vfio/4", true},   {"/dev/vfio/noiommu-4", true},
		    {"/dev/vfio/5", false},  {"/dev/vfio/vfio", false},
		    {"/dev/vfio/4x", false}, {"/dev/vfio/devices/vfio4", false}};

	tree_file(&tree, "proc/812/comm", "qemu\n");
	tree_link(&tree, PORT "0000:01:00.0/iommu_group", "../../../../kernel/iommu_groups/4");
	tree_link(&tree, PORT "0000:01:00.1/iommu_group", "../../../../kernel/iommu_groups/4");
	tree.root.live = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *user = rows[i].user ? "qemu (812)" : NULL;

		tree_link(&tree, "proc/812/fd/3", rows[i].node);
		scan(true, 0);
		scan_users(&tree.root, &inventory);
		check_text(rows[i].node, function("01:00.0")->user, user);
		check_text(rows[i].node, function("01:00.1")->user, user);
		check_text(rows[i].node, function("02:00.0")->user, NULL);
		inventory_done(&inventory);
		tree_remove(&tree, "proc/812/fd/3");
	}
}

TEST(a_process_without_a_name)
{
	tree_link(&tree, "sys/dev/char/1:5",
		  "../../devices/pci0000:00/0000:00:03.1/0000:02:00.0/x");
	tree_link(&tree, "proc/814/fd/3", "/dev/zero");
	tree.root.live = true;
	scan(true, 0);
	scan_users(&tree.root, &inventory);
	check_text("user", function("02:00.0")->user, "? (814)");
}

int main(void)
{
#define CONDITION_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		CONDITION_TEST(the_display_that_the_firmware_chose),
		CONDITION_TEST(the_boot_framebuffer),
		CONDITION_TEST(device_links),
		CONDITION_TEST(virtual_functions_and_what_they_are_of),
		CONDITION_TEST(resets_only_where_they_are_asked_for),
		CONDITION_TEST(no_reset_method_and_no_such_attribute),
		CONDITION_TEST(captured_users),
		CONDITION_TEST(no_users),
		CONDITION_TEST(users_of_a_live_host),
		CONDITION_TEST(users_of_an_iommu_group),
		CONDITION_TEST(a_process_without_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
