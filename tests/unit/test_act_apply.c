/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_replace_file */
#include "act/apply.h"

#include "host/files.h"
#include "support.h"

#include <sys/wait.h>

static struct tree tree;
static struct planned_files files;
static struct rebuild rebuild;
static const char *failing;  /* path that cannot be written */
static const char *staying;  /* one that can, but only once */
static const char *unsynced; /* one that is written and not synced */
static int n_staying, undone;

int __real_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode);
int __wrap_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode);
int __wrap_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode)
{
	if (failing && strcmp(path, failing) == 0)
		return -EROFS;
	if (staying && strcmp(path, staying) == 0 && n_staying++ > 0)
		return -EROFS;
	int r = __real_root_replace_file(root, path, text, mode);

	return r == 0 && unsynced && strcmp(path, unsynced) == 0 ? EIO : r;
}

#define OLD FILE_HEADER "old\n"
#define NEW FILE_HEADER "new\n"

/* One file of each kind. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	failing = staying = unsynced = NULL;
	n_staying = 0;
	tree_dir(&tree, "etc");
	tree_file(&tree, "a/change", OLD);
	tree_file(&tree, "a/remove", OLD);
	tree_file(&tree, "a/foreign", "mine\n");
	planned_file_add(&files, "/a/create", NULL, NEW);
	planned_file_add(&files, "/a/change", OLD, NEW);
	planned_file_add(&files, "/a/remove", OLD, "");
	planned_file_add(&files, "/a/foreign", "mine\n", NEW);
	planned_file_add(&files, "/a/nothing", NULL, "");
	return 0;
}

static int stop(void **state _unused_)
{
	planned_files_done(&files);
	rebuild_done(&rebuild);
	tree_done(&tree);
	return 0;
}

static void check_old(void)
{
	tree_check(&tree, "/a/create", NULL);
	tree_check(&tree, "/a/change", OLD);
	tree_check(&tree, "/a/remove", OLD);
	tree_check(&tree, "/a/foreign", "mine\n");
}

static void check_results(enum file_result create, enum file_result change, enum file_result remove,
			  enum file_result foreign)
{
	check_int("create", files.items[0].result, create);
	check_int("change", files.items[1].result, change);
	check_int("remove", files.items[2].result, remove);
	check_int("foreign", files.items[3].result, foreign);
	check_int("nothing", files.items[4].result, FILE_LEFT);
}

TEST(written_and_undone)
{
	assert_int_equal(apply_files(&tree.root, &files, false, &undone), 0);
	check_results(FILE_WRITTEN, FILE_WRITTEN, FILE_REMOVED, FILE_REFUSED);
	tree_check(&tree, "/a/create", NEW);
	tree_check(&tree, "/a/change", NEW);
	tree_check(&tree, "/a/remove", NULL);
	tree_check(&tree, "/a/foreign", "mine\n");
	assert_int_equal(apply_undo(&tree.root, &files), 0);
	check_results(FILE_RESTORED, FILE_RESTORED, FILE_RESTORED, FILE_REFUSED);
	check_old();
}

static void check_mode(const char *path, unsigned mode)
{
	_cleanup_free_ char *place = tree_place(&tree, path);
	struct stat st;

	assert_int_equal(stat(place, &st), 0);
	check_int(path, st.st_mode & 07777, mode);
}

/* What only root may read is so afterwards, too. */
TEST(modes_stay)
{
	static const char *const paths[] = {"a/change", "a/remove"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *place = tree_place(&tree, paths[i]);

		assert_int_equal(chmod(place, 0600), 0);
	}
	assert_int_equal(apply_files(&tree.root, &files, true, &undone), 0);
	check_mode("a/create", 0644);
	check_mode("a/change", 0600);
	check_mode("a/foreign", 0644);
	assert_int_equal(apply_undo(&tree.root, &files), 0);
	check_mode("a/change", 0600);
	check_mode("a/remove", 0600);
	check_old();
}

