/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include "support.h"

static void check_problem(struct tree *tree, const char *problem, bool damaged)
{
	struct profile_file file = {.path = (char[]){"/etc/vfio-prepare/profile.conf"}};
	struct image image = {.path = xstrdup("/boot/image")};

	assert_true(image_read(&tree->root, &(struct profile_file_list){.items = &file, .n = 1},
			       &image));
	check_text(problem, image.unknown, problem);
	check_int(problem, image.damaged, damaged);
	assert_int_equal(image.profile.items[0].state, IMAGE_FILE_MISSING);
	image_done(&image);
}

TEST(what_cannot_be_opened_says_why)
{
	struct tree tree;

	tree_init(&tree);
	tree_dir(&tree, "boot");
	check_problem(&tree, "cannot be opened: No such file or directory", false);
	tree_file(&tree, "boot/image", "");
	check_problem(&tree, "is empty", true);
	tree_file(&tree, "boot/image", "0");
	check_problem(&tree, "ends in the middle of an archive", true);
	tree_remove(&tree, "boot/image");
	tree_dir(&tree, "boot/image");
	check_problem(&tree, "is not a regular file", false);
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_opened_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
