/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open */
/* Reads that are remembered; what they read is tested in test_host_root.c and test_host_root_recording.c. */
#include "support.h"

int __real_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags);

static struct tree tree;
static unsigned n_opened;

int __wrap_root_open(struct root *root, const char *path, int flags)
{
	n_opened++;
	return __real_root_open(root, path, flags);
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "etc/fstab", "old\n");
	tree_file(&tree, "etc/conf.d/b", "");
	tree_file(&tree, "etc/conf.d/a", "");
	tree_link(&tree, "etc/link", "conf.d");
	tree.root.remembers = true;
	n_opened = 0;
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static void expect_opened(const char *what, unsigned want)
{
	check_int(what, n_opened, want);
	n_opened = 0;
}

TEST(a_text_is_read_once)
{
	struct stat st;

	tree_check(&tree, "/etc/fstab", "old\n");
	tree_file(&tree, "etc/fstab", "newer\n");
	tree_check(&tree, "/etc/fstab", "old\n");
	assert_int_equal(root_stat(&tree.root, "/etc/fstab", &st), 0);
	assert_int_equal(st.st_size, 4);
	expect_opened("text", 1);
	/* One limit is not another's. */
	assert_null(root_read_text(&tree.root, "/etc/fstab", 3));
	expect_opened("limit", 0);
	tree.root.remembers = false;
	tree_check(&tree, "/etc/fstab", "newer\n");
	expect_opened("not remembered", 1);
	tree.root.remembers = true;
	tree_check(&tree, "/etc/fstab", "old\n");
	root_forget(&tree.root);
	tree_check(&tree, "/etc/fstab", "newer\n");
}

/* A limit that was too low says nothing of a higher one. */
TEST(what_was_too_long_may_be_read_later)
{
	assert_null(root_read_text(&tree.root, "/etc/fstab", 3));
	tree_check(&tree, "/etc/fstab", "old\n");
}

TEST(what_was_looked_at_is_read_without_being_opened_again)
{
	assert_true(root_exists(&tree.root, "/etc/fstab"));
	assert_true(root_exists(&tree.root, "/etc/fstab"));
	tree_remove(&tree, "etc/fstab");
	tree_check(&tree, "/etc/fstab", "old\n");
	tree_check(&tree, "/etc/fstab", "old\n");
	expect_opened("file", 1);
	assert_true(root_exists(&tree.root, "/etc/conf.d"));
	assert_int_equal(root_has_entries(&tree.root, "/etc/conf.d"), 1);
	expect_opened("directory", 1);
}

TEST(names_are_listed_once)
{
	struct strv names = {};

	assert_int_equal(root_has_entries(&tree.root, "/etc/conf.d"), 1);
	assert_int_equal(root_list(&tree.root, "/etc/conf.d", &names), 0);
	tree_remove(&tree, "etc/conf.d/a");
	assert_int_equal(root_list(&tree.root, "/etc/conf.d", &names), 0);
	assert_int_equal(names.n, 4);
	assert_string_equal(names.items[0], "a");
	expect_opened("names", 1);
	strv_done(&names);
}

TEST(what_is_not_there_is_not_looked_for_again)
{
	struct strv names = {};
	struct stat st;

	assert_null(root_read_text(&tree.root, "/etc/none", 10));
	assert_int_equal(root_stat(&tree.root, "/etc/none", &st), -ENOENT);
	assert_null(root_read_text(&tree.root, "/etc/none", 10));
	assert_int_equal(root_list(&tree.root, "/etc/none", &names), -ENOENT);
	assert_int_equal(root_has_entries(&tree.root, "/etc/none"), -ENOENT);
	expect_opened("none", 1);
	/* A file is no directory, and is there all the same. */
	assert_int_equal(root_list(&tree.root, "/etc/fstab", &names), -ENOTDIR);
	tree_check(&tree, "/etc/fstab", "old\n");
}

TEST(a_link_is_read_once)
{
	char target[16];

	assert_int_equal(root_read_link(&tree.root, "/etc/link", target, sizeof(target)), 6);
	tree_remove(&tree, "etc/link");
	assert_int_equal(root_read_link(&tree.root, "/etc/link", target, sizeof(target)), 6);
	assert_string_equal(target, "conf.d");
	assert_int_equal(root_read_link(&tree.root, "/etc/fstab", target, sizeof(target)), -EINVAL);
	assert_int_equal(root_read_link(&tree.root, "/etc/fstab", target, sizeof(target)), -EINVAL);
	expect_opened("links", 2);
}

TEST(a_directory_that_is_lent_stays_the_one_that_was_opened)
{
	struct strv names = {};
	int dir = root_lend(&tree.root, "/etc/conf.d");

	assert_true(dir >= 0);
	tree_remove(&tree, "etc/link");
	tree_dir(&tree, "etc/other");
	assert_int_equal(renameat(tree.root.fd, "etc/conf.d", tree.root.fd, "etc/former"), 0);
	assert_int_equal(renameat(tree.root.fd, "etc/other", tree.root.fd, "etc/conf.d"), 0);
	assert_int_equal(root_lend(&tree.root, "/etc/conf.d"), dir);
	assert_int_equal(root_list(&tree.root, "/etc/conf.d", &names), 0);
	assert_int_equal(names.n, 2);
	expect_opened("lent", 1);
	strv_done(&names);
	root_forget(&tree.root);
	assert_int_equal(fcntl(dir, F_GETFD), -1);
	assert_int_equal(root_lend(&tree.root, "/etc/fstab"), -ENOTDIR);
}

/* What was read while nobody kept a record is read again for the record. */
TEST(a_recorder_is_told_what_is_remembered)
{
	struct recorder recorder = {};

	tree_check(&tree, "/etc/fstab", "old\n");
	tree.root.recorder = &recorder;
	tree_check(&tree, "/etc/fstab", "old\n");
	tree_check(&tree, "/etc/fstab", "old\n");
	tree.root.recorder = NULL;
	expect_opened("recorded", 2);
	assert_string_equal(recorder_add(&recorder, "etc/fstab", RECORD_FILE)->bytes, "old\n");
	recorder_done(&recorder);
}

int main(void)
{
#define READ_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		READ_TEST(a_text_is_read_once),
		READ_TEST(what_was_too_long_may_be_read_later),
		READ_TEST(what_was_looked_at_is_read_without_being_opened_again),
		READ_TEST(names_are_listed_once),
		READ_TEST(what_is_not_there_is_not_looked_for_again),
		READ_TEST(a_link_is_read_once),
		READ_TEST(a_directory_that_is_lent_stays_the_one_that_was_opened),
		READ_TEST(a_recorder_is_told_what_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
