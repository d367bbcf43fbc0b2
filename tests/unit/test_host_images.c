/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/archive.h"
#include "host/images.h"
#include "parse/image.h"
#include "render/snapshot.h"
#include "support.h"

static struct tree tree;
static struct bootloader bootloader;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	bootloader_done(&bootloader);
	return 0;
}

/* Which images were looked into, "/boot/initrd.img-1 1\n"; "-" where nothing was searched. */
static char *found(const char *running)
{
	struct images images = {};
	struct buf buf = {};

	images_read(&tree.root, running, &bootloader, &images);
	if (!images.searched && !images.n)
		buf_add(&buf, "-");
	vec_foreach(image, &images)
		buf_addf(&buf, "%s %s\n", image->path, image->kernel ? image->kernel : "?");
	images_done(&images);
	return buf.text ? buf_take(&buf) : xstrdup("");
}

static void check_found(const char *what, const char *running, const char *wanted)
{
	_cleanup_free_ char *got = found(running);

	check_text(what, got, wanted);
}

/* A machine may boot over the network. */
TEST(without_the_kernel_there_is_no_place_for_one)
{
	check_found("nothing", "1.0", "-");
	tree_dir(&tree, "boot");
	check_found("empty", "1.0", "-");
	tree_file(&tree, "boot/vmlinuz-1.0", "");
	check_found("kernel", "1.0", "");
}

TEST(names)
{
	static const struct {
		const char *name, *kernel;
	} rows[] = {
		{"initrd.img-6.1.0-9-amd64", "6.1.0-9-amd64"},
		{"initramfs-6.1.0-9-amd64.img", "6.1.0-9-amd64"},
		{"initrd-6.1.0-9-amd64", "6.1.0-9-amd64"},
		{"initrd-6.1.0-9-amd64.img", "6.1.0-9-amd64"},
		{"initrd.img", NULL},
		{"initrd.img-", NULL},
		{"initrd.img.old", NULL},
		{"initramfs-0-rescue-1.img", NULL},
		{"initramfs-linux.img", NULL},
		{"my-initrd.img-6.1.0-9-amd64", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf("boot/%s", rows[i].name);
		_cleanup_free_ char *wanted = rows[i].kernel
						      ? xasprintf("/%s %s\n", path, rows[i].kernel)
						      : xstrdup("-");

		tree_file(&tree, path, "x");
		check_found(rows[i].name, "6.1.0-9-amd64", wanted);
		tree_remove(&tree, path);
	}
}

TEST(the_running_kernel_and_the_newest)
{
	static const char *const releases[] = {"6.1.0-9", "6.1.0-10", "6.1.0-100", "5.10.0-200"};

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		_cleanup_free_ char *image = xasprintf("boot/initrd.img-%s", releases[i]),
				    *kernel = xasprintf("boot/vmlinuz-%s", releases[i]);

		tree_file(&tree, image, "x");
		tree_file(&tree, kernel, "x");
	}
	/* It has no kernel. */
	tree_file(&tree, "boot/initrd.img-7.0", "x");
	check_found("older", "6.1.0-10",
		    "/boot/initrd.img-6.1.0-10 6.1.0-10\n/boot/initrd.img-6.1.0-100 6.1.0-100\n");
	check_found("newest", "6.1.0-100", "/boot/initrd.img-6.1.0-100 6.1.0-100\n");
	check_found("gone", "4.0", "/boot/initrd.img-6.1.0-100 6.1.0-100\n");
	check_found("without a kernel, but it runs", "7.0", "/boot/initrd.img-7.0 7.0\n");
}

#define TOKEN "0123456789abcdef0123456789abcdef"

TEST(other_places)
{
	tree_dir(&tree, "boot");
	tree_file(&tree, "efi/EFI/Linux/a.efi", "x");
	tree_file(&tree, "efi/EFI/Linux/b.efi", "x");
	check_found("unified", "1.0", "/efi/EFI/Linux/a.efi ?\n/efi/EFI/Linux/b.efi ?\n");
	tree_file(&tree, "boot/efi/" TOKEN "/1.0/initrd", "x");
	tree_file(&tree, "boot/efi/" TOKEN "/0-rescue/initrd", "x");
	tree_file(&tree, "boot/efi/" TOKEN "/2.0/linux", "x");
	tree_file(&tree, "boot/efi/other/2.0/initrd", "x");
	check_found("the system partition", "1.0", "/boot/efi/" TOKEN "/1.0/initrd 1.0\n");
	tree_file(&tree, "boot/" TOKEN "/1.0/initrd", "x");
	check_found("what is in /boot comes first", "1.0", "/boot/" TOKEN "/1.0/initrd 1.0\n");
}

