/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image_candidates.h"

#include "base/buf.h"
#include "support.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static struct tree tree;
static struct image_candidates candidates;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	image_candidates_done(&candidates);
	tree_done(&tree);
	return 0;
}

/* "PATH KERNEL\n" of what a place has in that form. */
static void check_found(const char *what, size_t place, enum image_form form, const char *want)
{
	struct buf buf = {};

	image_candidates_done(&candidates);
	image_candidates_find(&tree.root, place, &candidates);
	vec_foreach(candidate, &candidates)
		if (candidate->form == form && candidate->kernel)
			buf_addf(&buf, "%s %s%s\n", candidate->path, candidate->kernel,
				 candidate->has_kernel ? " too" : "");
	check_text(what, buf_text(&buf), want);
	buf_done(&buf);
}

TEST(beside_their_kernels)
{
	assert_int_equal(image_candidates_find(&tree.root, 0, &candidates), -ENOENT);
	tree_file(&tree, "boot/initrd.img-6.1", "");
	tree_file(&tree, "boot/initramfs-6.2.img", "");
	tree_file(&tree, "boot/initramfs-0-rescue-1.img", "");
	tree_file(&tree, "boot/initrd.img", "");
	tree_file(&tree, "boot/initrd-6.3", "");
	tree_file(&tree, "boot/vmlinuz-6.3", "");
	tree_file(&tree, "boot/initramfs-6.5.img", "");
	tree_file(&tree, "boot/kernel-6.5", "");
	tree_file(&tree, "boot/" TOKEN "/6.4/initrd", "");
	check_found("plain", 0, IMAGE_PLAIN,
		    "/boot/initramfs-6.2.img 6.2\n"
		    "/boot/initramfs-6.5.img 6.5 too\n"
		    "/boot/initrd-6.3 6.3 too\n"
		    "/boot/initrd.img-6.1 6.1\n");
	assert_false(image_candidates_have_kernel(&candidates, 0, "6.1"));
	assert_true(image_candidates_have_kernel(&candidates, 0, "6.3"));
	check_found("laid out", 0, IMAGE_ENTRY, "/boot/" TOKEN "/6.4/initrd 6.4\n");
}

TEST(entries)
{
	static const char *const files[] = {
		"efi/" TOKEN "/6.1/initrd",         "efi/" TOKEN "/6.1/linux",
		"efi/" TOKEN "/6.2/initrd.img-6.2", "efi/" TOKEN "/6.2/initrd.img-6.9",
		"efi/" TOKEN "/0-rescue/initrd",    "efi/" TOKEN "/new/initrd",
		"efi/" TOKEN "0/6.1/initrd",        "efi/debian/6.3/initrd",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		tree_file(&tree, files[i], "");
	check_found("another place", 0, IMAGE_ENTRY, "");
	check_found("the machine's id", 1, IMAGE_ENTRY,
		    "/efi/" TOKEN "/6.1/initrd 6.1\n"
		    "/efi/" TOKEN "/6.2/initrd.img-6.2 6.2\n");
	assert_int_equal(candidates.items[0].beside.n, 2);
	assert_string_equal(candidates.items[0].beside.items[1], "linux");
	/* Of no known kernel: the name is the directory's. */
	tree_file(&tree, "efi/" TOKEN "/linux-lts/initramfs-linux-lts", "");
	tree_file(&tree, "efi/" TOKEN "/linux-lts/initramfs-linux-lts-fallback", "");
	image_candidates_done(&candidates);
	image_candidates_find(&tree.root, 1, &candidates);
	assert_int_equal(candidates.n, 3);
	assert_string_equal(candidates.items[2].path,
			    "/efi/" TOKEN "/linux-lts/initramfs-linux-lts");
	assert_null(candidates.items[2].kernel);
	tree_file(&tree, "etc/kernel/entry-token", "debian\n");
	check_found("the host's own token", 1, IMAGE_ENTRY,
		    "/efi/" TOKEN "/6.1/initrd 6.1\n"
		    "/efi/" TOKEN "/6.2/initrd.img-6.2 6.2\n"
		    "/efi/debian/6.3/initrd 6.3\n");
	tree_file(&tree, "etc/kernel/entry-token", "\n");
	check_found("an empty token", 1, IMAGE_ENTRY,
		    "/efi/" TOKEN "/6.1/initrd 6.1\n"
		    "/efi/" TOKEN "/6.2/initrd.img-6.2 6.2\n");
}

TEST(unified)
{
	static const struct {
		const char *name, *kernel;
		bool other;
	} rows[] = {
		{TOKEN "-6.1.0-9-amd64.efi", "6.1.0-9-amd64", false},
		{TOKEN "-6.1.0-9-amd64+3.efi", "6.1.0-9-amd64", false},
		{TOKEN "-6.1.0-9-amd64+2-1.efi", "6.1.0-9-amd64", false},
		{TOKEN "-6.1.0+rpt.efi", "6.1.0+rpt", false},
		{"debian-6.1.efi", "6.1", false},
		{TOKEN "-6.1.efi.signed", NULL, false},
		{TOKEN "-6.1", NULL, false},
		{TOKEN "-rescue.efi", NULL, true},
		{TOKEN ".efi", NULL, true},
		{"linux-6.1.efi", NULL, true},
	};

	tree_file(&tree, "etc/kernel/entry-token", "debian\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf("boot/efi/EFI/Linux/%s", rows[i].name);
		_cleanup_free_ char *want = rows[i].kernel
						    ? xasprintf("/%s %s\n", path, rows[i].kernel)
						    : xstrdup("");

		tree_file(&tree, path, "");
		check_found(rows[i].name, 2, IMAGE_UNIFIED, want);
		check_int(rows[i].name, candidates.n, rows[i].kernel || rows[i].other);
		tree_remove(&tree, path);
	}
}

/* Each is found in its place, and the token is read for the first one only. */
TEST(several_places)
{
	tree_file(&tree, "etc/kernel/entry-token", "debian\n");
	tree_file(&tree, "boot/initrd.img-6.1", "");
	tree_file(&tree, "efi/debian/6.2/initrd", "");
	assert_int_equal(image_candidates_find(&tree.root, 0, &candidates), 0);
	tree_remove(&tree, "etc/kernel/entry-token");
	assert_int_equal(image_candidates_find(&tree.root, 1, &candidates), 0);
	assert_int_equal(candidates.n, 2);
	assert_int_equal(candidates.items[0].place, 0);
	assert_string_equal(candidates.items[0].path, "/boot/initrd.img-6.1");
	assert_int_equal(candidates.items[1].place, 1);
	assert_string_equal(candidates.items[1].path, "/efi/debian/6.2/initrd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beside_their_kernels, start, stop),
		cmocka_unit_test_setup_teardown(entries, start, stop),
		cmocka_unit_test_setup_teardown(unified, start, stop),
		cmocka_unit_test_setup_teardown(several_places, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
