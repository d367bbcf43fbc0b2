/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/program.h"

#include "support.h"

TEST(find)
{
	char path[PROGRAM_PATH_MAX];
	struct tree tree;
	_cleanup_free_ char *program = NULL;

	tree_init(&tree);
	assert_null(program_find(&tree.root, "tool", path));
	tree_dir(&tree, "usr/sbin/tool"); /* is no program */
	tree_file(&tree, "usr/bin/tool", "#!/bin/sh\n");
	assert_string_equal(program_find(&tree.root, "tool", path), "/usr/bin/tool");
	tree.root.live = true;
	assert_null(program_find(&tree.root, "tool", path));
	program = tree_place(&tree, "usr/bin/tool");
	assert_int_equal(chmod(program, 0755), 0);
	assert_string_equal(program_find(&tree.root, "tool", path), "/usr/bin/tool");
	/* On hosts whose directories are not merged. */
	tree_link(&tree, "sbin/other", "../usr/bin/tool");
	assert_string_equal(program_find(&tree.root, "other", path), "/sbin/other");
	assert_true(program_exists(&tree.root, "other"));
	assert_false(program_exists(&tree.root, "third"));
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(find)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
