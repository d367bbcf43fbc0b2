/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: syscall fstatat */
#include "host/root.h"
#include "support.h"

#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

static struct tree tree;

/*
 * A tree with a secret beside it: nothing below may reach "secret", nor the /etc/passwd of the
 * machine that runs the test.
 */
static int make_tree(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "secret", "secret");
	tree_file(&tree, "root/etc/hosts", "inside");
	tree_file(&tree, "root/a/b/c/file", "deep");
	tree_dir(&tree, "root/empty");

	/* Links that stay, and links that try not to. */
	tree_link(&tree, "root/absolute", "/etc/hosts");
	tree_link(&tree, "root/a/absolute", "/etc/hosts");
	tree_link(&tree, "root/a/b/to-root", "/");
	tree_link(&tree, "root/a/relative", "../etc/hosts");
	tree_link(&tree, "root/up", "../../../../etc/hosts");
	tree_link(&tree, "root/a/up-from-below", "b/../../../../../a/b/c/file");
	tree_link(&tree, "root/passwd", "/etc/passwd");
	tree_link(&tree, "root/escape", "../secret");
	tree_link(&tree, "root/a/escape", "../../secret");
	tree_link(&tree, "root/to-root", "/");
	tree_link(&tree, "root/to-parent", "..");
	tree_link(&tree, "root/a/dir", "b/c");
	tree_link(&tree, "root/dangling", "nowhere");
	tree_link(&tree, "root/loop", "loop");
	tree_link(&tree, "root/ping", "pong");
	tree_link(&tree, "root/pong", "/ping");
	tree_link(&tree, "root/to-file", "a/b/c/file");
	tree_link(&tree, "root/slashes", "//a//b/./c///file");
	tree_link(&tree, "root/to-file-as-dir", "a/b/c/file/");

	/* Chains of links: 40 are followed, 41 are not. */
	tree_link(&tree, "root/chain0", "etc/hosts");
	for (int i = 1; i <= 40; i++) {
		_cleanup_free_ char *name = xasprintf("root/chain%d", i);
		_cleanup_free_ char *target = xasprintf("chain%d", i - 1);

		tree_link(&tree, name, target);
	}
	root_done(&tree.root);
	_cleanup_free_ char *path = xasprintf("%s/root", tree.path);

	return root_init(&tree.root, path);
}

