/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rebuild.h"

#include "support.h"

static struct tree tree;
static struct rebuild rebuild;
static struct bootloader bootloader;

static void file_at(const char *name, time_t seconds)
{
	struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
	_cleanup_free_ char *path = tree_place(&tree, name);

	if (access(path, F_OK) < 0)
		tree_file(&tree, name, "x");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void program(const char *name)
{
	_cleanup_free_ char *path = tree_place(&tree, name);

	tree_file(&tree, name, "");
	assert_int_equal(chmod(path, 0755), 0);
}

/* A Debian host whose kernel was started at 1000, with two kernels and images of 500. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "proc/stat", "cpu 1 2\nintr 5\nctxt 1\nbtime 1000\nprocesses 7\n");
	program("usr/sbin/update-initramfs");
	tree_dir(&tree, "lib/modules/6.1");
	tree_dir(&tree, "lib/modules/6.2");
	file_at("boot/initrd.img-6.1", 500);
	file_at("boot/initrd.img-6.2", 500);
	file_at("boot/vmlinuz-6.1", 100);
	file_at("lib/modules/6.2/vmlinuz", 100);
	file_at("etc/vfio-prepare/profile.conf", 400);
	return 0;
}

static int stop(void **state _unused_)
{
	rebuild_done(&rebuild);
	bootloader_done(&bootloader);
	tree_done(&tree);
	return 0;
}

static void scan(void)
{
	rebuild_done(&rebuild);
	scan_rebuild(&tree.root, &bootloader, &rebuild);
}

TEST(all_is_up_to_date)
{
	scan();
	assert_int_equal(rebuild.generator, GENERATOR_INITRAMFS_TOOLS);
	assert_int_equal(rebuild.images.paths.n, 2);
	assert_null(rebuild.images.stale);
	assert_false(rebuild.newer_than_boot);
	assert_false(rebuild.drop_ins_newer || rebuild.command[BOOTLOADER_GRUB] ||
		     rebuild.command[BOOTLOADER_KERNEL_INSTALL]);
	assert_int_equal(rebuild.kernels.n, 2);
	assert_string_equal(rebuild.kernel_paths.items[0], "/boot/vmlinuz-6.1");
	assert_string_equal(rebuild.kernel_paths.items[1], "/lib/modules/6.2/vmlinuz");
}

TEST(an_input_is_newer)
{
	static const char *const inputs[] = {
		"etc/vfio-prepare/profile.conf",
		"etc/vfio-prepare/conf.d/a.conf",
		"usr/lib/vfio-prepare/conf.d/a.conf",
		"etc/modprobe.d/vfio-prepare.conf",
		"etc/udev/rules.d/05-vfio-prepare.rules",
		"usr/sbin/vfio-prepare",
		"etc/initramfs-tools/modules",
	};

	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		_cleanup_free_ char *directory =
			xasprintf("%.*s", (int)(strrchr(inputs[i], '/') - inputs[i]), inputs[i]);

		file_at(inputs[i], 600);
		file_at(directory, 100);
		scan();
		check_text(inputs[i], rebuild.images.stale, "/boot/initrd.img-6.1");
		check_text(inputs[i], rebuild.images.newer_input + 1, inputs[i]);
		file_at(inputs[i], 400);
		file_at(directory, 100);
		scan();
		check_text(inputs[i], rebuild.images.stale, NULL);
	}
}

/* That a file is gone shows in its directory. */
TEST(an_input_is_gone)
{
	tree_dir(&tree, "etc/modprobe.d");
	file_at("etc/modprobe.d", 600);
	scan();
	assert_string_equal(rebuild.images.newer_input, "/etc/modprobe.d");
}

/* A mask leads to /dev/null, which every boot makes anew. */
TEST(a_mask_is_as_old_as_its_directory)
{
	file_at("dev/null", 1000);
	tree_link(&tree, "etc/vfio-prepare/conf.d/a.conf", "/dev/null");
	file_at("etc/vfio-prepare/conf.d", 400);
	scan();
	assert_null(rebuild.images.stale);
	file_at("etc/vfio-prepare/conf.d", 600);
	scan();
	assert_string_equal(rebuild.images.newer_input, "/etc/vfio-prepare/conf.d");
}

TEST(one_image_is_new)
{
	file_at("etc/vfio-prepare/profile.conf", 1100);
	file_at("boot/initrd.img-6.1", 1200);
	scan();
	assert_true(rebuild.newer_than_boot);
	assert_string_equal(rebuild.images.stale, "/boot/initrd.img-6.2");
}

/* A kernel that update-initramfs does not look after keeps its old image for ever. */
TEST(an_image_of_another)
{
	tree_file(&tree, "var/lib/initramfs-tools/6.2", "");
	file_at("etc/vfio-prepare/profile.conf", 600);
	scan();
	assert_int_equal(rebuild.images.paths.n, 1);
	assert_string_equal(rebuild.images.stale, "/boot/initrd.img-6.2");
}

TEST(no_images)
{
	tree_remove(&tree, "boot/initrd.img-6.1");
	tree_remove(&tree, "boot/initrd.img-6.2");
	tree_remove(&tree, "usr/sbin/update-initramfs");
	program("usr/bin/dracut");
	scan();
	assert_int_equal(rebuild.generator, GENERATOR_DRACUT);
	assert_int_equal(rebuild.images.paths.n, 0);
	assert_false(rebuild.newer_than_boot);
	file_at("etc/vfio-prepare/profile.conf", 1100);
	scan();
	assert_true(rebuild.newer_than_boot);
	/* When the kernel was started is not known. */
	tree_remove(&tree, "proc/stat");
	scan();
	assert_false(rebuild.newer_than_boot);
}

#define TOKEN "0123456789abcdef0123456789abcdef"

/* The images that kernel-install has laid out for the boot loader, of kernels that are still there. */
TEST(entries)
{
	file_at("efi/" TOKEN "/6.1/initrd", 500);
	file_at("boot/efi/" TOKEN "/6.1/initrd.img-6.1", 300);
	file_at("efi/" TOKEN "/6.3/initrd", 300);
	file_at("efi/EFI/Linux/" TOKEN "-6.2+3.efi", 500);
	scan();
	assert_int_equal(rebuild.images.paths.n, 2);
	assert_int_equal(rebuild.entries.paths.n, 2);
	assert_string_equal(rebuild.entries.paths.items[0], "/efi/" TOKEN "/6.1/initrd");
	assert_string_equal(rebuild.entries.paths.items[1], "/efi/EFI/Linux/" TOKEN "-6.2+3.efi");
	assert_int_equal(rebuild.entry_files.n, 3);
	assert_string_equal(rebuild.entry_files.items[0], "/efi/" TOKEN "/6.1/initrd");
	assert_string_equal(rebuild.entry_files.items[1], "/boot/efi/" TOKEN "/6.1/initrd.img-6.1");
	assert_int_equal(rebuild.kernels_unseen.n, 0);
	assert_null(rebuild.entries.stale);
	assert_false(rebuild.newer_than_boot);
	file_at("etc/vfio-prepare/profile.conf", 600);
	file_at("efi/" TOKEN "/6.1/initrd", 1200);
	scan();
	assert_string_equal(rebuild.entries.stale, "/efi/EFI/Linux/" TOKEN "-6.2+3.efi");
	assert_string_equal(rebuild.entries.newer_input, "/etc/vfio-prepare/profile.conf");
	assert_true(rebuild.newer_than_boot);
}

/* With images that are old the next boot does not read the files themselves. */
TEST(entries_alone)
{
	tree_remove(&tree, "boot/initrd.img-6.1");
	tree_remove(&tree, "boot/initrd.img-6.2");
	file_at("etc/vfio-prepare/profile.conf", 1100);
	file_at("boot/" TOKEN "/6.1/initrd", 500);
	file_at("boot/" TOKEN "/6.1/linux", 500);
	file_at("boot/" TOKEN "/6.1/.vfio-prepare-linux", 500);
	scan();
	assert_int_equal(rebuild.entry_files.n, 2);
	assert_string_equal(rebuild.entry_files.items[1], "/boot/" TOKEN "/6.1/linux");
	assert_int_equal(rebuild.kernels_unseen.n, 1);
	assert_string_equal(rebuild.kernels_unseen.items[0], "6.2");
	assert_false(rebuild.newer_than_boot);
	assert_string_equal(rebuild.entries.stale, "/boot/" TOKEN "/6.1/initrd");
}

/* An image without a release in its name is known by the boot loader alone. */
TEST(what_the_boot_loader_starts)
{
	strv_add(&bootloader.next_images, "/boot/amd-ucode.img");
	strv_add(&bootloader.next_images, "/boot/initramfs-linux.img");
	file_at("boot/initramfs-linux.img", 300);
	scan();
	assert_int_equal(rebuild.images.paths.n, 2);
	tree_remove(&tree, "boot/initrd.img-6.1");
	tree_remove(&tree, "boot/initrd.img-6.2");
	scan();
	assert_int_equal(rebuild.images.paths.n, 1);
	assert_string_equal(rebuild.images.stale, "/boot/initramfs-linux.img");
	/* Where it is not known what is started, those that have a kernel beside them. */
	strv_done(&bootloader.next_images);
	scan();
	assert_int_equal(rebuild.images.paths.n, 0);
	file_at("boot/vmlinuz-linux", 300);
	scan();
	assert_int_equal(rebuild.images.paths.n, 1);
	/* What lays out kernels lays them out again. */
	bootloader.kind = BOOTLOADER_KERNEL_INSTALL;
	scan();
	assert_int_equal(rebuild.images.paths.n, 0);
	assert_string_equal(rebuild.entries.stale, "/boot/initramfs-linux.img");
	assert_int_equal(rebuild.entry_files.n, 1);
	bootloader.kind = BOOTLOADER_NONE;
	/* Nothing that apply would make. */
	tree_file(&tree, "run/ostree-booted", "");
	scan();
	assert_int_equal(rebuild.images.paths.n, 0);
}

TEST(boot_loaders)
{
	program("usr/sbin/update-grub");
	program("usr/sbin/proxmox-boot-tool");
	tree_dir(&tree, "etc/default/grub.d");
	file_at("boot/grub/grub.cfg", 700);
	file_at("etc/default/grub.d", 600);
	scan();
	assert_int_equal(rebuild.command[BOOTLOADER_GRUB], 1);
	assert_false(rebuild.command[BOOTLOADER_KERNEL_INSTALL] || rebuild.drop_ins_newer);
	file_at("etc/default/grub.d", 800);
	tree_file(&tree, "etc/kernel/proxmox-boot-uuids", "");
	scan();
	assert_true(rebuild.command[BOOTLOADER_KERNEL_INSTALL] && rebuild.drop_ins_newer);
	assert_string_equal(rebuild_command(&rebuild, BOOTLOADER_KERNEL_INSTALL)->words,
			    "proxmox-boot-tool refresh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_is_up_to_date, start, stop),
		cmocka_unit_test_setup_teardown(an_input_is_newer, start, stop),
		cmocka_unit_test_setup_teardown(an_input_is_gone, start, stop),
		cmocka_unit_test_setup_teardown(a_mask_is_as_old_as_its_directory, start, stop),
		cmocka_unit_test_setup_teardown(one_image_is_new, start, stop),
		cmocka_unit_test_setup_teardown(an_image_of_another, start, stop),
		cmocka_unit_test_setup_teardown(no_images, start, stop),
		cmocka_unit_test_setup_teardown(entries, start, stop),
		cmocka_unit_test_setup_teardown(entries_alone, start, stop),
		cmocka_unit_test_setup_teardown(what_the_boot_loader_starts, start, stop),
		cmocka_unit_test_setup_teardown(boot_loaders, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
