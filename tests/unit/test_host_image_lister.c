/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include "support.h"

static struct tree tree;

/* The tree stands for the running host. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	tree.root.live = true;
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static void program(const char *path, const char *text)
{
	_cleanup_free_ char *script = xasprintf("#!/bin/sh\n%s\n", text),
			    *full = xasprintf("%s/%s", tree.path, path);

	tree_file(&tree, path, script);
	assert_int_equal(chmod(full, 0755), 0);
}

static void check_named(const char *what, bool named, bool has_tool)
{
	struct image image = {.path = xstrdup("/boot/image")};

	image_list(&tree.root, &image);
	check_int(what, image.named, named);
	check_int(what, image.has_tool, has_tool);
	image_done(&image);
}

TEST(a_lister_is_asked_where_there_is_one)
{
	check_named("none", false, false);
	program("usr/bin/lsinitramfs", "[ \"$*\" = /boot/image ] && echo usr/sbin/vfio-prepare");
	check_named("lsinitramfs", true, true);
	program("usr/bin/lsinitramfs", "echo usr/sbin/vfio-prepare; exit 1");
	check_named("it failed", false, false);
	program("usr/bin/lsinitrd", "echo '-rw-r--r-- 1 root root 1 Jan 1 1970 usr/bin/sh'");
	check_named("the other did not", true, false);
	program("usr/bin/lsinitrd", "exit 0");
	check_named("it knew nothing", false, false);
	program("usr/bin/lsinitrd", "yes usr/bin/a/name/that/is/rather/long | head -n 200000");
	check_named("it knew more than there is room for", true, false);
}

TEST(below_another_root_no_program_runs)
{
	program("usr/bin/lsinitramfs", "echo usr/sbin/vfio-prepare");
	tree.root.live = false;
	check_named("a tree", false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_lister_is_asked_where_there_is_one, start, stop),
		cmocka_unit_test_setup_teardown(below_another_root_no_program_runs, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
