/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fsync renameat */
#include "host/files.h"

#include "support.h"

static struct tree tree;
static int fsync_error, rename_error;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	if (!fsync_error)
		return __real_fsync(fd);
	errno = fsync_error;
	return -1;
}

int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	if (!rename_error)
		return __real_renameat(from, old, to, new);
	errno = rename_error;
	return -1;
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_dir(&tree, "run");
	fsync_error = rename_error = 0;
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static void expect_content(const char *path, const char *content)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(root_read_file(&tree.root, path, 1000, &text, NULL), 0);
	check_text(path, text, content);
}

/* Nothing but the file is left in its directory. */
static void expect_alone(const char *directory, size_t n)
{
	struct strv names = {};

	assert_int_equal(root_list(&tree.root, directory, &names), 0);
	check_int(directory, names.n, n);
	strv_done(&names);
}

TEST(a_file_is_made_with_its_directory)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	assert_int_equal(root_replace_file(&tree.root, "/run/vfio-prepare/boot.json", "{}\n", 0640),
			 0);
	expect_content("/run/vfio-prepare/boot.json", "{}\n");
	expect_alone("/run/vfio-prepare", 1);
	fd = root_open(&tree.root, "/run/vfio-prepare/boot.json", O_PATH);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

TEST(a_file_is_replaced)
{
	tree_file(&tree, "run/a", "old and longer\n");
	assert_int_equal(root_replace_file(&tree.root, "run/a", "new\n", 0644), 0);
	expect_content("/run/a", "new\n");
	expect_alone("/run", 1);
}

TEST(a_link_is_replaced_not_followed)
{
	tree_file(&tree, "run/target", "mine\n");
	tree_link(&tree, "run/a", "target");
	assert_int_equal(root_replace_file(&tree.root, "/run/a", "new\n", 0644), 0);
	expect_content("/run/target", "mine\n");
	expect_content("/run/a", "new\n");
}

TEST(only_one_directory_is_made)
{
	assert_int_equal(root_replace_file(&tree.root, "/run/a/b/c", "x", 0644), -ENOENT);
	expect_alone("/run", 0);
}

TEST(what_is_in_the_way_stays)
{
	tree_file(&tree, "run/a", "file\n");
	tree_dir(&tree, "run/d/e");
	assert_int_equal(root_replace_file(&tree.root, "/run/a/b", "x", 0644), -ENOTDIR);
	assert_int_equal(root_replace_file(&tree.root, "/run/d", "x", 0644), -EISDIR);
	expect_content("/run/a", "file\n");
	expect_alone("/run", 2);
}

TEST(a_temporary_file_that_cannot_be_made)
{
	_cleanup_free_ char *temporary = xasprintf("run/" TEMPORARY_PREFIX "%d", (int)getpid());

	tree_file(&tree, temporary, "in the way\n");
	assert_int_equal(root_replace_file(&tree.root, "/run/a", "x", 0644), -EEXIST);
	expect_alone("/run", 1);
}

TEST(what_fails_leaves_the_old_file)
{
	tree_file(&tree, "run/a", "old\n");
	fsync_error = EIO;
	assert_int_equal(root_replace_file(&tree.root, "/run/a", "new\n", 0644), -EIO);
	fsync_error = 0;
	rename_error = ENOSPC;
	assert_int_equal(root_replace_file(&tree.root, "/run/a", "new\n", 0644), -ENOSPC);
	expect_content("/run/a", "old\n");
	expect_alone("/run", 1);
}

TEST(directories_are_made)
{
	assert_int_equal(root_make_directory(&tree.root, "/run/a/b/c"), 0);
	assert_int_equal(root_make_directory(&tree.root, "/run/a/b/c"), 0);
	expect_alone("/run/a/b", 1);
	tree_file(&tree, "run/file", "x");
	assert_int_equal(root_make_directory(&tree.root, "/run/file/d"), -ENOTDIR);
	assert_int_equal(root_make_directory(&tree.root, "run/d/e"), 0);
	expect_alone("/run/d", 1);
}

TEST(a_file_is_removed)
{
	tree_file(&tree, "run/a", "old\n");
	assert_int_equal(root_remove_file(&tree.root, "/run/a"), 0);
	expect_alone("/run", 0);
	assert_int_equal(root_remove_file(&tree.root, "/run/a"), 0);
	assert_int_equal(root_remove_file(&tree.root, "/nowhere/a"), 0);
	tree_dir(&tree, "run/d");
	assert_int_equal(root_remove_file(&tree.root, "/run/d"), -EISDIR);
}

TEST(what_a_killed_run_left_is_removed)
{
	tree_file(&tree, "run/a", "mine\n");
	tree_file(&tree, "run/.vfio-prepare", "mine\n");
	_cleanup_free_ char *of_another = xasprintf("run/.vfio-prepare-%d", getppid());
	_cleanup_free_ char *own = xasprintf("run/.vfio-prepare-%d", getpid());

	tree_file(&tree, of_another, "half, and not yet whole");
	tree_file(&tree, own, "of a process of this number, before a restart");
	tree_file(&tree, "run/.vfio-prepare-2147483646", "half");
	tree_file(&tree, "run/.vfio-prepare-initrd", "kept");
	root_remove_temporary(&tree.root, "/run");
	root_remove_temporary(&tree.root, "/nowhere");
	expect_alone("/run", 3);
	expect_content("/run/a", "mine\n");
	expect_content(of_another, "half, and not yet whole");
	assert_int_equal(root_replace_file(&tree.root, "/run/a", "new\n", 0644), 0);
}

TEST(a_file_is_begun_anew)
{
	const char *name;
	int dir = root_make_parent(&tree.root, "/run/new/log", &name), fd;

	assert_string_equal(name, "log");
	for (int i = 0; i < 2; i++) {
		fd = create_file_at(dir, name, 0640);
		assert_true(fd >= 0);
		assert_int_equal(write_all(fd, "first and longer\n", i ? 6 : 17), 0);
		close(fd);
	}
	expect_content("/run/new/log", "first ");
	/* A link makes way, and what it leads to stays. */
	tree_link(&tree, "run/new/link", "log");
	fd = create_file_at(dir, "link", 0640);
	assert_true(fd >= 0);
	close(fd);
	expect_content("/run/new/log", "first ");
	expect_content("/run/new/link", "");
	assert_true(create_file_at(dir, ".", 0640) < 0);
	close(dir);
	assert_int_equal(root_make_parent(&tree.root, "/run/a/b/c", &name), -ENOENT);
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		FILES_TEST(a_file_is_made_with_its_directory),
		FILES_TEST(a_file_is_replaced),
		FILES_TEST(a_link_is_replaced_not_followed),
		FILES_TEST(only_one_directory_is_made),
		FILES_TEST(what_is_in_the_way_stays),
		FILES_TEST(a_temporary_file_that_cannot_be_made),
		FILES_TEST(what_fails_leaves_the_old_file),
		FILES_TEST(directories_are_made),
		FILES_TEST(a_file_is_removed),
		FILES_TEST(what_a_killed_run_left_is_removed),
		FILES_TEST(a_file_is_begun_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
