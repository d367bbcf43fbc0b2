/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/snapshot.h"

#include <sys/wait.h>
#include <time.h>

#include "base/buf.h"
#include "support.h"

static struct tree tree;
static struct recorder recorder;

/* As a host gives it: names of every length that fits and does not fit into a tar header. */
static const size_t lengths[] = {1, 99, 100, 101, 155, 156, 254};

/* "d/" and then as many letters as it takes. */
static char *long_name(const char *prefix, size_t length)
{
	char *name = xcalloc(length + 1, 1);

	memset(name, 'n', length);
	memcpy(name, prefix, strlen(prefix) < length ? strlen(prefix) : length);
	return name;
}

static int start(void **state _unused_)
{
	char bytes[1500];

	tree_init(&tree);
	memset(bytes, 0xa5, sizeof(bytes));
	recorder_add(&recorder, "", RECORD_DIRECTORY);
	recorder_add(&recorder, "sys", RECORD_DIRECTORY);
	recorder_add(&recorder, "sys/empty", RECORD_DIRECTORY);
	recorder_add(&recorder, "sys/seen", RECORD_FILE);
	recorder_add_bytes(&recorder, "sys/a/b/config", RECORD_FILE, bytes, sizeof(bytes));
	recorder_add_bytes(&recorder, "sys/block", RECORD_FILE, bytes, 512);
	recorder_add_bytes(&recorder, "sys/nothing", RECORD_FILE, "", 0);
	recorder_add_bytes(&recorder, "sys/with space \xff", RECORD_FILE, "x\0y", 3);
	recorder_add_bytes(&recorder, "sys/link", RECORD_LINK, "../../devices/x", 15);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		_cleanup_free_ char *file = long_name("f", lengths[i]);
		_cleanup_free_ char *link = long_name("l", lengths[i]);
		_cleanup_free_ char *path = xasprintf("long/%s", file);
		_cleanup_free_ char *link_path = xasprintf("long/%s", link);
		_cleanup_free_ char *directory = xasprintf("long/d%s/%s", file + 1, file);

		recorder_add_bytes(&recorder, path, RECORD_FILE, path, strlen(path));
		recorder_add_bytes(&recorder, link_path, RECORD_LINK, directory, strlen(directory));
		recorder_add_bytes(&recorder, directory, RECORD_FILE, "deep", 4);
	}
	recorder_sort(&recorder);
	return 0;
}

static int stop(void **state _unused_)
{
	recorder_done(&recorder);
	tree_done(&tree);
	return 0;
}

/* Is each record below the directory at path as it was recorded? */
static void check_directory(const char *path)
{
	struct root root;

	assert_int_equal(root_init(&root, path), 0);
	vec_foreach(record, &recorder) {
		_cleanup_free_ char *full = xasprintf("%s/%s", path, record->path), *text = NULL;
		char target[1024];
		struct stat st;
		size_t length;

		check(record->path, lstat(full, &st) == 0);
		switch (record->kind) {
		case RECORD_DIRECTORY:
			check(record->path, S_ISDIR(st.st_mode));
			break;
		case RECORD_LINK:
			check(record->path, S_ISLNK(st.st_mode));
			length = (size_t)readlink(full, target, sizeof(target));
			check_int(record->path, length, record->length);
			check(record->path, memcmp(target, record->bytes, length) == 0);
			break;
		case RECORD_FILE:
			/* Serial numbers are nobody else's business. */
			check_int(record->path, st.st_mode, S_IFREG | 0600);
			check_int(record->path,
				  root_read_file(&root, record->path, 9999, &text, &length), 0);
			check_int(record->path, length, record->length);
			check(record->path, !length || memcmp(text, record->bytes, length) == 0);
			break;
		}
	}
	root_done(&root);
}

