/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: statx */
#include "host/users.h"

#include "base/buf.h"
#include "render/snapshot.h"
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

static void scan(void)
{
	root_forget(&tree.root);
	inventory_done(&inventory);
	assert_int_equal(look(HOST_USERS, 0, NULL), 0);
}

/* Of a host elsewhere the snapshot says who held what. */
TEST(captured_users)
{
	_cleanup_free_ char *text = NULL;

	tree_file(&tree, SNAPSHOT_USERS,
		  "0000:01:00.0 qemu-system-x86 (812)\n0000:01:00.0 second (9)\n"
		  "0000:09:00.0 gone (1)\nnonsense\n0000:02:00.0\nx y\n0000:02:00.0 a b (7)\n");
	scan();
	check_text("user", function("01:00.0")->user, "qemu-system-x86 (812)");
	check_text("user", function("01:00.1")->user, NULL);
	check_text("user", function("02:00.0")->user, "a b (7)");
	text = render_users(&inventory);
	check_text("as text", text, "0000:01:00.0 qemu-system-x86 (812)\n0000:02:00.0 a b (7)\n");
}

TEST(no_users)
{
	_cleanup_free_ char *text = NULL;

	scan();
	text = render_users(&inventory);
	check_text("as text", text ? text : "", "");
}

/* Processes of a live host. */
TEST(users_of_a_live_host)
{
	tree_link(&tree, "sys/dev/char/90:5",
		  "../../devices/pci0000:00/0000:00:03.1/0000:02:00.0/x");
	tree_file(&tree, "proc/812/comm", "qemu-system-x86\n");
	tree_link(&tree, "proc/812/fd/3", "char 90:5");
	tree_link(&tree, "proc/812/fd/4", "/dev/null");
	tree_link(&tree, "proc/812/fd/5", "/dev/pts/0");
	tree_link(&tree, "proc/812/fd/6", "/etc/passwd");
	tree_link(&tree, "proc/812/fd/7", "socket:[1]");
	tree_dir(&tree, "proc/813");
	tree_link(&tree, "proc/814/fd/3", "char 90:5");
	tree_link(&tree, "proc/self", "812");
	tree.root.live = true;
	scan();
	check_text("user", function("02:00.0")->user, "qemu-system-x86 (812)");
	check_text("user", function("01:00.0")->user, NULL);
}

int __real_statx(int dir, const char *name, int flags, unsigned mask, struct statx *ret);
int __wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *ret);
/* This machine need not have the nodes of VFIO, or of NVIDIA's driver: "char 241:4". */
int __wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *ret)
{
	char target[64] = "";

	/* A server of a file system that does not answer must not be asked. */
	assert_true(flags & AT_STATX_DONT_SYNC);
	*ret = (struct statx){.stx_mode = S_IFCHR};
	if (readlinkat(dir, name, target, sizeof(target) - 1) < 0 ||
	    sscanf(target, "char %u:%u", &ret->stx_rdev_major, &ret->stx_rdev_minor) != 2)
		return __real_statx(dir, name, flags, mask, ret);
	return 0;
}

/* Whoever has a group open may use all that is in it. */
TEST(users_of_an_iommu_group)
{
	static const struct {
		const char *what, *device;
		bool user;
	} rows[] = {{"its group", "virtual/vfio/4", true},
		    {"its group, without an IOMMU", "virtual/vfio/noiommu-4", true},
		    {"another group", "virtual/vfio/5", false},
		    {"two digits", "virtual/vfio/44", false},
		    {"the container", "virtual/misc/vfio", false},
		    {"no number", "virtual/vfio/4x", false}};

	tree_file(&tree, "proc/812/comm", "qemu\n");
	tree_link(&tree, PORT "0000:01:00.0/iommu_group", "../../../../kernel/iommu_groups/4");
	tree_link(&tree, PORT "0000:01:00.1/iommu_group", "../../../../kernel/iommu_groups/4");
	/* Whatever the path that it was opened by. */
	tree_link(&tree, "proc/812/fd/3", "char 241:0 (deleted)");
	tree.root.live = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *user = rows[i].user ? "qemu (812)" : NULL;
		_cleanup_free_ char *device = xasprintf("../../devices/%s", rows[i].device);

		tree_link(&tree, "sys/dev/char/241:0", device);
		scan();
		check_text(rows[i].what, function("01:00.0")->user, user);
		check_text(rows[i].what, function("01:00.1")->user, user);
		check_text(rows[i].what, function("02:00.0")->user, NULL);
		inventory_done(&inventory);
		tree_remove(&tree, "sys/dev/char/241:0");
	}
}

