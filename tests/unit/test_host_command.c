/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: syscall */
#include "host/command.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "base/buf.h"
#include "support.h"

static struct tree tree;
static struct buf heard;

/* As a kernel before 5.3, which tells nobody that a process has ended. */
static bool no_pidfd;

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long values[6];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = va_arg(list, long);
	va_end(list);
	if (no_pidfd && number == SYS_pidfd_open) {
		errno = ENOSYS;
		return -1;
	}
	return __real_syscall(number, values[0], values[1], values[2], values[3], values[4],
			      values[5]);
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree.root.live = true;
	return 0;
}

static int start_on_old_kernel(void **state)
{
	no_pidfd = true;
	return start(state);
}

static int stop(void **state _unused_)
{
	no_pidfd = false;
	tree_done(&tree);
	buf_done(&heard);
	return 0;
}

static void hear(void *userdata _unused_, const char *text)
{
	buf_addf(&heard, "%s\n", text);
}

/* A program of the tree. */
static void script(const char *name, const char *text)
{
	_cleanup_free_ char *place = xasprintf("usr/sbin/%s", name), *path = NULL;

	tree_file(&tree, place, text);
	path = tree_place(&tree, place);
	assert_int_equal(chmod(path, 0755), 0);
}

static int run(const char *words)
{
	struct strv argv = {};
	int r;

	buf_done(&heard);
	strv_split(&argv, words, " ");
	r = command_run(&tree.root, &argv, hear, NULL);
	strv_done(&argv);
	return r;
}

TEST(what_it_says_and_how_it_ends)
{
	script("tool", "#!/bin/sh\necho \"$1,$2\"\necho to stderr >&2\nprintf 'no end'\nexit 3\n");
	assert_int_equal(run("tool a* $b"), 3);
	assert_string_equal(buf_text(&heard), "a*,$b\nto stderr\nno end\n");
	script("silent", "#!/bin/sh\n");
	assert_int_equal(run("silent"), 0);
	assert_string_equal(buf_text(&heard), "");
	script("killed", "#!/bin/sh\nkill -TERM $$\n");
	assert_int_equal(run("killed"), 128 + 15);
}

TEST(its_surroundings)
{
	setenv("SECRET", "x", 1);
	tree_file(&tree, "here", "");
	script("tool", "#!/bin/sh\ncat\nls here\necho \"$PATH $LC_ALL $HOME [$SECRET]\"\n");
	assert_int_equal(run("tool"), 0);
	assert_string_equal(buf_text(&heard),
			    "here\n/usr/sbin:/usr/bin:/sbin:/bin C.UTF-8 /root []\n");
}

/* What ends us no more ends it. */
TEST(its_signals)
{
	sigset_t held, before;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_BLOCK, &held, &before);
	signal(SIGPIPE, SIG_IGN);
	script("tool", "#!/bin/sh\nkill -$1 $$\n");
	check_int("held", run("tool INT"), 128 + SIGINT);
	check_int("ignored", run("tool PIPE"), 128 + SIGPIPE);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

TEST(long_lines_are_cut)
{
	script("tool", "#!/bin/sh\nhead -c 5000 /dev/zero | tr '\\0' x\n");
	assert_int_equal(run("tool"), 0);
	assert_int_equal(heard.length, 5000 + 2);
	assert_int_equal(strcspn(buf_text(&heard), "\n"), 4096);
}

/* A daemon that it starts keeps the pipe, and is not waited for. */
TEST(what_it_leaves_behind)
{
	script("tool", "#!/bin/sh\nsleep 60 &\necho $!\n");
	assert_int_equal(run("tool"), 0);
	assert_int_equal(kill(atoi(buf_text(&heard)), SIGKILL), 0);
}

TEST(what_cannot_be_run)
{
	const char *preloaded = getenv("LD_PRELOAD");
	int r;

	assert_int_equal(run("nothing"), -ENOENT);
	script("no-interpreter", "#!/nowhere/sh\n");
	r = run("no-interpreter");
	/* valgrind ends a child whose execve() fails, with a status of its own. */
	if (preloaded && strstr(preloaded, "vgpreload"))
		assert_int_not_equal(r, 0);
	else
		assert_int_equal(r, -ENOENT);
	tree.root.live = false;
	script("tool", "#!/bin/sh\n");
	assert_int_equal(run("tool"), -EOPNOTSUPP);
}

TEST(a_program_is_found)
{
	char path[PROGRAM_PATH_MAX];
	struct tree host;
	_cleanup_free_ char *program = NULL;

	tree_init(&host);
	assert_null(program_find(&host.root, "tool", path));
	tree_dir(&host, "usr/sbin/tool"); /* is no program */
	tree_file(&host, "usr/bin/tool", "#!/bin/sh\n");
	assert_string_equal(program_find(&host.root, "tool", path), "/usr/bin/tool");
	host.root.live = true;
	assert_null(program_find(&host.root, "tool", path));
	program = tree_place(&host, "usr/bin/tool");
	assert_int_equal(chmod(program, 0755), 0);
	assert_string_equal(program_find(&host.root, "tool", path), "/usr/bin/tool");
	/* On hosts whose directories are not merged. */
	tree_link(&host, "sbin/other", "../usr/bin/tool");
	assert_string_equal(program_find(&host.root, "other", path), "/sbin/other");
	assert_true(program_exists(&host.root, "other"));
	assert_false(program_exists(&host.root, "third"));
	tree_done(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_is_found),
		cmocka_unit_test_setup_teardown(what_it_says_and_how_it_ends, start, stop),
		cmocka_unit_test_setup_teardown(its_surroundings, start, stop),
		cmocka_unit_test_setup_teardown(its_signals, start, stop),
		cmocka_unit_test_setup_teardown(long_lines_are_cut, start, stop),
		cmocka_unit_test_setup_teardown(what_it_leaves_behind, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_run, start, stop),
		{"what_it_says_on_an_old_kernel", what_it_says_and_how_it_ends, start_on_old_kernel,
		 stop, NULL},
		{"what_it_leaves_behind_on_an_old_kernel", what_it_leaves_behind,
		 start_on_old_kernel, stop, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
