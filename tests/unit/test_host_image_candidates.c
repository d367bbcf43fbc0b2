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

/* "PATH KERNEL\n" of each; forgets them. */
static void check_found(const char *what, const char *want)
{
	struct buf buf = {};

	vec_foreach(candidate, &candidates)
		buf_addf(&buf, "%s %s\n", candidate->path, candidate->kernel);
	check_text(what, buf_text(&buf), want);
	buf_done(&buf);
	image_candidates_done(&candidates);
}

TEST(beside_their_kernels)
{
	bool searched = false;

	assert_int_equal(image_candidates_find(&tree.root, "/boot", "6.1", &searched, &candidates),
			 -ENOENT);
	tree_file(&tree, "boot/initrd.img-6.1", "");
	tree_file(&tree, "boot/initramfs-6.2.img", "");
	tree_file(&tree, "boot/initrd-6.3", "");
	tree_file(&tree, "boot/vmlinuz-6.3", "");
	tree_file(&tree, "boot/" TOKEN "/6.4/initrd", "");
	assert_int_equal(image_candidates_find(&tree.root, "/boot", "6.1", &searched, &candidates),
			 0);
	assert_false(searched);
	check_found("a kernel that is gone has none", "/boot/initrd-6.3 6.3\n"
						      "/boot/initrd.img-6.1 6.1\n"
						      "/boot/" TOKEN "/6.4/initrd 6.4\n");
	assert_int_equal(image_candidates_find(&tree.root, "/boot", "6.3", &searched, &candidates),
			 0);
	assert_true(searched);
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
	image_candidates_find_entries(&tree.root, "/boot", &candidates);
	check_found("another place", "");
	image_candidates_find_entries(&tree.root, "/efi", &candidates);
	check_found("the machine's id", "/efi/" TOKEN "/6.1/initrd 6.1\n"
					"/efi/" TOKEN "/6.2/initrd.img-6.2 6.2\n");
	tree_file(&tree, "etc/kernel/entry-token", "debian\n");
	image_candidates_find_entries(&tree.root, "/efi", &candidates);
	check_found("the host's own token", "/efi/" TOKEN "/6.1/initrd 6.1\n"
					    "/efi/" TOKEN "/6.2/initrd.img-6.2 6.2\n"
					    "/efi/debian/6.3/initrd 6.3\n");
	tree_file(&tree, "etc/kernel/entry-token", "\n");
	image_candidates_find_entries(&tree.root, "/efi", &candidates);
	assert_int_equal(candidates.n, 2);
}

TEST(unified)
{
	static const struct {
		const char *name, *kernel;
	} rows[] = {
		{TOKEN "-6.1.0-9-amd64.efi", "6.1.0-9-amd64"},
		{TOKEN "-6.1.0-9-amd64+3.efi", "6.1.0-9-amd64"},
		{TOKEN "-6.1.0-9-amd64+2-1.efi", "6.1.0-9-amd64"},
		{TOKEN "-6.1.0+rpt.efi", "6.1.0+rpt"},
		{"debian-6.1.efi", "6.1"},
		{TOKEN "-6.1.efi.signed", NULL},
		{TOKEN "-6.1", NULL},
		{TOKEN "-rescue.efi", NULL},
		{TOKEN ".efi", NULL},
		{"linux-6.1.efi", NULL},
	};

	tree_file(&tree, "etc/kernel/entry-token", "debian\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf("boot/efi/EFI/Linux/%s", rows[i].name);
		_cleanup_free_ char *want = rows[i].kernel
						    ? xasprintf("/%s %s\n", path, rows[i].kernel)
						    : xstrdup("");

		tree_file(&tree, path, "");
		image_candidates_find_unified(&tree.root, "/boot/efi", &candidates);
		check_found(rows[i].name, want);
		tree_remove(&tree, path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beside_their_kernels, start, stop),
		cmocka_unit_test_setup_teardown(entries, start, stop),
		cmocka_unit_test_setup_teardown(unified, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