/* /dev/vfio/devices/vfio0 hangs on the function. */
TEST(users_of_a_character_device_of_vfio)
{
	tree_file(&tree, "proc/812/comm", "qemu\n");
	tree_link(&tree, "proc/812/fd/3", "char 511:0");
	tree_link(&tree, "sys/dev/char/511:0",
		  "../../devices/pci0000:00/0000:00:03.1/0000:01:00.0/vfio-dev/vfio0");
	tree.root.live = true;
	scan();
	check_text("user", function("01:00.0")->user, "qemu (812)");
	check_text("other", function("01:00.1")->user, NULL);
}

/* What root cannot see of the processes is not known; an ordinary user sees his own. */
TEST(processes_that_cannot_be_read)
{
	tree_file(&tree, "proc/812/comm", "qemu\n");
	tree_dir(&tree, "proc/812/fd");
	tree.root.live = true;
	scan();
	check_text("all can be read", inventory_unread(&inventory, HOST_USERS), NULL);
	tree_remove(&tree, "proc/812/fd");
	tree_remove(&tree, "proc/812/comm");
	tree_remove(&tree, "proc/812");
	tree_remove(&tree, "proc");
	scan();
	check_text("no list", inventory_unread(&inventory, HOST_USERS),
		   "/proc/*/fd cannot be read: Input/output error");
}

/* Its driver says which minor number a card has. */
TEST(users_of_a_graphics_card)
{
	static const struct {
		const char *node;
		bool first, second;
	} rows[] = {{"char 195:1", true, false},
		    {"char 195:12", false, true},
		    {"char 195:2", false, false},
		    {"char 195:255", false, false},
		    {"char 194:1", false, false}};

	tree_file(&tree, "proc/812/comm", "Xorg\n");
	tree_dir(&tree, "proc/driver/nvidia/gpus/0000:00:01.0");
	tree_file(&tree, "proc/driver/nvidia/gpus/0000:01:00.0/information",
		  "Model: \t\t Quadro\nDevice Minor: \t 1\n");
	tree_file(&tree, "proc/driver/nvidia/gpus/0000:02:00.0/information",
		  "Model: \t\t Quadro\nDevice Minor: \t 12\n");
	tree.root.live = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_link(&tree, "proc/812/fd/3", rows[i].node);
		scan();
		check_text(rows[i].node, function("01:00.0")->user,
			   rows[i].first ? "Xorg (812)" : NULL);
		check_text(rows[i].node, function("02:00.0")->user,
			   rows[i].second ? "Xorg (812)" : NULL);
		inventory_done(&inventory);
		tree_remove(&tree, "proc/812/fd/3");
	}
}

TEST(a_process_without_a_name)
{
	tree_link(&tree, "sys/dev/char/90:5",
		  "../../devices/pci0000:00/0000:00:03.1/0000:02:00.0/x");
	tree_link(&tree, "proc/814/fd/3", "char 90:5");
	tree.root.live = true;
	scan();
	check_text("user", function("02:00.0")->user, "? (814)");
}

int main(void)
{
#define USERS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		USERS_TEST(captured_users),
		USERS_TEST(no_users),
		USERS_TEST(users_of_a_live_host),
		USERS_TEST(users_of_an_iommu_group),
		USERS_TEST(a_process_without_a_name),
		USERS_TEST(users_of_a_character_device_of_vfio),
		USERS_TEST(processes_that_cannot_be_read),
		USERS_TEST(users_of_a_graphics_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
