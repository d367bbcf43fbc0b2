/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/uevent.h"

#include <errno.h>
#include <sys/mount.h>

#include "support.h"

static const struct pci_address place = {.bus = 1, .function = 2};
static int n_mounts, n_umounts;
static char last[4096];

/* wrap: mount */
int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
		 const void *data);
int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
		 const void *data)
{
	assert_string_equal(source, "/dev/null");
	assert_null(type);
	assert_int_equal(flags, MS_BIND);
	assert_null(data);
	snprintf(last, sizeof(last), "%s", target);
	n_mounts++;
	return 0;
}

/* wrap: umount2 */
int __wrap_umount2(const char *target, int flags);
int __wrap_umount2(const char *target, int flags)
{
	assert_int_equal(flags, MNT_DETACH | UMOUNT_NOFOLLOW);
	assert_string_equal(target, "/sys/bus/pci/devices/0000:01:00.2/uevent");
	n_umounts++;
	errno = EINVAL;
	return n_mounts-- > 0 ? 0 : -1;
}

TEST(nothing_is_mounted_on_another_root)
{
	struct tree tree;

	tree_init(&tree);
	uevent_hide(&tree.root, &place);
	uevent_show(&tree.root, &place);
	assert_int_equal(n_mounts, 0);
	assert_int_equal(n_umounts, 0);
	tree_done(&tree);
}

TEST(the_attribute_gives_way_and_comes_back)
{
	struct root root = {.live = true};

	uevent_hide(&root, &place);
	assert_int_equal(n_mounts, 1);
	assert_string_equal(last, "/sys/bus/pci/devices/0000:01:00.2/uevent");
	uevent_hide(&root, &place);
	uevent_show(&root, &place);
	assert_int_equal(n_umounts, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_mounted_on_another_root),
		cmocka_unit_test(the_attribute_gives_way_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
