/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/booted.h"

#include "support.h"

static struct tree tree;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

/* Four bytes of attributes, and UTF-16. */
static void variable(const char *name, const char *value)
{
	_cleanup_free_ char *path = xasprintf("%s/sys/firmware/efi/efivars/"
					      "%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
					      tree.path, name);
	FILE *stream;

	tree_dir(&tree, "sys/firmware/efi/efivars");
	stream = fopen(path, "w");
	assert_non_null(stream);
	fwrite("\6\0\0\0", 1, 4, stream);
	for (const char *c = value; *c; c++) {
		putc(*c, stream);
		putc(0, stream);
	}
	fwrite("\0\0", 1, 2, stream);
	fclose(stream);
}

static enum booted by(void)
{
	struct boot_traces traces;
	enum booted by;

	boot_traces_read(&tree.root, &traces);
	by = traces.by;
	boot_traces_done(&traces);
	return by;
}

TEST(command_lines)
{
	static const struct {
		const char *cmdline, *file;
		enum booted by;
	} rows[] = {
		{"root=/dev/sda1", NULL, BOOTED_UNKNOWN},
		{"BOOT_IMAGE=/vmlinuz root=/dev/sda1", "etc/default/grub", BOOTED_GRUB},
		{"BOOT_IMAGE=/vmlinuz root=/dev/sda1", "boot/grub2/grub.cfg", BOOTED_GRUB},
		/* As of PXELINUX. */
		{"BOOT_IMAGE=/vmlinuz root=/dev/sda1", NULL, BOOTED_UNKNOWN},
		{"initrd=\\EFI\\x\\initrd root=/dev/sda1", "etc/default/grub", BOOTED_ENTRIES},
		{"initrd=boot\\initrd root=/dev/sda1", "boot/refind_linux.conf", BOOTED_OTHER},
		{"initrd=/initrd root=/dev/sda1", NULL, BOOTED_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_file(&tree, "proc/cmdline", rows[i].cmdline);
		if (rows[i].file)
			tree_file(&tree, rows[i].file, "");
		check_int(rows[i].cmdline, by(), rows[i].by);
		if (rows[i].file)
			tree_remove(&tree, rows[i].file);
	}
}

TEST(variables)
{
	struct boot_traces traces;

	tree_file(&tree, "proc/cmdline", "root=/dev/sda1");
	variable("LoaderInfo", "systemd-boot 257");
	assert_int_equal(by(), BOOTED_ENTRIES);
	variable("LoaderInfo", "GRUB 2.12");
	assert_int_equal(by(), BOOTED_GRUB);
	variable("LoaderInfo", "rEFInd 0.14.2");
	assert_int_equal(by(), BOOTED_OTHER);
	/* A boot manager in front of GRUB. */
	tree_file(&tree, "proc/cmdline", "BOOT_IMAGE=/vmlinuz");
	tree_file(&tree, "etc/default/grub", "");
	assert_int_equal(by(), BOOTED_GRUB);
	variable("LoaderInfo", "systemd-boot 257");
	variable("LoaderEntrySelected", "arch.conf");
	variable("LoaderEntryDefault", "arch-*");
	variable("StubInfo", "systemd-stub 257");
	variable("LoaderImageIdentifier", "\\EFI\\Linux\\arch.efi");
	tree_file(&tree, "proc/cmdline", "initrd=\\a initrd=\\EFI\\b");
	boot_traces_read(&tree.root, &traces);
	assert_int_equal(traces.by, BOOTED_ENTRIES);
	assert_string_equal(traces.selected, "arch.conf");
	assert_string_equal(traces.preferred, "arch-*");
	assert_string_equal(traces.image, "/EFI/Linux/arch.efi");
	assert_string_equal(traces.initrd, "/EFI/b");
	boot_traces_done(&traces);
}

/* A unified kernel image that the firmware has started. */
TEST(a_stub_alone)
{
	variable("StubInfo", "systemd-stub 257");
	assert_int_equal(by(), BOOTED_ENTRIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(command_lines, start, stop),
		cmocka_unit_test_setup_teardown(variables, start, stop),
		cmocka_unit_test_setup_teardown(a_stub_alone, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