static int remove_tree(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

/* What is read there, "" for a directory, or the error. */
static const struct {
	const char *path;
	int flags;
	int r;
	const char *text;
} paths[] = {
	{"/etc/hosts", O_RDONLY, 0, "inside"},
	{"etc/hosts", O_RDONLY, 0, "inside"},
	{"///etc//hosts", O_RDONLY, 0, "inside"},
	{"/etc/./hosts", O_RDONLY, 0, "inside"},
	{"/a/b/c/file", O_RDONLY, 0, "deep"},
	{"/", O_RDONLY | O_DIRECTORY, 0, ""},
	{"", O_RDONLY | O_DIRECTORY, 0, ""},
	{".", O_RDONLY | O_DIRECTORY, 0, ""},
	{"/empty/", O_RDONLY | O_DIRECTORY, 0, ""},
	{"/empty", O_PATH, 0, ""},

	/* Dots lead up to the root and no further. */
	{"/..", O_RDONLY | O_DIRECTORY, 0, ""},
	{"/../../etc/hosts", O_RDONLY, 0, "inside"},
	{"/a/b/../../etc/hosts", O_RDONLY, 0, "inside"},
	{"/a/../../../../etc/hosts", O_RDONLY, 0, "inside"},
	{"/../secret", O_RDONLY, -ENOENT, NULL},
	{"/a/../../secret", O_RDONLY, -ENOENT, NULL},

	/* Links. */
	{"/absolute", O_RDONLY, 0, "inside"},
	{"/a/absolute", O_RDONLY, 0, "inside"},
	{"/a/b/to-root/etc/hosts", O_RDONLY, 0, "inside"},
	{"/a/b/to-root/a/absolute", O_RDONLY, 0, "inside"},
	{"/a/b/../absolute", O_RDONLY, 0, "inside"},
	{"/a/relative", O_RDONLY, 0, "inside"},
	{"/up", O_RDONLY, 0, "inside"},
	{"/a/up-from-below", O_RDONLY, 0, "deep"},
	{"/a/dir/file", O_RDONLY, 0, "deep"},
	{"/a/dir/../../b/c/file", O_RDONLY, 0, "deep"},
	{"/a/dir/../c/file", O_RDONLY, 0, "deep"},
	{"/to-root/etc/hosts", O_RDONLY, 0, "inside"},
	{"/to-parent/etc/hosts", O_RDONLY, 0, "inside"},
	{"/to-root/to-parent/to-root/absolute", O_RDONLY, 0, "inside"},
	{"/slashes", O_RDONLY, 0, "deep"},
	{"/passwd", O_RDONLY, -ENOENT, NULL},
	{"/escape", O_RDONLY, -ENOENT, NULL},
	{"/a/escape", O_RDONLY, -ENOENT, NULL},
	{"/to-parent/to-parent/../secret", O_RDONLY, -ENOENT, NULL},
	{"/dangling", O_RDONLY, -ENOENT, NULL},
	{"/dangling/x", O_RDONLY, -ENOENT, NULL},
	{"/loop", O_RDONLY, -ELOOP, NULL},
	{"/ping", O_RDONLY, -ELOOP, NULL},
	{"/loop/x", O_RDONLY, -ELOOP, NULL},
	{"/chain39", O_RDONLY, 0, "inside"},
	{"/chain40", O_RDONLY, -ELOOP, NULL},

	/* The last link is not followed where that is asked for, unless a slash follows it. */
	{"/absolute", O_RDONLY | O_NOFOLLOW, -ELOOP, NULL},
	{"/dangling", O_RDONLY | O_NOFOLLOW, -ELOOP, NULL},
	{"/a/dir/file", O_RDONLY | O_NOFOLLOW, 0, "deep"},
	{"/to-root/etc/hosts", O_RDONLY | O_NOFOLLOW, 0, "inside"},
	{"/a/dir", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, -ENOTDIR, NULL},
	{"/a/dir/", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, ""},
	{"/a/dir/.", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, ""},

	/* What is not there, and what is no directory. */
	{"/nothing", O_RDONLY, -ENOENT, NULL},
	{"/nothing/..", O_RDONLY, -ENOENT, NULL},
	{"/empty/nothing", O_RDONLY, -ENOENT, NULL},
	{"/etc/hosts/x", O_RDONLY, -ENOTDIR, NULL},
	{"/etc/hosts/", O_RDONLY, -ENOTDIR, NULL},
	{"/etc/hosts/.", O_RDONLY, -ENOTDIR, NULL},
	{"/etc/hosts/..", O_RDONLY, -ENOTDIR, NULL},
	{"/etc/hosts/../hosts", O_RDONLY, -ENOTDIR, NULL},
	{"/absolute/", O_RDONLY, -ENOTDIR, NULL},
	{"/absolute/x", O_RDONLY, -ENOTDIR, NULL},
	{"/to-file-as-dir", O_RDONLY, -ENOTDIR, NULL},
	{"/etc/hosts", O_RDONLY | O_DIRECTORY, -ENOTDIR, NULL},
	{"/empty", O_WRONLY, -EISDIR, NULL},
};

/* Old kernels, sandboxes and valgrind lack it. */
static bool has_openat2(void)
{
	struct open_how how = {.flags = O_PATH};
	long fd = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	return fd >= 0 && close((int)fd) == 0;
}

/* openat2() fails so many times with an error before it is tried. */
static int openat2_error, openat2_failures, openat2_calls;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	va_list arguments;
	long a[4];

	va_start(arguments, number);
	for (size_t i = 0; i < ARRAY_SIZE(a); i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	openat2_calls++;
	if (openat2_failures > 0) {
		openat2_failures--;
		errno = openat2_error;
		return -1;
	}
	return __real_syscall(number, a[0], a[1], a[2], a[3]);
}

/* Both ways of resolution must say the same of all of them. */
static void resolve(bool no_openat2)
{
	tree.root.no_openat2 = no_openat2;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_close_ int fd = root_open(&tree.root, paths[i].path, paths[i].flags);
		char text[16] = "";

		check_int(paths[i].path, fd < 0 ? fd : 0, paths[i].r);
		if (fd >= 0 && *paths[i].text) {
			check(paths[i].path, read(fd, text, sizeof(text) - 1) > 0);
			check_text(paths[i].path, text, paths[i].text);
		}
		if (fd >= 0)
			check(paths[i].path, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	check_int("way taken", tree.root.no_openat2, no_openat2 || !has_openat2());
}

TEST(openat2_resolves_inside)
{
	resolve(false);
}

TEST(walk_resolves_inside)
{
	resolve(true);
}

TEST(where_openat2_is_missing_or_forbidden_it_is_asked_once)
{
	static const int errors[] = {ENOSYS, EPERM};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		tree.root.no_openat2 = false;
		openat2_error = errors[i];
		openat2_failures = INT_MAX;
		openat2_calls = 0;
		for (int j = 0; j < 3; j++) {
			_cleanup_close_ int fd = root_open(&tree.root, "/absolute", O_RDONLY);

			assert_true(fd >= 0);
		}
		openat2_failures = 0;
		assert_true(tree.root.no_openat2);
		assert_int_equal(openat2_calls, 1);
	}
}

TEST(openat2_is_tried_again_after_a_rename)
{
	if (!has_openat2()) {
		/* Then the walk does it, which sees no rename. */
		return;
	}
	openat2_error = EAGAIN;
	openat2_failures = 3;
	_cleanup_close_ int fd = root_open(&tree.root, "/absolute", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(openat2_failures, 0);
	assert_false(tree.root.no_openat2);

	/* Not for ever; and other errors are what they are. */
	openat2_failures = INT_MAX;
	assert_int_equal(root_open(&tree.root, "/absolute", O_RDONLY), -EAGAIN);
	openat2_error = EACCES;
	assert_int_equal(root_open(&tree.root, "/absolute", O_RDONLY), -EACCES);
	openat2_failures = 0;
	assert_false(tree.root.no_openat2);
}

TEST(walk_does_not_leak_descriptors)
{
	int before = dup(0), after;

	close(before);
	resolve(true);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

TEST(walk_follows_a_link_itself_with_o_path)
{
	char target[16];

	for (int no_openat2 = 0; no_openat2 < 2; no_openat2++) {
		tree.root.no_openat2 = no_openat2;
		_cleanup_close_ int fd = root_open(&tree.root, "/dangling", O_PATH | O_NOFOLLOW);

		assert_true(fd >= 0);
		assert_int_equal(readlinkat(fd, "", target, sizeof(target)), strlen("nowhere"));
	}
}

TEST(very_deep_paths_end_with_an_error)
{
	_cleanup_free_ char *path = xcalloc(100 * 2 + 1, 1);

	/* ".." and "." are not depth. */
	for (int i = 0; i < 100; i++)
		memcpy(path + 2 * i, "./", 2);
	tree.root.no_openat2 = true;
	_cleanup_close_ int fd = root_open(&tree.root, path, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);

	for (int i = 0; i < 65; i++) {
		path[2 * i] = 'd';
		path[2 * i + 1] = '/';
		path[2 * i + 2] = '\0';
		_cleanup_free_ char *directory = xasprintf("root/%s", path);

		tree_dir(&tree, directory);
	}
	path[2 * 65 - 1] = '\0';
	_cleanup_close_ int last = root_open(&tree.root, path, O_RDONLY | O_DIRECTORY);
	assert_true(last >= 0);
	strcpy(path + 2 * 65 - 1, "/d");
	assert_int_equal(root_open(&tree.root, path, O_RDONLY), -ENAMETOOLONG);
}

/* Where there is no /dev/null to keep its place, output must not go to the root. */
TEST(the_root_is_never_among_the_first_descriptors)
{
	struct root root = {};
	int input = dup(STDIN_FILENO), r;

	close(STDIN_FILENO);
	r = root_init(&root, tree.path);
	/* Nothing has it now. */
	check_int("low", dup(input), STDIN_FILENO);
	close(input);
	assert_int_equal(r, 0);
	assert_true(root.fd > STDERR_FILENO);
	assert_int_equal(fcntl(root.fd, F_GETFD), FD_CLOEXEC);
	root_done(&root);
}

static dev_t device_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_dev;
}

/* What takes the place of "value" once it has been looked at; NULL: nothing does. */
static const char *successor;

int __real_fstatat(int dir, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags)
{
	int r = __real_fstatat(dir, name, ret, flags);

	if (successor)
		assert_int_equal(renameat(tree.root.fd, successor, tree.root.fd,
					  "attributes/value"),
				 0);
	successor = NULL;
	return r;
}

/* Whoever may write to a directory may put a FIFO where a file was: what is open then is the file all the same. */
TEST(a_file_that_changes_meanwhile)
{
	static const struct {
		const char *what;
		mode_t mode;
		bool local;
		const char *want;
	} rows[] = {
		{"its group may write", 0775, true, "old"},
		{"others may write", 01757, true, "old"},
		{"another machine may", 0755, false, "old"},
		{"nobody but this user", 0755, true, "new"},
	};
	_cleanup_free_ char *path = xasprintf("%s/root/attributes", tree.path);
	const dev_t device = device_of(tree.root.fd);
	char text[8];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int dir;

		tree_file(&tree, "root/attributes/value", "old\n");
		tree_file(&tree, "root/new", "new\n");
		assert_int_equal(chmod(path, rows[i].mode), 0);
		tree.root.local = rows[i].local ? device : 0;
		dir = root_open(&tree.root, "attributes", O_PATH | O_DIRECTORY);
		assert_true(dir >= 0);
		successor = "new";
		check_int(rows[i].what, attribute_read(&tree.root, dir, "value", text, 8), 3);
		check_text(rows[i].what, text, rows[i].want);
		close(dir);
	}
	tree.root.user++;
	tree_file(&tree, "root/new", "newer\n");
	int dir = root_open(&tree.root, "attributes", O_PATH | O_DIRECTORY);
	successor = "new";
	check_int("another user's directory", attribute_read(&tree.root, dir, "value", text, 8), 3);
	close(dir);
	tree.root.user--;
}

/* A device node acts when it is opened, and a FIFO waits; both may stand at any path of a tree. */
TEST(only_files_and_directories_of_a_tree_are_opened)
{
	static const char *const names[] = {"fifo", "device", "to-fifo", "to-device"};
	static const int flags[] = {O_RDONLY, O_WRONLY, O_RDONLY | O_NONBLOCK, O_RDWR};
	int top = root_open(&tree.root, "/", O_RDONLY | O_DIRECTORY);
	const dev_t device = device_of(top);
	char text[8];

	assert_int_equal(mkfifoat(tree.root.fd, "fifo", 0600), 0);
	/* An ordinary user cannot make one: a FIFO does for it. */
	if (mknodat(top, "device", S_IFCHR | 0600, makedev(1, 3)) < 0)
		assert_int_equal(mkfifoat(top, "device", 0600), 0);
	assert_int_equal(symlinkat("/fifo", top, "to-fifo"), 0);
	assert_int_equal(symlinkat("device", top, "to-device"), 0);
	for (int way = 0; way < 4; way++) {
		tree.root.no_openat2 = way & 1;
		tree.root.local = way & 2 ? device : 0;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			int as_name = i < 2 ? -EOPNOTSUPP : -ELOOP;

			for (size_t j = 0; j < ARRAY_SIZE(flags); j++)
				check_int(names[i], root_open(&tree.root, names[i], flags[j]),
					  -EOPNOTSUPP);
			check_int(names[i], attribute_read(&tree.root, top, names[i], text, 8),
				  as_name);
			check_int(names[i], root_write_attribute(&tree.root, top, names[i], "x"),
				  as_name);
			check_int(names[i], root_write_attribute(&tree.root, -1, names[i], "x"),
				  -EOPNOTSUPP);
		}
	}
	close(top);
}