TEST(as_a_directory)
{
	_cleanup_free_ char *path = tree_place(&tree, "new");
	struct stat st;

	assert_int_equal(snapshot_write(path, &recorder, &(const char *){NULL}), 0);
	check_directory(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	/* Not into what is there already. */
	assert_int_equal(snapshot_write(path, &recorder, &(const char *){NULL}), -ENOTEMPTY);
	check_directory(path);
}

TEST(into_an_empty_directory)
{
	_cleanup_free_ char *path = tree_place(&tree, "empty");
	struct stat st;

	tree_dir(&tree, "empty");
	assert_int_equal(snapshot_write(path, &recorder, &(const char *){NULL}), 0);
	check_directory(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
}

TEST(nothing_that_is_there_is_replaced)
{
	static const char *const names[] = {"file", "file.tar", "link", "link.tar"};

	tree_file(&tree, "file", "keep");
	tree_file(&tree, "file.tar", "keep");
	tree_link(&tree, "link", "file");
	tree_link(&tree, "link.tar", "file");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = tree_place(&tree, names[i]), *text = NULL;

		check(names[i], snapshot_write(path, &recorder, &(const char *){NULL}) < 0);
		check_int(names[i], root_read_file(&tree.root, names[i], 99, &text, NULL), 0);
		check_text(names[i], text, "keep");
	}
	_cleanup_free_ char *below = xasprintf("%s/none/x", tree.path);
	_cleanup_free_ char *below_tar = xasprintf("%s/none/x.tar", tree.path);

	assert_int_equal(snapshot_write(below, &recorder, &(const char *){NULL}), -ENOENT);
	assert_int_equal(snapshot_write(below_tar, &recorder, &(const char *){NULL}), -ENOENT);
}

/* Neither the snapshot nor a part of it, whatever it is to be. */
TEST(what_fails_leaves_nothing)
{
	static const char *const names[] = {"out", "out.tar"};
	struct recorder evil = {};
	const char *refused;

	recorder_add_bytes(&evil, "etc", RECORD_LINK, tree.path, strlen(tree.path));
	recorder_add_bytes(&evil, "etc/victim", RECORD_FILE, "x", 1);
	recorder_sort(&evil);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = tree_place(&tree, names[i]);

		check_int(names[i], snapshot_write(path, &evil, &refused), -EXDEV);
		check_text(names[i], refused, "etc/victim");
		check_int(names[i], root_has_entries(&tree.root, "/"), 0);
	}
	recorder_done(&evil);
	/* A name that no file system takes. */
	_cleanup_free_ char *name = long_name("n", 300), *path = tree_place(&tree, "out");

	recorder_add_bytes(&evil, "a/b", RECORD_FILE, "x", 1);
	recorder_add_bytes(&evil, name, RECORD_FILE, "x", 1);
	recorder_sort(&evil);
	assert_int_equal(snapshot_write(path, &evil, &refused), -ENAMETOOLONG);
	assert_int_equal(root_has_entries(&tree.root, "/"), 0);
	assert_int_equal(snapshot_write(path, &recorder, &refused), 0);
	recorder_done(&evil);
}

/* The rest of one that was killed goes with the next one, if no other run can have it. */
TEST(what_was_killed_is_removed)
{
	static const struct {
		const char *name;
		time_t age;
		uid_t owner;
		bool stays;
	} rests[] = {
		{".vfio-prepare-1", 7200, 0, true}, /* it lives */
		{".vfio-prepare-99999999", 7200, 0, false},
		{".vfio-prepare-99999998", 60, 0, true}, /* it may be another host's */
		{".vfio-prepare-99999997", 7200, 1, true},
		{".vfio", 7200, 0, true},
	};
	_cleanup_free_ char *path = tree_place(&tree, "new");
	const char *refused;

	for (size_t i = 0; i < ARRAY_SIZE(rests); i++) {
		_cleanup_free_ char *inside = xasprintf("%s/sys/seen", rests[i].name);
		_cleanup_free_ char *rest = tree_place(&tree, rests[i].name);
		struct timespec then[2] = {{.tv_sec = time(NULL) - rests[i].age},
					   {.tv_sec = time(NULL) - rests[i].age}};

		tree_file(&tree, inside, "x");
		/* Nobody but root gives files away. */
		assert_true(geteuid() || chown(rest, rests[i].owner, (gid_t)-1) == 0);
		assert_int_equal(utimensat(AT_FDCWD, rest, then, 0), 0);
	}
	assert_int_equal(snapshot_write(path, &recorder, &refused), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rests); i++)
		check_int(rests[i].name, root_exists(&tree.root, rests[i].name),
			  rests[i].stays && !(geteuid() && rests[i].owner));
}

static int run(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What tar itself makes of it. */
TEST(as_an_archive)
{
	_cleanup_free_ char *archive = tree_place(&tree, "host.tar"),
			    *directory = tree_place(&tree, "out");
	struct stat st;

	assert_int_equal(snapshot_write(archive, &recorder, &(const char *){NULL}), 0);
	assert_int_equal(stat(archive, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size % 512, 0);
	tree_dir(&tree, "out");
	assert_int_equal(run((const char *const[]){"tar", "-x", "-f", archive, "-C", directory,
						   NULL}),
			 0);
	check_directory(directory);
	/* The same records give the same bytes. */
	_cleanup_free_ char *again = tree_place(&tree, "again.tar");

	assert_int_equal(snapshot_write(again, &recorder, &(const char *){NULL}), 0);
	assert_int_equal(run((const char *const[]){"cmp", archive, again, NULL}), 0);
	assert_int_equal(snapshot_write(archive, &recorder, &(const char *){NULL}), -EEXIST);
}

TEST(an_archive_of_nothing)
{
	_cleanup_free_ char *archive = tree_place(&tree, "nothing.tar");
	struct recorder nothing = {};

	assert_int_equal(snapshot_write(archive, &nothing, &(const char *){NULL}), 0);
	assert_int_equal(run((const char *const[]){"tar", "-t", "-f", archive, NULL}), 0);
}

int main(void)
{
#define SNAPSHOT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SNAPSHOT_TEST(as_a_directory),
		SNAPSHOT_TEST(into_an_empty_directory),
		SNAPSHOT_TEST(nothing_that_is_there_is_replaced),
		SNAPSHOT_TEST(what_fails_leaves_nothing),
		SNAPSHOT_TEST(what_was_killed_is_removed),
		SNAPSHOT_TEST(as_an_archive),
		SNAPSHOT_TEST(an_archive_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
