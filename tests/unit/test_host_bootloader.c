/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bootloader.h"

#include "model/policy.h"
#include "support.h"

static struct tree tree;
static struct bootloader bootloader;

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "proc/stat", "cpu 1 2\nbtime 1000\n");
	return 0;
}

static int stop(void **state _unused_)
{
	bootloader_done(&bootloader);
	tree_done(&tree);
	return 0;
}

static void scan(const char *name)
{
	enum bootloader_kind kind;

	assert_true(bootloader_from_name(name, &kind));
	bootloader_done(&bootloader);
	scan_bootloader(&tree.root, kind, &bootloader);
}

static void program(const char *name)
{
	_cleanup_free_ char *path = tree_place(&tree, name);

	tree_file(&tree, name, "");
	assert_int_equal(chmod(path, 0755), 0);
}

static void check_args(const char *what, const struct kernel_args *args, const char *want)
{
	_cleanup_free_ char *text = xstrdup("");

	vec_foreach(arg, args) {
		char *longer = xasprintf("%s%s%s", text, *text ? " " : "", arg->text);

		free(text);
		text = longer;
	}
	check_text(what, text, want);
}

#define PVE "!usr/sbin/proxmox-boot-tool !usr/sbin/update-grub etc/default/grub boot/grub/grub.cfg "
#define PVE_ZFS PVE "etc/default/grub.d/zfs.cfg etc/kernel/cmdline etc/kernel/proxmox-boot-uuids"

