/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/command.h"

#include <signal.h>

#include "base/buf.h"
#include "support.h"

static struct tree tree;
static struct buf heard;

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree.root.live = true;
	return 0;
}

static int stop(void **state _unused_)
{
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_it_says_and_how_it_ends, start, stop),
		cmocka_unit_test_setup_teardown(its_surroundings, start, stop),
		cmocka_unit_test_setup_teardown(long_lines_are_cut, start, stop),
		cmocka_unit_test_setup_teardown(what_it_leaves_behind, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_run, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
