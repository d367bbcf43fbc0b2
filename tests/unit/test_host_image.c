/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include "fake/archive.h"
#include "support.h"

static void check_problem(struct tree *tree, const char *problem, bool damaged)
{
	struct profile_file file = {.path = (char[]){"/etc/vfio-prepare/profile.conf"}};
	struct image image = {.path = xstrdup("/boot/image")};
	_cleanup_(strv_done) struct strv paths = {};

	strv_add(&paths, image.path);
	assert_true(image_read(&tree->root, &(struct profile_file_list){.items = &file, .n = 1},
			       &paths, INT64_MAX, &image));
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
	tree_file(&tree, "boot/image", "MZ");
	check_problem(&tree, "is a unified kernel image without an initramfs in it", false);
	tree_remove(&tree, "boot/image");
	tree_dir(&tree, "boot/image");
	check_problem(&tree, "is not a regular file", false);
	tree_done(&tree);
}

static void write_image(struct tree *tree, const char *name, struct buf *image)
{
	_cleanup_free_ char *path = tree_place(tree, name);
	FILE *stream;

	tree_file(tree, name, "");
	stream = fopen(path, "w");
	assert_non_null(stream);
	fwrite(image->text, 1, image->length, stream);
	fclose(stream);
	buf_done(image);
}

/* Files are unpacked one behind the other, and a unified image has its initramfs in it. */
TEST(several_files)
{
	struct image image = {};
	_cleanup_(strv_done) struct strv paths = {};
	struct buf first = {}, second = {};
	struct tree tree;

	tree_init(&tree);
	archive_add_microcode(&first);
	write_image(&tree, "boot/ucode.img", &first);
	archive_add_file(&second, "usr/sbin/vfio-prepare", "");
	archive_add_file(&second, "lib/modules/6.1/a.ko", "");
	archive_end(&second);
	archive_compress(&second, "gzip");
	archive_unify(&second, "quiet");
	write_image(&tree, "boot/x.efi", &second);
	strv_add(&paths, "/boot/ucode.img");
	strv_add(&paths, "/boot/x.efi");
	assert_true(image_read(&tree.root, &(struct profile_file_list){}, &paths, 0, &image));
	check_text("late", image.unknown, "cannot be read: Timer expired");
	image_done(&image);
	image = (struct image){.path = xstrdup("/boot/x.efi")};
	assert_true(
		image_read(&tree.root, &(struct profile_file_list){}, &paths, INT64_MAX, &image));
	assert_null(image.unknown);
	assert_true(image.has_tool);
	assert_string_equal(image.kernel, "6.1");
	image_done(&image);
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_opened_says_why),
		cmocka_unit_test(several_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