/* Hosts by their files, of which programs have a '!' in front. */
TEST(detection)
{
	static const struct {
		const char *what, *files, *cmdline;
		enum bootloader_kind kind;
		const char *command, *manual; /* the file of the row; NULL: none */
	} rows[] = {
		{"nothing", "", "root=x", BOOTLOADER_NONE, NULL, NULL},
		{"Debian", "!usr/sbin/update-grub etc/default/grub etc/default/grub.d/a.cfg",
		 "BOOT_IMAGE=x", BOOTLOADER_GRUB, "update-grub", NULL},
		{"Debian while it is being installed",
		 "!usr/sbin/update-grub etc/default/grub.d/a.cfg", NULL, BOOTLOADER_GRUB,
		 "update-grub", NULL},
		{"Debian without drop-ins", "!usr/sbin/update-grub etc/default/grub",
		 "BOOT_IMAGE=x", BOOTLOADER_GRUB, "update-grub", NULL},
		{"Debian with systemd-boot, and GRUB's files left",
		 "!usr/sbin/update-grub !usr/bin/kernel-install etc/default/grub.d/a.cfg "
		 "lib/modules/6.1/x boot/efi/loader/entries/m-6.1.conf",
		 "initrd=\\m\\6.1\\initrd", BOOTLOADER_KERNEL_INSTALL, "kernel-install add", NULL},
		{"Proxmox without ZFS", PVE, "BOOT_IMAGE=x", BOOTLOADER_GRUB, "update-grub", NULL},
		{"Proxmox with ZFS and systemd-boot", PVE_ZFS, "initrd=\\EFI\\proxmox\\x",
		 BOOTLOADER_KERNEL_INSTALL, "proxmox-boot-tool refresh", NULL},
		{"Proxmox with ZFS and GRUB", PVE_ZFS, "BOOT_IMAGE=x", BOOTLOADER_GRUB,
		 "proxmox-boot-tool refresh", NULL},
		{"Proxmox, and not known what has started it", PVE_ZFS, NULL,
		 BOOTLOADER_KERNEL_INSTALL, "proxmox-boot-tool refresh", NULL},
		{"Proxmox with systemd-boot, and no line of its own",
		 PVE "etc/kernel/proxmox-boot-uuids etc/default/grub.d/a.cfg",
		 "initrd=\\EFI\\proxmox\\x", BOOTLOADER_KERNEL_INSTALL, "proxmox-boot-tool refresh",
		 NULL},
		{"Fedora", "!usr/sbin/grubby boot/loader/entries/m-6.1.conf boot/grub2/grub.cfg",
		 "BOOT_IMAGE=x", BOOTLOADER_GRUBBY, "grubby --update-kernel=ALL", NULL},
		{"Fedora without grubby",
		 "!usr/bin/kernel-install boot/loader/entries/m-6.1.conf boot/grub2/grub.cfg "
		 "lib/modules/6.1/x etc/default/grub",
		 "BOOT_IMAGE=x", BOOTLOADER_KERNEL_INSTALL, "kernel-install add", NULL},
		{"openSUSE",
		 "!usr/sbin/sdbootutil !usr/bin/kernel-install lib/modules/6.1/x "
		 "boot/efi/loader/entries/system-o-6.1-3.conf etc/default/grub",
		 "BOOT_IMAGE=x", BOOTLOADER_KERNEL_INSTALL, "sdbootutil mkinitrd", NULL},
		{"openSUSE with grub-mkconfig",
		 "!usr/sbin/grub2-mkconfig !usr/bin/kernel-install etc/default/grub "
		 "boot/grub2/grub.cfg",
		 "BOOT_IMAGE=x", BOOTLOADER_NONE, NULL, "/etc/default/grub"},
		{"Arch with GRUB", "!usr/bin/kernel-install etc/default/grub boot/grub/grub.cfg",
		 "BOOT_IMAGE=x", BOOTLOADER_NONE, NULL, "/etc/default/grub"},
		{"entries of a person", "!usr/bin/kernel-install efi/loader/entries/arch.conf",
		 "initrd=\\x", BOOTLOADER_NONE, NULL, NULL},
		{"entries of kernelstub",
		 "!usr/bin/kernel-install !usr/bin/kernelstub etc/kernelstub/configuration "
		 "etc/kernel/cmdline boot/efi/loader/entries/Pop_OS-current.conf",
		 "initrd=\\x", BOOTLOADER_NONE, NULL, "/etc/kernelstub/configuration"},
		{"entries of NixOS", "boot/loader/entries/nixos-generation-7.conf etc/NIXOS",
		 "initrd=\\x", BOOTLOADER_NONE, NULL, "/etc/NIXOS"},
		{"unified kernel images of a person",
		 "!usr/bin/kernel-install etc/kernel/cmdline efi/EFI/Linux/arch-linux.efi",
		 "root=x", BOOTLOADER_NONE, NULL, NULL},
		{"the system partition is not mounted",
		 "!usr/bin/kernel-install etc/kernel/cmdline", "initrd=\\x",
		 BOOTLOADER_KERNEL_INSTALL, "kernel-install add", NULL},
		{"rEFInd", "!usr/bin/kernel-install boot/refind_linux.conf etc/kernel/cmdline",
		 "initrd=boot\\x", BOOTLOADER_NONE, NULL, "/boot/refind_linux.conf"},
		{"Limine", "!usr/bin/kernel-install boot/limine.conf", "root=x", BOOTLOADER_NONE,
		 NULL, "/boot/limine.conf"},
		{"Alpine", "etc/update-extlinux.conf boot/extlinux.conf", "BOOT_IMAGE=x",
		 BOOTLOADER_NONE, NULL, "/etc/update-extlinux.conf"},
		{"U-Boot", "boot/extlinux/extlinux.conf etc/default/u-boot etc/default/grub.d/x",
		 "root=x", BOOTLOADER_NONE, NULL, "/etc/default/u-boot"},
		{"Raspberry Pi", "boot/firmware/cmdline.txt etc/default/grub.d/x", "root=x",
		 BOOTLOADER_NONE, NULL, "/boot/firmware/cmdline.txt"},
		{"Unraid", "boot/syslinux/syslinux.cfg", "BOOT_IMAGE=/bzimage initrd=/bzroot",
		 BOOTLOADER_NONE, NULL, "/boot/syslinux/syslinux.cfg"},
		{"ostree", "run/ostree-booted boot/loader/entries/ostree-1.conf", "BOOT_IMAGE=x",
		 BOOTLOADER_NONE, NULL, "/run/ostree-booted"},
		{"rpm-ostree",
		 "run/ostree-booted !usr/bin/rpm-ostree !usr/sbin/grubby "
		 "boot/loader/entries/ostree-1.conf",
		 "BOOT_IMAGE=x", BOOTLOADER_OSTREE, "rpm-ostree kargs", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(strv_done) struct strv files = {};
		const struct host_command *command;

		tree_done(&tree);
		tree_init(&tree);
		strv_split(&files, rows[i].files, " ");
		vec_foreach(file, &files)
			if (**file == '!')
				program(*file + 1);
			else
				tree_file(&tree, *file, "");
		if (rows[i].cmdline)
			tree_file(&tree, "proc/cmdline", rows[i].cmdline);
		scan("auto");
		check_int(rows[i].what, bootloader.kind, rows[i].kind);
		check_text(rows[i].what, bootloader.manual ? bootloader.manual->file : NULL,
			   rows[i].manual);
		command = &bootloaders[bootloader.kind]
				   .commands[bootloader_command(&tree.root, bootloader.kind)];
		check_text(rows[i].what, command->words, rows[i].command);
	}
	scan("none");
	assert_int_equal(bootloader.kind, BOOTLOADER_NONE);
	scan("grub");
	assert_int_equal(bootloader.kind, BOOTLOADER_GRUB);
}

TEST(grub)
{
	tree_file(&tree, "etc/default/grub",
		  "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	tree_file(&tree, "etc/default/grub.d/50-x.cfg",
		  "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT b\"\n");
	tree_file(&tree, "etc/default/grub.d/60-y.cfg.dpkg-old", "GRUB_CMDLINE_LINUX=\"no\"\n");
	tree_file(&tree, "etc/default/grub.d/99-vfio-prepare.cfg",
		  FILE_HEADER
		  "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT iommu=pt c=d\"\n");
	scan("auto");
	assert_true(bootloader.others_known);
	assert_null(bootloader.next_path);
	check_args("others", &bootloader.others, "a quiet b");
	assert_int_equal(bootloader.ours.n, 2);
	assert_string_equal(bootloader.ours.items[0], "iommu=pt");
	assert_string_equal(bootloader.ours.items[1], "c=d");

	tree_file(&tree, "boot/grub/grub.cfg",
		  "\tlinux /vmlinuz root=UUID=1 ro a quiet b iommu=pt\n");
	scan("auto");
	assert_string_equal(bootloader.next_path, "/boot/grub/grub.cfg");
	check_args("next", &bootloader.next, "root=UUID=1 ro a quiet b iommu=pt");
	assert_false(bootloader.next_is_older);

	/* What only a shell could follow: what the others have is what remains of the next boot's. */
	tree_file(&tree, "etc/default/grub.d/70-z.cfg", "GRUB_CMDLINE_LINUX=\"`cat /x`\"\n");
	scan("auto");
	assert_true(bootloader.others_known);
	check_args("others", &bootloader.others, "root=UUID=1 ro a quiet b");

	/* A file of that name that is not ours is one of the others'. */
	tree_remove(&tree, "etc/default/grub.d/70-z.cfg");
	tree_file(&tree, "etc/default/grub.d/99-vfio-prepare.cfg", "GRUB_CMDLINE_LINUX=\"mine\"\n");
	scan("auto");
	check_args("others", &bootloader.others, "mine quiet b");
	assert_int_equal(bootloader.ours.n, 0);
}

TEST(older_than_the_boot)
{
	struct timespec times[2] = {{.tv_sec = 999}, {.tv_sec = 999}};
	_cleanup_free_ char *path = NULL;

	tree_dir(&tree, "etc/default/grub.d");
	tree_file(&tree, "boot/grub/grub.cfg", "linux /vmlinuz a\n");
	path = tree_place(&tree, "boot/grub/grub.cfg");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	scan("auto");
	assert_true(bootloader.next_is_older);
	assert_int_equal(boot_time(&tree.root), 1000);
	tree_file(&tree, "proc/stat", "cpu 1 2\n");
	scan("auto");
	assert_false(bootloader.next_is_older);
	assert_int_equal(boot_time(&tree.root), -1);
}

/* The files of a snapshot are as young as it is: what they were is told. */
TEST(captured_age)
{
	tree_dir(&tree, "etc/default/grub.d");
	tree_file(&tree, "boot/grub/grub.cfg", "linux /vmlinuz a\n");
	tree_file(&tree, &SNAPSHOT_OLDER[1], "/boot/grub2/grub.cfg\n/boot/grub/grub.cfg\n");
	scan("auto");
	assert_true(bootloader.next_is_older);
	tree_file(&tree, &SNAPSHOT_OLDER[1], "/boot/grub2/grub.cfg\n");
	scan("auto");
	assert_false(bootloader.next_is_older);
}

TEST(entries)
{
	program("usr/sbin/grubby");
	tree_file(&tree, "boot/loader/entries/x-6.9.conf", "options old\n");
	tree_file(&tree, "boot/loader/entries/x-6.10.conf", "options $kernelopts iommu=pt a\n");
	tree_file(&tree, "boot/loader/entries/x-rescue-7.conf", "options rescue\n");
	tree_file(&tree, "boot/loader/entries/z.txt", "options text\n");
	tree_file(&tree, "boot/grub2/grubenv", "kernelopts=root=UUID=1\n");
	tree_file(&tree, "etc/vfio-prepare/kernel-arguments", FILE_HEADER "iommu=pt\n");
	scan("auto");
	assert_int_equal(bootloader.kind, BOOTLOADER_GRUBBY);
	assert_string_equal(bootloader.next_path, "/boot/loader/entries/x-6.10.conf");
	check_args("next", &bootloader.next, "root=UUID=1 iommu=pt a");
	check_args("others", &bootloader.others, "root=UUID=1 a");
	/* A file of others is not believed. */
	tree_file(&tree, "etc/vfio-prepare/kernel-arguments", "a\n");
	scan("auto");
	assert_int_equal(bootloader.ours.n, 0);
}

TEST(kernel_cmdline)
{
	program("usr/bin/kernel-install");
	tree_dir(&tree, "lib/modules/6.1");
	tree_file(&tree, "boot/loader/entries/x-6.1.conf", "options root=UUID=1 ro iommu=pt\n");
	tree_file(&tree, "etc/kernel/cmdline", "# mine\nroot=UUID=1 iommu=pt\nro b\n");
	tree_file(&tree, "etc/vfio-prepare/kernel-arguments", FILE_HEADER "iommu=pt\nc\n");
	scan("auto");
	assert_int_equal(bootloader.kind, BOOTLOADER_KERNEL_INSTALL);
	assert_true(bootloader.has_cmdline);
	check_args("others", &bootloader.others, "root=UUID=1 ro b");
	check_args("next", &bootloader.next, "root=UUID=1 ro iommu=pt");

	/* Words for init are not in the way of arguments. */
	static const char *const with_init[] = {"root=UUID=1 -- single\n",
						"root=UUID=1\t--\tsingle\n",
						"root=UUID=1\n-- single\n",
						"root=UUID=1 --",
						"--",
						"# mine\n-- x"};

	for (size_t i = 0; i < ARRAY_SIZE(with_init); i++) {
		tree_file(&tree, "etc/kernel/cmdline", with_init[i]);
		scan("auto");
		check_text(with_init[i], bootloader.cmdline, NULL);
	}

	/* What stands there is not known, and nothing else stands for it. */
	tree_remove(&tree, "etc/kernel/cmdline");
	tree_link(&tree, "etc/kernel/cmdline", "cmdline");
	tree_file(&tree, "proc/cmdline", "root=UUID=1\n");
	scan("auto");
	assert_null(bootloader.cmdline);
	check_text("why", bootloader.cmdline_unreadable,
		   "/etc/kernel/cmdline cannot be read: Too many levels of symbolic links");

	tree_remove(&tree, "etc/kernel/cmdline");
	tree_file(&tree, "proc/cmdline",
		  "BOOT_IMAGE=/vmlinuz initrd=\\x root=UUID=1 a=\"b c\" vfio_prepare.enable=0\n");
	scan("auto");
	assert_false(bootloader.has_cmdline);
	assert_string_equal(bootloader.cmdline, "root=UUID=1 a=\"b c\"\n");

	tree_file(&tree, "usr/lib/kernel/cmdline", "of the distribution\n");
	scan("auto");
	assert_string_equal(bootloader.cmdline, "of the distribution\n");
	tree_remove(&tree, "usr/lib/kernel/cmdline");
	tree_remove(&tree, "proc/cmdline");
	scan("auto");
	assert_null(bootloader.cmdline);
}

/* Where the partition that is booted from is not mounted, the file tells that its arguments are made of. */
TEST(what_nobody_looks_at)
{
	tree_file(&tree, "proc/cmdline", "initrd=\\x root=x iommu=pt");
	program("usr/sbin/proxmox-boot-tool");
	tree_file(&tree, "etc/kernel/proxmox-boot-uuids", "");
	tree_file(&tree, "etc/kernel/cmdline", "root=x iommu=pt");
	/* Not these. */
	tree_file(&tree, "boot/grub/grub.cfg", "linux /vmlinuz a\n");
	tree_file(&tree, "boot/loader/entries/x.conf", "options b\n");
	scan("auto");
	assert_null(bootloader.next_path);
	assert_string_equal(bootloader.source_path, "/etc/kernel/cmdline");
	assert_string_equal(bootloader_path(&bootloader), "/etc/kernel/cmdline");
	assert_false(bootloader_is_older(&bootloader) || bootloader.taken_over);
	tree_file(&tree, &SNAPSHOT_OLDER[1], "/etc/kernel/cmdline\n");
	scan("auto");
	assert_true(bootloader_is_older(&bootloader));
}

/* The images of the first kernel, from the root of the file system that has them. */
TEST(images_of_grub)
{
	static const char *const names[] = {"/boot/a.img", "/a.img", "/@/boot/a.img",
					    "/ROOT/x@/boot/a.img", "($root)/a.img"};

	tree_dir(&tree, "etc/default/grub.d");
	tree_file(&tree, "boot/a.img", "");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *text = xasprintf("linux /k x\ninitrd /gone %s\n", names[i]);

		tree_file(&tree, "boot/grub/grub.cfg", text);
		scan("auto");
		check_int(names[i], bootloader.next_images.n, 1);
		check_text(names[i], bootloader.next_images.items[0], "/boot/a.img");
	}
}