TEST(root_is_a_directory)
{
	_cleanup_free_ char *file = xasprintf("%s/secret", tree.path);
	struct root root = {.fd = 4711};

	assert_int_equal(root_init(&root, file), -ENOTDIR);
	assert_int_equal(root_init(&root, "/nowhere/at/all"), -ENOENT);
	assert_int_equal(root.fd, 4711);
	assert_false(tree.root.live);
	assert_int_equal(root_init(&root, "/.."), 0);
	assert_true(root.live);
	assert_false(root.no_openat2);
	root_done(&root);
	assert_int_equal(root.fd, -1);
	root_done(&root);
}

TEST(files_are_read_up_to_a_limit)
{
	_cleanup_free_ char *large = xcalloc(50001, 1), *text = NULL, *untouched = NULL;
	size_t length = 0;

	memset(large, 'x', 50000);
	tree_file(&tree, "root/large", large);
	tree_bytes(&tree, "root/nul", "a\0b", 3);
	tree_file(&tree, "root/nothing-in-it", "");

	assert_int_equal(root_read_file(&tree.root, "/large", 50000, &text, &length), 0);
	assert_int_equal(length, 50000);
	assert_string_equal(text, large);
	free(TAKE_PTR(text));
	assert_int_equal(root_read_file(&tree.root, "/large", 49999, &untouched, &length), -EFBIG);
	assert_int_equal(root_read_file(&tree.root, "/large", 0, &untouched, &length), -EFBIG);
	assert_int_equal(root_read_file(&tree.root, "/missing", 9, &untouched, &length), -ENOENT);
	assert_int_equal(root_read_file(&tree.root, "/empty", 9, &untouched, &length), -EISDIR);
	assert_null(untouched);
	assert_int_equal(length, 50000);

	assert_int_equal(root_read_file(&tree.root, "/nul", 9, &text, &length), 0);
	assert_int_equal(length, 3);
	assert_memory_equal(text, "a\0b", 4);
	free(TAKE_PTR(text));
	assert_int_equal(root_read_file(&tree.root, "/nothing-in-it", 0, &text, NULL), 0);
	assert_string_equal(text, "");
}