TEST(what_cannot_be_read_stays_whatever_is_said)
{
	tree_link(&tree, "a/loop", "loop");
	planned_file_unreadable(&files, "/a/loop", -ELOOP, NEW);
	assert_int_equal(apply_files(&tree.root, &files, true, &undone), 0);
	check_int("loop", files.items[5].result, FILE_REFUSED);
	check_int("loop", files.items[5].error, -ELOOP);
	assert_int_equal(apply_undo(&tree.root, &files), 0);
	check_int("loop", files.items[5].result, FILE_REFUSED);
	assert_int_equal(root_open(&tree.root, "/a/loop", O_PATH), -ELOOP);
}

TEST(forced)
{
	assert_int_equal(apply_files(&tree.root, &files, true, &undone), 0);
	check_results(FILE_WRITTEN, FILE_WRITTEN, FILE_REMOVED, FILE_WRITTEN);
	tree_check(&tree, "/a/foreign", NEW);
	assert_int_equal(apply_undo(&tree.root, &files), 0);
	check_old();
}

TEST(one_cannot_be_written)
{
	failing = "/a/foreign";
	assert_int_equal(apply_files(&tree.root, &files, true, &undone), -EROFS);
	check_results(FILE_RESTORED, FILE_RESTORED, FILE_RESTORED, FILE_FAILED);
	assert_int_equal(files.items[3].error, -EROFS);
	assert_int_equal(undone, 0);
	check_old();
}

TEST(one_cannot_be_written_and_another_not_be_put_back)
{
	failing = "/a/foreign";
	staying = "/a/change";
	assert_int_equal(apply_files(&tree.root, &files, true, &undone), -EROFS);
	assert_int_equal(undone, -EROFS);
	check_results(FILE_RESTORED, FILE_FAILED, FILE_RESTORED, FILE_FAILED);
	tree_check(&tree, "/a/change", NEW);
}

/* What is written and not synced is put back like what was written before it; that is not synced, either. */
TEST(not_synced)
{
	unsynced = "/a/change";
	assert_int_equal(apply_files(&tree.root, &files, false, &undone), -EIO);
	assert_int_equal(undone, EIO);
	check_results(FILE_RESTORED, FILE_RESTORED, FILE_LEFT, FILE_LEFT);
	assert_int_equal(files.items[1].error, -EIO);
	tree_check(&tree, "/a/create", NULL);
	tree_check(&tree, "/a/change", OLD);
	tree_check(&tree, "/a/remove", OLD);
}

TEST(cannot_be_undone)
{
	assert_int_equal(apply_files(&tree.root, &files, false, &undone), 0);
	failing = "/a/change";
	assert_int_equal(apply_undo(&tree.root, &files), -EROFS);
	check_results(FILE_RESTORED, FILE_FAILED, FILE_RESTORED, FILE_REFUSED);
}

TEST(one_at_a_time)
{
	int first, second, status;
	pid_t other;

	tree_file(&tree, "a/.vfio-prepare-2147483645", "half");
	tree_file(&tree, "boot/.vfio-prepare-initrd", "kept");
	tree_file(&tree, "boot/initrd", "x");
	tree_file(&tree, "efi/a/6.1/.vfio-prepare-linux", "kept");
	strv_add(&rebuild.images.paths, "/boot/initrd");
	strv_add(&rebuild.entry_files, "/efi/a/6.1/linux");
	first = apply_begin(&tree.root, &files, &rebuild);
	assert_true(first >= 0);
	tree_check(&tree, "/a/.vfio-prepare-2147483645", NULL);
	tree_check(&tree, "/boot/.vfio-prepare-initrd", NULL);
	tree_check(&tree, "/efi/a/6.1/.vfio-prepare-linux", NULL);
	tree_check(&tree, "/boot/initrd", "x");
	/* Within one process there is one lock. */
	other = fork();
	if (other == 0)
		_exit(apply_begin(&tree.root, &files, &rebuild) == -EAGAIN);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	close(first);
	second = apply_begin(&tree.root, &files, &rebuild);
	assert_true(second >= 0);
	close(second);
	tree_remove(&tree, "run/vfio-prepare/lock-files");
	tree_remove(&tree, "run/vfio-prepare");
	tree_remove(&tree, "run");
	tree_file(&tree, "run", "");
	assert_int_equal(apply_begin(&tree.root, &files, &rebuild), -ENOTDIR);
}

