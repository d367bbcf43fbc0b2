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

/* Each row is one file more; what is found first wins. */
TEST(detection)
{
	static const struct {
		const char *file;
		bool program;
		enum bootloader_kind kind;
	} rows[] = {
		{"usr/bin/kernel-install", true, BOOTLOADER_NONE},
		{"etc/default/grub", false, BOOTLOADER_NONE},
		{"efi/loader/entries/a.conf", false, BOOTLOADER_KERNEL_INSTALL},
		{"etc/kernel/cmdline", false, BOOTLOADER_KERNEL_INSTALL},
		{"usr/sbin/update-grub", true, BOOTLOADER_GRUB},
		{"etc/default/grub.d/a.cfg", false, BOOTLOADER_GRUB},
		{"etc/kernel/proxmox-boot-uuids", false, BOOTLOADER_KERNEL_INSTALL},
		{"usr/sbin/grubby", true, BOOTLOADER_KERNEL_INSTALL},
		{"boot/loader/entries/a.conf", false, BOOTLOADER_GRUBBY},
		{"run/ostree-booted", false, BOOTLOADER_NONE},
		{"usr/bin/rpm-ostree", true, BOOTLOADER_OSTREE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].program)
			program(rows[i].file);
		else
			tree_file(&tree, rows[i].file, "");
		scan("auto");
		check_int(rows[i].file, bootloader.kind, rows[i].kind);
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
	tree_file(&tree, "boot/loader/entries/x.conf", "options root=UUID=1 ro iommu=pt\n");
	tree_file(&tree, "etc/kernel/cmdline", "# mine\nroot=UUID=1 iommu=pt\nro b\n");
	tree_file(&tree, "etc/vfio-prepare/kernel-arguments", FILE_HEADER "iommu=pt\nc\n");
	scan("auto");
	assert_int_equal(bootloader.kind, BOOTLOADER_KERNEL_INSTALL);
	assert_true(bootloader.has_cmdline);
	check_args("others", &bootloader.others, "root=UUID=1 ro b");
	check_args("next", &bootloader.next, "root=UUID=1 ro iommu=pt");

	/* Words for init are not in the way of arguments. */
	tree_file(&tree, "etc/kernel/cmdline", "root=UUID=1 -- single\n");
	scan("auto");
	assert_null(bootloader.cmdline);

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(detection, start, stop),
		cmocka_unit_test_setup_teardown(grub, start, stop),
		cmocka_unit_test_setup_teardown(older_than_the_boot, start, stop),
		cmocka_unit_test_setup_teardown(captured_age, start, stop),
		cmocka_unit_test_setup_teardown(entries, start, stop),
		cmocka_unit_test_setup_teardown(kernel_cmdline, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