TEST(directories_are_listed_in_order)
{
	struct strv names = {};

	assert_int_equal(root_list(&tree.root, "/empty", &names), 0);
	assert_int_equal(names.n, 0);
	tree_file(&tree, "root/list/b", "");
	tree_file(&tree, "root/list/.hidden", "");
	tree_dir(&tree, "root/list/a");
	tree_link(&tree, "root/list/B", "nowhere");
	assert_int_equal(root_list(&tree.root, "/list", &names), 0);
	assert_int_equal(names.n, 4);
	assert_string_equal(names.items[0], ".hidden");
	assert_string_equal(names.items[1], "B");
	assert_string_equal(names.items[2], "a");
	assert_string_equal(names.items[3], "b");
	assert_int_equal(root_list(&tree.root, "/etc/hosts", &names), -ENOTDIR);
	assert_int_equal(root_list(&tree.root, "/missing", &names), -ENOENT);
	assert_int_equal(names.n, 4);
	strv_done(&names);
}

TEST(link_names)
{
	static const struct {
		const char *path;
		size_t size;
		int r;
		const char *name;
	} rows[] = {
		{"/absolute", 16, 5, "hosts"},
		{"/to-file", 16, 4, "file"},
		{"/dangling", 16, 7, "nowhere"},
		{"/to-root", 16, 0, ""},
		{"/dangling", 8, 7, "nowhere"},
		{"/dangling", 7, 6, "nowher"},
		{"/dangling", 1, 0, ""},
		{"/etc/hosts", 16, -EINVAL, "untouched"},
		{"/empty", 16, -EINVAL, "untouched"},
		{"/missing", 16, -ENOENT, "untouched"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[16] = "untouched";

		check_int(rows[i].path,
			  root_read_link_name(&tree.root, rows[i].path, name, rows[i].size),
			  rows[i].r);
		check_text(rows[i].path, name, rows[i].name);
	}
}

TEST(links)
{
	char target[16];

	assert_int_equal(root_read_link(&tree.root, "/a/relative", target, sizeof(target)), 12);
	assert_string_equal(target, "../etc/hosts");
	assert_int_equal(root_read_link(&tree.root, "/a/relative", target, 7), 6);
	assert_string_equal(target, "../etc");
	assert_int_equal(root_read_link(&tree.root, "/empty", target, sizeof(target)), -EINVAL);
	assert_int_equal(root_read_link(&tree.root, "/missing", target, sizeof(target)), -ENOENT);
	assert_string_equal(target, "../etc");
}

TEST(attributes_are_read_with_one_read_by_plain_name)
{
	_cleanup_close_ int dir = -1;
	static const struct {
		const char *name, *content;
		int r;
		const char *text;
	} rows[] = {
		{"plain", "value", 5, "value"},
		{"newline", "value\n", 5, "value"},
		{"spaces", " a b \n \n", 4, " a b"},
		{"empty", "", 0, ""},
		{"only-newline", "\n", 0, ""},
		{"full", "123456789", 9, "123456789"},
		{"cut", "1234567890", 9, "123456789"},
		{"cut-at-space", "12345678  0", 8, "12345678"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *name = xasprintf("root/sys/%s", rows[i].name);

		tree_file(&tree, name, rows[i].content);
	}
	tree_link(&tree, "root/sys/link", "plain");
	tree_dir(&tree, "root/sys/directory");
	dir = root_open(&tree.root, "/sys", O_PATH | O_DIRECTORY);
	assert_true(dir >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[10];

		check_int(rows[i].name,
			  attribute_read(&tree.root, dir, rows[i].name, text, sizeof(text)),
			  rows[i].r);
		check_text(rows[i].name, text, rows[i].text);
	}

	char text[10] = "untouched";

	assert_int_equal(attribute_read(&tree.root, dir, "link", text, sizeof(text)), -ELOOP);
	assert_int_equal(attribute_read(&tree.root, dir, "missing", text, sizeof(text)), -ENOENT);
	assert_int_equal(attribute_read(&tree.root, dir, "directory", text, sizeof(text)), -EISDIR);
	assert_string_equal(text, "untouched");
	assert_int_equal(attribute_read_link_name(&tree.root, dir, "link", text, sizeof(text)), 5);
	assert_string_equal(text, "plain");
	assert_int_equal(attribute_read_link_name(&tree.root, dir, "plain", text, sizeof(text)),
			 -EINVAL);
	assert_int_equal(attribute_read_link_name(&tree.root, dir, "none", text, sizeof(text)),
			 -ENOENT);
	assert_string_equal(text, "plain");
}

TEST(bytes_of_an_attribute_are_left_as_they_are)
{
	_cleanup_close_ int dir = -1;
	char bytes[8] = "xxxxxxx";

	tree_bytes(&tree, "root/sys/config", "\0a \n", 4);
	dir = root_open(&tree.root, "/sys", O_PATH | O_DIRECTORY);
	assert_int_equal(attribute_read_bytes(&tree.root, dir, "config", bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "\0a \nxxx", 8);
	assert_int_equal(attribute_read_bytes(&tree.root, dir, "config", bytes, 2), 2);
	assert_int_equal(attribute_read_bytes(&tree.root, dir, "none", bytes, 2), -ENOENT);
}

TEST(attributes_are_written_and_never_made)
{
	_cleanup_free_ char *text = NULL;

	tree_file(&tree, "root/attribute", "old");
	assert_int_equal(root_write_attribute(&tree.root, -1, "/attribute", "vfio"), 0);
	assert_int_equal(root_read_file(&tree.root, "/attribute", 99, &text, NULL), 0);
	assert_string_equal(text, "vfio");
	assert_int_equal(root_write_attribute(&tree.root, -1, "/missing", "x"), -ENOENT);
	assert_int_equal(root_open(&tree.root, "/missing", O_RDONLY), -ENOENT);
	assert_int_equal(root_write_attribute(&tree.root, -1, "/empty", "x"), -EISDIR);
	assert_int_equal(root_write_attribute(&tree.root, -1, "/escape", "x"), -ENOENT);
}

TEST(attributes_are_written_by_plain_name)
{
	_cleanup_close_ int dir = root_open(&tree.root, "/a", O_PATH | O_DIRECTORY);
	_cleanup_free_ char *text = NULL;

	tree_file(&tree, "root/a/attribute", "old");
	tree_file(&tree, "root/attribute", "another's");
	/* What is kept open is another file, whatever its name. */
	root_keep_attribute(&tree.root, -1, "attribute");
	assert_int_equal(root_write_attribute(&tree.root, dir, "attribute", "vfio"), 0);
	root_keep_attribute(&tree.root, -1, NULL);
	text = root_read_text(&tree.root, "/a/attribute", 99);
	check_text("in the directory", text, "vfio");
	free(TAKE_PTR(text));
	text = root_read_text(&tree.root, "/attribute", 99);
	check_text("elsewhere", text, "another's");
	assert_int_equal(root_write_attribute(&tree.root, dir, "missing", "x"), -ENOENT);
	assert_int_equal(root_write_attribute(&tree.root, dir, "escape", "x"), -ELOOP);
}

TEST(refused_write_is_an_error)
{
	struct root host;

	assert_int_equal(root_init(&host, "/"), 0);
	assert_int_equal(root_write_attribute(&host, -1, "/dev/full", "x"), -ENOSPC);
	root_done(&host);
}

/* One that stays open takes each write from its beginning, as sysfs does; others are not touched. */
TEST(an_attribute_that_is_kept_open)
{
	_cleanup_free_ char *text = NULL, *other = NULL;
	static const char kept[] = "/kept";

	tree_file(&tree, "root/kept", "");
	tree_file(&tree, "root/other", "");
	root_keep_attribute(&tree.root, -1, "/nowhere");
	assert_int_equal(root_kept(&tree.root, -1, kept), -1);
	root_keep_attribute(&tree.root, -1, kept);
	assert_true(root_kept(&tree.root, -1, kept) >= 0);
	assert_int_equal(root_write_attribute(&tree.root, -1, "/kept", "first"), 0);
	assert_int_equal(root_write_attribute(&tree.root, -1, "/other", "other"), 0);
	assert_int_equal(root_write_attribute(&tree.root, -1, "/kept", "again"), 0);
	root_keep_attribute(&tree.root, -1, NULL);
	assert_int_equal(root_kept(&tree.root, -1, kept), -1);
	assert_int_equal(root_read_file(&tree.root, "/kept", 99, &text, NULL), 0);
	assert_string_equal(text, "again");
	assert_int_equal(root_read_file(&tree.root, "/other", 99, &other, NULL), 0);
	assert_string_equal(other, "other");
}

TEST(texts_and_lines)
{
	_cleanup_free_ char *text = NULL, *line = NULL, *last = NULL;

	tree_file(&tree, "root/two", "first \nsecond\n");
	tree_file(&tree, "root/one", "alone");
	tree_link(&tree, "root/link", "two");
	text = root_read_text(&tree.root, "/link", 14);
	check_text("text", text, "first \nsecond\n");
	assert_null(root_read_text(&tree.root, "/link", 13));
	line = root_read_line(&tree.root, "/two");
	check_text("line", line, "first ");
	last = root_read_line(&tree.root, "/one");
	check_text("line", last, "alone");
	assert_null(root_read_line(&tree.root, "/empty"));
	assert_null(root_read_text(&tree.root, "/dangling", 100));
	assert_true(root_exists(&tree.root, "/link"));
	assert_true(root_exists(&tree.root, "/empty"));
	assert_false(root_exists(&tree.root, "/dangling"));
	assert_false(root_exists(&tree.root, "/nowhere"));
}

TEST(where_something_lies)
{
	_cleanup_close_ int fd = -1, top = root_open(&tree.root, "/", O_PATH);
	_cleanup_free_ char *path = NULL, *of_root = root_path_of(&tree.root, top);

	fd = root_open(&tree.root, "/to-file", O_PATH);
	path = root_path_of(&tree.root, fd);
	check_text("file", path, "/a/b/c/file");
	check_text("root", of_root, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(openat2_resolves_inside, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(walk_resolves_inside, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(
			where_openat2_is_missing_or_forbidden_it_is_asked_once, make_tree,
			remove_tree),
		cmocka_unit_test_setup_teardown(openat2_is_tried_again_after_a_rename, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(walk_does_not_leak_descriptors, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(walk_follows_a_link_itself_with_o_path, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(very_deep_paths_end_with_an_error, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(the_root_is_never_among_the_first_descriptors,
						make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(a_file_that_changes_meanwhile, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(only_files_and_directories_of_a_tree_are_opened,
						make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(root_is_a_directory, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(files_are_read_up_to_a_limit, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(texts_and_lines, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(where_something_lies, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(directories_are_listed_in_order, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(link_names, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(links, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(attributes_are_read_with_one_read_by_plain_name,
						make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(bytes_of_an_attribute_are_left_as_they_are,
						make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(attributes_are_written_and_never_made, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(attributes_are_written_by_plain_name, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(an_attribute_that_is_kept_open, make_tree,
						remove_tree),
		cmocka_unit_test(refused_write_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