/* Without an entry the image of this boot is that of the next. */
TEST(image_of_this_boot)
{
	tree_file(&tree, "proc/cmdline", "initrd=\\EFI\\debian\\initrd.img root=x");
	tree_file(&tree, "boot/initrd.img-6.1", "");
	scan("auto");
	assert_int_equal(bootloader.next_images.n, 0);
	tree_file(&tree, "boot/efi/EFI/debian/initrd.img", "");
	scan("auto");
	assert_int_equal(bootloader.next_images.n, 1);
	assert_string_equal(bootloader.next_images.items[0], "/boot/efi/EFI/debian/initrd.img");
	tree_file(&tree, "boot/loader/entries/x.conf", "options b\ninitrd /initrd.img-6.1\n");
	scan("auto");
	assert_int_equal(bootloader.next_images.n, 1);
	assert_string_equal(bootloader.next_images.items[0], "/boot/initrd.img-6.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(detection, start, stop),
		cmocka_unit_test_setup_teardown(image_of_this_boot, start, stop),
		cmocka_unit_test_setup_teardown(grub, start, stop),
		cmocka_unit_test_setup_teardown(older_than_the_boot, start, stop),
		cmocka_unit_test_setup_teardown(captured_age, start, stop),
		cmocka_unit_test_setup_teardown(entries, start, stop),
		cmocka_unit_test_setup_teardown(kernel_cmdline, start, stop),
		cmocka_unit_test_setup_teardown(what_nobody_looks_at, start, stop),
		cmocka_unit_test_setup_teardown(images_of_grub, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