static void script(const char *name, const char *text)
{
	_cleanup_free_ char *place = xasprintf("usr/sbin/%s", name), *path = NULL;

	tree_file(&tree, place, text);
	path = tree_place(&tree, place);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Two programs: one makes an image, the other the boot loader's file. */
static void commands(struct command_list *ret, const char *image, const char *loader)
{
	tree.root.live = true;
	tree_dir(&tree, "var/log");
	tree_file(&tree, "boot/initrd", "old image");
	tree_file(&tree, "boot/grub/grub.cfg", "old cfg");
	strv_add(&rebuild.images.paths, "/boot/initrd");
	script("make-image", image);
	script("make-cfg", loader);
	command_add(ret, "r", "make-image -a");
	command_add(ret, "r", "make-cfg");
	command_add(ret, "r", "make-cfg again");
}

TEST(programs)
{
	struct command_list list = {};
	struct capture err;
	struct strv others = {};

	commands(&list, "#!/bin/sh\necho new image >boot/initrd\necho \"made $1\"\n",
		 "#!/bin/sh\necho new cfg >boot/grub/grub.cfg\nexit 77\n");
	list.items[1].unchanged_status = list.items[2].unchanged_status = 77;
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(apply_commands(&tree.root, &list, &rebuild, &others), 0);
	capture_end(&err);
	assert_int_equal(others.n, 0);
	check_text("terminal", err.text,
		   "vfio-prepare: running make-image -a\nvfio-prepare: made -a\n"
		   "vfio-prepare: running make-cfg\nvfio-prepare: running make-cfg again\n");
	tree_check(&tree, REBUILD_LOG_PATH,
		   "running make-image -a\nmade -a\nrunning make-cfg\nrunning make-cfg again\n");
	tree_check(&tree, "/boot/initrd", "new image\n");
	tree_check(&tree, "/boot/grub/grub.cfg", "new cfg\n");
	tree_check(&tree, "/boot/.vfio-prepare-initrd", NULL);
	for (size_t i = 0; i < list.n; i++)
		check_int("result", list.items[i].result, COMMAND_DONE);
	command_list_done(&list);
}

TEST(a_program_fails)
{
	struct command_list list = {};
	struct capture err;
	struct strv others = {};

	commands(&list, "#!/bin/sh\necho new image >boot/initrd\n",
		 "#!/bin/sh\nrm boot/grub/grub.cfg\nexit 1\n");
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(apply_commands(&tree.root, &list, &rebuild, &others), -ECANCELED);
	capture_end(&err);
	assert_int_equal(others.n, 0);
	tree_check(&tree, "/boot/initrd", "old image");
	tree_check(&tree, "/boot/grub/grub.cfg", "old cfg");
	tree_check(&tree, "/boot/.vfio-prepare-initrd", NULL);
	check_int("first", list.items[0].result, COMMAND_DONE);
	check_int("second", list.items[1].result, COMMAND_FAILED);
	check_int("its status", list.items[1].status, 1);
	check_int("third", list.items[2].result, COMMAND_SKIPPED);
	command_list_done(&list);
}

/* "TEXT\n" of each; forgets them. */
static void check_others(struct strv *others, const char *want)
{
	_cleanup_free_ char *all = xstrdup("");

	for (size_t i = 0; i < others->n; i++) {
		char *longer = xasprintf("%s%s\n", all, others->items[i]);

		free(all);
		all = longer;
	}
	check_text("others", all, want);
	strv_done(others);
}

#define ENTRY "efi/0123456789abcdef0123456789abcdef/6.1"

static void run_failing(struct command_list *list, struct strv *ret_others)
{
	struct capture err;

	tree.root.live = true;
	tree_dir(&tree, "var/log");
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(apply_commands(&tree.root, list, &rebuild, ret_others), -ECANCELED);
	capture_end(&err);
	command_list_done(list);
}

TEST(what_kernel_install_has_laid_out)
{
	struct command_list list = {};
	struct strv others = {};

	script("kernel-install", "#!/bin/sh\necho new >" ENTRY "/linux\nrm " ENTRY "/initrd\n"
				 "echo new >efi/loader/entries/a.conf\nexit 1\n");
	tree_file(&tree, ENTRY "/linux", "old kernel");
	tree_file(&tree, ENTRY "/initrd", "old image");
	tree_file(&tree, "efi/loader/entries/a.conf", "old entry");
	strv_add(&rebuild.entry_files, "/" ENTRY "/initrd");
	strv_add(&rebuild.entry_files, "/" ENTRY "/linux");
	command_add(&list, "r", "kernel-install add 6.1 /boot/vmlinuz-6.1");
	run_failing(&list, &others);
	check_others(&others, "");
	tree_check(&tree, "/" ENTRY "/linux", "old kernel");
	tree_check(&tree, "/" ENTRY "/initrd", "old image");
	tree_check(&tree, "/" ENTRY "/.vfio-prepare-linux", NULL);
	tree_check(&tree, "/efi/loader/entries/a.conf", "old entry");
}

/* What cannot be put back is told, each with what to do about it. */
TEST(what_nobody_can_put_back)
{
	struct command_list list = {};
	struct strv others = {};

	script("kernel-install", "#!/bin/sh\necho new >boot/loader/entries/b.conf\nexit 1\n");
	tree_file(&tree, "boot/loader/entries/a.conf", "old");
	tree_dir(&tree, "boot/grub/grub.cfg");
	tree_link(&tree, "boot/initrd", "elsewhere");
	strv_add(&rebuild.images.paths, "/boot/initrd");
	strv_add(&rebuild.kernels_unseen, "6.1");
	rebuild.command[BOOTLOADER_KERNEL_INSTALL] = 2;
	command_add(&list, "r", "kernel-install add 6.1 /boot/vmlinuz-6.1")->lays_out = true;
	run_failing(&list, &others);
	check_others(
		&others,
		"/boot/grub/grub.cfg could not be kept (Is a directory), and may be new, or written in "
		"part: look at it before a restart\n"
		"/boot/initrd could not be kept (Too many levels of symbolic links), and may be new, "
		"or written in part: look at it before a restart\n"
		"where kernel-install has kernel and image of 6.1 was not found, and what it has "
		"written of them stays: look at it before a restart\n"
		"the EFI system partitions of proxmox-boot-tool are not mounted and could not be kept: "
		"proxmox-boot-tool refresh copies to them what is put back\n"
		"/boot/loader/entries/b.conf is new: remove it, if the next boot should not start from "
		"it\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_and_undone, start, stop),
		cmocka_unit_test_setup_teardown(forced, start, stop),
		cmocka_unit_test_setup_teardown(modes_stay, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_stays_whatever_is_said, start,
						stop),
		cmocka_unit_test_setup_teardown(one_cannot_be_written, start, stop),
		cmocka_unit_test_setup_teardown(one_cannot_be_written_and_another_not_be_put_back,
						start, stop),
		cmocka_unit_test_setup_teardown(not_synced, start, stop),
		cmocka_unit_test_setup_teardown(cannot_be_undone, start, stop),
		cmocka_unit_test_setup_teardown(one_at_a_time, start, stop),
		cmocka_unit_test_setup_teardown(programs, start, stop),
		cmocka_unit_test_setup_teardown(a_program_fails, start, stop),
		cmocka_unit_test_setup_teardown(what_kernel_install_has_laid_out, start, stop),
		cmocka_unit_test_setup_teardown(what_nobody_can_put_back, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
