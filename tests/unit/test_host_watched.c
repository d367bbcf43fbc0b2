/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/watched.h"
#include "support.h"

static struct watch watch;
static struct tree tree;

static int start(void **state _unused_)
{
	tree_init(&tree);
	watch = (struct watch){};
	watched_by(&watch);
	return 0;
}

static int stop(void **state _unused_)
{
	watched_by(NULL);
	tree_done(&tree);
	return 0;
}

TEST(a_call_is_noted_while_it_lasts)
{
	unsigned turn = 0;

	assert_int_equal(watched(tree.root.fd, "a", (turn = watch.turn, -1)), -1);
	assert_int_equal(turn, 1);
	assert_int_equal(watch.turn, 2);
	assert_int_equal(watch.dir, tree.root.fd);
	assert_string_equal(watch.name, "a");
}

TEST(an_error_stays)
{
	assert_int_equal(watched(-1, "", openat(-1, "x", O_RDONLY)), -1);
	assert_int_equal(errno, EBADF);
}

TEST(paths)
{
	_cleanup_free_ char *below = tree_place(&tree, "a/b"), *top = tree_place(&tree, "");
	char path[PATH_MAX];
	int slash = open("/", O_PATH | O_CLOEXEC);

	top[strlen(top) - 1] = '\0';
	watched_path(getpid(), tree.root.fd, "a/b", path);
	assert_string_equal(path, below);
	watched_path(getpid(), tree.root.fd, "", path);
	assert_string_equal(path, top);
	watched_path(getpid(), tree.root.fd, ".", path);
	assert_string_equal(path, top);
	watched_path(getpid(), tree.root.fd, "/proc", path);
	assert_string_equal(path, "/proc");
	watched_path(getpid(), AT_FDCWD, "here", path);
	assert_string_equal(path, "here");
	watched_path(getpid(), slash, "sys/x", path);
	assert_string_equal(path, "/sys/x");
	watched_path(getpid(), slash, "", path);
	assert_string_equal(path, "/");
	close(slash);
}

/* What is below a directory that does not answer does not, either; what only begins like it does. */
TEST(what_was_silent_is_not_asked_again)
{
	static const struct {
		const char *name;
		bool silent;
	} rows[] = {{"a", true}, {"a/b", true}, {"ab", false}, {"b", false}, {"", false}};
	_cleanup_free_ char *path = tree_place(&tree, "a");

	tree_file(&tree, "a", "text");
	tree_file(&tree, "b", "text");
	assert_null(watched_silent(0));
	strcpy(watch.silent[watch.n_silent++], path);
	assert_string_equal(watched_silent(0), path);
	assert_null(watched_silent(1));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool called = false;
		long r = watched(tree.root.fd, rows[i].name, (called = true, 7));

		check(rows[i].name, called != rows[i].silent);
		check_int(rows[i].name, r, rows[i].silent ? -1 : 7);
		check(rows[i].name, !rows[i].silent || errno == ETIME);
	}
}

TEST(without_a_supervisor_all_is_asked)
{
	strcpy(watch.silent[watch.n_silent++], "/");
	watch.over = true;
	assert_true(watched_is_over());
	watched_by(NULL);
	assert_false(watched_is_over());
	assert_null(watched_silent(0));
	assert_int_equal(watched(AT_FDCWD, "/", 5), 5);
	assert_int_equal(watch.turn, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_call_is_noted_while_it_lasts, start, stop),
		cmocka_unit_test_setup_teardown(an_error_stays, start, stop),
		cmocka_unit_test_setup_teardown(paths, start, stop),
		cmocka_unit_test_setup_teardown(what_was_silent_is_not_asked_again, start, stop),
		cmocka_unit_test_setup_teardown(without_a_supervisor_all_is_asked, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