TEST(the_profile_beside_that_of_the_host)
{
	struct images images = {};
	struct buf archive = {};
	_cleanup_free_ char *text = NULL, *path = xasprintf("%s/boot/initrd.img-1.0", tree.path);
	FILE *stream;

	tree_file(&tree, "etc/vfio-prepare/profile.conf", "a");
	tree_file(&tree, "etc/vfio-prepare/conf.d/x.conf", "b");
	tree_file(&tree, "etc/vfio-prepare/conf.d/.x.conf", "b");
	tree_file(&tree, "etc/vfio-prepare/conf.d/x.conf.old", "b");
	tree_link(&tree, "etc/vfio-prepare/conf.d/y.conf", "/dev/null");
	tree_file(&tree, "run/vfio-prepare/conf.d/z.conf", "c");
	tree_file(&tree, "usr/lib/vfio-prepare/conf.d/x.conf", "d");
	archive_add_file(&archive, "etc/vfio-prepare/profile.conf", "a");
	archive_add_file(&archive, "usr/lib/vfio-prepare/conf.d/x.conf", "e");
	archive_end(&archive);
	tree_dir(&tree, "boot");
	stream = fopen(path, "w");
	assert_non_null(stream);
	fwrite(archive.text, 1, archive.length, stream);
	fclose(stream);
	buf_done(&archive);
	images_read(&tree.root, "1.0", &bootloader, &images);
	text = render_images(&images);
	check_text("facts", text,
		   "image /boot/initrd.img-1.0\n"
		   "kernel 1.0\n"
		   "maker unknown\n"
		   "start none\n"
		   "missing /etc/vfio-prepare/conf.d/x.conf\n"
		   "missing /etc/vfio-prepare/conf.d/y.conf\n"
		   "same /etc/vfio-prepare/profile.conf\n"
		   "different /usr/lib/vfio-prepare/conf.d/x.conf\n");
	images_done(&images);
}

/* What the boot loader starts is judged, and that of the running kernel if it is another. */
TEST(what_the_boot_loader_starts)
{
	tree_file(&tree, "boot/initrd.img-1.0", "x");
	tree_file(&tree, "boot/vmlinuz-1.0", "x");
	tree_file(&tree, "boot/initrd.img-3.0", "x");
	tree_file(&tree, "boot/vmlinuz-3.0", "x");
	tree_file(&tree, "boot/efi/EFI/x/initrd.img", "x");
	strv_add(&bootloader.next_images, "/boot/efi/EFI/x/initrd.img");
	check_found("its kernel is not known", "1.0", "/boot/efi/EFI/x/initrd.img ?\n");
	bootloader.next_kernel = xstrdup("1.0");
	check_found("a copy", "1.0", "/boot/efi/EFI/x/initrd.img 1.0\n");
	free(bootloader.next_kernel);
	bootloader.next_kernel = xstrdup("2.0");
	check_found("another runs", "1.0",
		    "/boot/efi/EFI/x/initrd.img 2.0\n/boot/initrd.img-1.0 1.0\n");
}

/* As on Arch and Alpine; the kernel lies beside it, and one for rescue has none. */
TEST(names_without_a_release)
{
	tree_file(&tree, "boot/initramfs-linux.img", "x");
	tree_file(&tree, "boot/initramfs-linux-fallback.img", "x");
	tree_file(&tree, "boot/vmlinuz-linux", "x");
	tree_file(&tree, "boot/booster-linux-lts.img", "x");
	tree_file(&tree, "boot/vmlinuz-linux-lts", "x");
	tree_file(&tree, "boot/initramfs-virt", "x");
	tree_file(&tree, "boot/vmlinuz-virt", "x");
	check_found("all", "1.0",
		    "/boot/booster-linux-lts.img ?\n/boot/initramfs-linux.img ?\n"
		    "/boot/initramfs-virt ?\n");
}

TEST(a_snapshot_says_it)
{
	tree_file(&tree, "boot/initrd.img-1.0", "");
	tree_file(&tree, ".vfio-prepare/images", "searched\nimage /boot/x\nkernel 2.0\n");
	check_found("captured", "1.0", "/boot/x 2.0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_the_kernel_there_is_no_place_for_one, start,
						stop),
		cmocka_unit_test_setup_teardown(names, start, stop),
		cmocka_unit_test_setup_teardown(the_running_kernel_and_the_newest, start, stop),
		cmocka_unit_test_setup_teardown(other_places, start, stop),
		cmocka_unit_test_setup_teardown(the_profile_beside_that_of_the_host, start, stop),
		cmocka_unit_test_setup_teardown(what_the_boot_loader_starts, start, stop),
		cmocka_unit_test_setup_teardown(names_without_a_release, start, stop),
		cmocka_unit_test_setup_teardown(a_snapshot_says_it, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
