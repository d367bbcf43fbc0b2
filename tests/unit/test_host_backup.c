/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fstatvfs */
#include "host/backup.h"

#include <sys/statvfs.h>

#include "support.h"

static struct tree tree;
static struct kept_files kept;
static bool full;

int __real_fstatvfs(int fd, struct statvfs *ret);
int __wrap_fstatvfs(int fd, struct statvfs *ret);
int __wrap_fstatvfs(int fd, struct statvfs *ret)
{
	int r = __real_fstatvfs(fd, ret);

	if (full)
		ret->f_bavail = 0;
	return r;
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "boot/grub/grub.cfg", "old cfg");
	tree_file(&tree, "boot/initrd.img-6.1", "old image");
	full = false;
	return 0;
}

static int stop(void **state _unused_)
{
	keep_done(&tree.root, &kept);
	tree_done(&tree);
	return 0;
}

static void check_names(const char *path, const char *want)
{
	struct strv names = {};
	_cleanup_free_ char *all = xstrdup("");

	assert_int_equal(root_list(&tree.root, path, &names), 0);
	for (size_t i = 0; i < names.n; i++) {
		char *longer = xasprintf("%s%s ", all, names.items[i]);

		free(all);
		all = longer;
	}
	check_text(path, all, want);
	strv_done(&names);
}

TEST(what_was_written_into)
{
	assert_int_equal(keep_text(&tree.root, "/boot/grub/grub.cfg", &kept), 0);
	assert_int_equal(keep_text(&tree.root, "/boot/grub/nothing", &kept), 0);
	assert_int_equal(keep_text(&tree.root, "/boot/grub", &kept), -EISDIR);
	assert_int_equal(keep_image(&tree.root, "/boot/initrd.img-6.1", &kept), 0);
	assert_int_equal(kept.n, 2);
	tree_file(&tree, "boot/grub/grub.cfg", "new cfg");
	tree_file(&tree, "boot/initrd.img-6.1", "new image");
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	keep_done(&tree.root, &kept);
	tree_check(&tree, "/boot/grub/grub.cfg", "old cfg");
	tree_check(&tree, "/boot/initrd.img-6.1", "old image");
	check_names("/boot", "grub initrd.img-6.1 ");
}

TEST(what_was_replaced_or_removed)
{
	struct stat before, after;
	_cleanup_free_ char *image = tree_place(&tree, "boot/initrd.img-6.1");

	assert_int_equal(stat(image, &before), 0);
	assert_int_equal(keep_text(&tree.root, "/boot/grub/grub.cfg", &kept), 0);
	assert_int_equal(keep_image(&tree.root, "/boot/initrd.img-6.1", &kept), 0);
	tree_remove(&tree, "boot/grub/grub.cfg");
	tree_remove(&tree, "boot/initrd.img-6.1");
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	keep_done(&tree.root, &kept);
	tree_check(&tree, "/boot/grub/grub.cfg", "old cfg");
	tree_check(&tree, "/boot/initrd.img-6.1", "old image");
	/* Its time says whether it is older than what goes into it. */
	assert_int_equal(stat(image, &after), 0);
	assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
	assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	assert_int_equal(after.st_mode, before.st_mode);
}

/* grubenv is a link into the EFI system partition, where programs write it anew. */
TEST(what_a_link_leads_to)
{
	char target[64];

	tree_file(&tree, "boot/efi/grubenv", "old env");
	tree_link(&tree, "boot/grub2/grubenv", "../efi/grubenv");
	keep_text(&tree.root, "/boot/grub2/grubenv", &kept);
	tree_remove(&tree, "boot/efi/grubenv");
	tree_file(&tree, "boot/efi/grubenv", "new env");
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	tree_check(&tree, "/boot/efi/grubenv", "old env");
	assert_true(root_read_link(&tree.root, "/boot/grub2/grubenv", target, sizeof(target)) > 0);
	assert_string_equal(target, "../efi/grubenv");

	/* Who looks finds the old text, too, where a file took the place of the link. */
	tree_remove(&tree, "boot/grub2/grubenv");
	tree_file(&tree, "boot/grub2/grubenv", "new env");
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	tree_check(&tree, "/boot/efi/grubenv", "old env");
	tree_check(&tree, "/boot/grub2/grubenv", "old env");
}

TEST(what_was_removed_has_its_mode_again)
{
	_cleanup_free_ char *cfg = tree_place(&tree, "boot/grub/grub.cfg");
	struct stat st;

	assert_int_equal(chmod(cfg, 0444), 0);
	keep_text(&tree.root, "/boot/grub/grub.cfg", &kept);
	tree_remove(&tree, "boot/grub/grub.cfg");
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	assert_int_equal(stat(cfg, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0444);
}

TEST(what_stayed)
{
	struct stat before, after;
	_cleanup_free_ char *image = tree_place(&tree, "boot/initrd.img-6.1");

	assert_int_equal(stat(image, &before), 0);
	assert_int_equal(keep_text(&tree.root, "/boot/grub/grub.cfg", &kept), 0);
	assert_int_equal(keep_image(&tree.root, "/boot/initrd.img-6.1", &kept), 0);
	assert_int_equal(keep_restore(&tree.root, &kept), 0);
	keep_done(&tree.root, &kept);
	assert_int_equal(stat(image, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	check_names("/boot", "grub initrd.img-6.1 ");
	check_names("/boot/grub", "grub.cfg ");
}

TEST(what_finds_no_room)
{
	full = true;
	assert_int_equal(keep_image(&tree.root, "/boot/initrd.img-6.1", &kept), -ENOSPC);
	full = false;
	assert_int_equal(keep_image(&tree.root, "/boot/nothing", &kept), -ENOENT);
	assert_int_equal(keep_image(&tree.root, "/nowhere/nothing", &kept), -ENOENT);
	assert_int_equal(kept.n, 0);
	check_names("/boot", "grub initrd.img-6.1 ");
}

/* One that cannot be put back is told, and keeps no other from being put back. */
TEST(what_cannot_be_put_back)
{
	keep_text(&tree.root, "/boot/grub/grub.cfg", &kept);
	keep_image(&tree.root, "/boot/initrd.img-6.1", &kept);
	tree_remove(&tree, "boot/grub/grub.cfg");
	tree_dir(&tree, "boot/grub/grub.cfg/in/the/way");
	tree_remove(&tree, "boot/initrd.img-6.1");
	assert_int_equal(keep_restore(&tree.root, &kept), -EISDIR);
	keep_done(&tree.root, &kept);
	check_names("/boot", "grub initrd.img-6.1 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_written_into, start, stop),
		cmocka_unit_test_setup_teardown(what_was_replaced_or_removed, start, stop),
		cmocka_unit_test_setup_teardown(what_a_link_leads_to, start, stop),
		cmocka_unit_test_setup_teardown(what_was_removed_has_its_mode_again, start, stop),
		cmocka_unit_test_setup_teardown(what_stayed, start, stop),
		cmocka_unit_test_setup_teardown(what_finds_no_room, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_put_back, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
