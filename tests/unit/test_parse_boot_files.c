/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/boot_files.h"

#include "support.h"

TEST(grub_default)
{
	static const struct {
		const char *first, *second; /* two files, one after the other */
		const char *linux_, *linux_default;
		bool unclear;
	} rows[] = {
		{"", "", NULL, NULL, false},
		{"GRUB_CMDLINE_LINUX=\"a b\"\nGRUB_CMDLINE_LINUX_DEFAULT=quiet\n", "", "a b",
		 "quiet", false},
		{"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n",
		 "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT x\"\n", NULL, "quiet x",
		 false},
		{"GRUB_CMDLINE_LINUX='a'\n", "GRUB_CMDLINE_LINUX=\"${GRUB_CMDLINE_LINUX} b\"",
		 "a b", NULL, false},
		{"GRUB_CMDLINE_LINUX=a\\ b\"c\"'d' # comment\n", "", "a bcd", NULL, false},
		{"GRUB_CMDLINE_LINUX=\"a \\\"b c\\\" \\$x \\y\"\n", "", "a \"b c\" $x \\y", NULL,
		 false},
		{"  export GRUB_CMDLINE_LINUX=\"a\nb\"\nGRUB_TIMEOUT=5\n", "", "a\nb", NULL, false},
		{"# GRUB_CMDLINE_LINUX=x\n#GRUB_CMDLINE_LINUX_DEFAULT=y\n", "", NULL, NULL, false},
		{"GRUB_CMDLINE_LINUX_RECOVERY=\"x\"\nGRUB_DISTRIBUTOR=`lsb_release -i -s`\n", "",
		 NULL, NULL, false},
		{"GRUB_CMDLINE_LINUX=\n", "", "", NULL, false},
		/* only a shell could tell */
		{"GRUB_CMDLINE_LINUX=$(cat x)\n", "", NULL, NULL, true},
		{"GRUB_CMDLINE_LINUX=\"`cat x`\"\n", "", NULL, NULL, true},
		{"GRUB_CMDLINE_LINUX=\"$OTHER\"\n", "", NULL, NULL, true},
		{"GRUB_CMDLINE_LINUX=\"a\n", "", NULL, NULL, true},
		{"GRUB_CMDLINE_LINUX=a command\n", "", NULL, NULL, true},
		{"if true; then\nGRUB_CMDLINE_LINUX=a\nfi\n", "", NULL, NULL, true},
		{"[ x ] && GRUB_CMDLINE_LINUX=a\n", "", NULL, NULL, true},
		{"GRUB_CMDLINE_LINUX+=a\n", "", NULL, NULL, true},
		{"if true; then\nGRUB_TIMEOUT=1\nfi\nGRUB_CMDLINE_LINUX=a\n", "", "a", NULL, false},
		{"GRUB_CMDLINE_LINUX=\"${GRUB_CMDLINE_LINUX\"\n", "", NULL, NULL, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct grub_default grub = {};

		grub_default_read(&grub, rows[i].first);
		grub_default_read(&grub, rows[i].second);
		check_text(rows[i].first, grub.cmdline[GRUB_LINUX], rows[i].linux_);
		check_text(rows[i].first, grub.cmdline[GRUB_LINUX_DEFAULT], rows[i].linux_default);
		check_int(rows[i].first, grub.unclear, rows[i].unclear);
		grub_default_done(&grub);
	}
}

TEST(grub_cfg)
{
	static const struct {
		const char *text, *arguments;
	} rows[] = {
		{"", NULL},
		{"set default=0\nlinux_something /x a\n", NULL},
		{"menuentry 'Debian' {\n\tlinux\t/boot/vmlinuz-6.1 root=UUID=1 ro  quiet\n\tinitrd /x\n}\n"
		 "menuentry 'recovery' {\n\tlinux /boot/vmlinuz-6.1 root=UUID=1 ro single\n}\n",
		 "root=UUID=1 ro  quiet"},
		{"linuxefi /vmlinuz a", "a"},
		{"linux16 /vmlinuz\n", ""},
		{" linux /boot/memtest86+x64.bin console=ttyS0\n linux /vmlinuz a\n", "a"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(boot_entry_done) struct boot_entry entry = {};

		check_int(rows[i].text, grub_cfg_entry(rows[i].text, &entry),
			  rows[i].arguments != NULL);
		check_text(rows[i].text, entry.arguments, rows[i].arguments);
	}
}

TEST(loader_entry)
{
	static const struct {
		const char *text, *environment, *arguments;
	} rows[] = {
		{"title Fedora\nlinux /vmlinuz\n", NULL, NULL},
		{"title x\noptions root=UUID=1 ro quiet\nlinux /vmlinuz\n", NULL,
		 "root=UUID=1 ro quiet"},
		{"options a\noptions\tb c\n", NULL, "a b c"},
		{"options\n", NULL, ""},
		{"options $kernelopts $tuned_params x\n",
		 "# GRUB Environment Block\nkernelopts=root=UUID=1 ro\nboot_success=1\n",
		 "root=UUID=1 ro  x"},
		{"options $kernelopts x\n", NULL, " x"},
		{"options cost=5$ $\n", "cost=1\n", "cost=5$ $"},
		{"optionsx a\n", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(boot_entry_done) struct boot_entry entry = {};

		loader_entry_parse(rows[i].text, rows[i].environment, &entry);
		check_text(rows[i].text, entry.arguments, rows[i].arguments);
	}
}

static void check_initrds(const char *what, const struct boot_entry *entry, const char *want)
{
	_cleanup_free_ char *initrds = strv_join(&entry->initrds, " ");

	check_text(what, initrds, want);
}

TEST(what_is_started)
{
	static const struct {
		const char *text, *kernel, *initrds;
	} rows[] = {
		{"menuentry 'a' {\n\tlinux /vmlinuz-linux ro\n\techo x\n"
		 "\tinitrd /amd-ucode.img /initramfs-linux.img\n}\n"
		 "menuentry 'b' {\n\tlinux /x\n\tinitrd /y\n}\n",
		 "/vmlinuz-linux", "/amd-ucode.img /initramfs-linux.img"},
		{"menuentry 'no image' {\n\tlinux /a ro\n}\nmenuentry 'b' {\n\tlinux /b\n"
		 "\tinitrd /c\n}\n",
		 "/a", ""},
		{"initrd /early\nlinuxefi /a\ninitrdefi /b\n", "/a", "/b"},
		{"module2 /x\nmenuentry 'Xen' {\n\tmultiboot2 /xen.gz dom0_mem=4G\n"
		 "\tmodule2 /vmlinuz ro xen-pciback.hide=(01:00.0)\n"
		 "\tmodule2 --nounzip /initrd\n}\nmenuentry 'b' {\n\tlinux /b\n}\n",
		 "/vmlinuz", "/initrd"},
		{"set x=1\n", NULL, ""},
	};
	struct boot_entry entry = {};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].text, grub_cfg_entry(rows[i].text, &entry),
			  rows[i].kernel != NULL);
		check_text(rows[i].text, entry.kernel, rows[i].kernel);
		check_initrds(rows[i].text, &entry, rows[i].initrds);
		boot_entry_done(&entry);
	}
	assert_true(loader_entry_parse("title x\r\nversion 12@6.1.0-1\r\nlinux /k\r\ninitrd /a.img\r\n"
				       "initrd\t/b.img\n",
				       NULL, &entry));
	assert_string_equal(entry.version, "6.1.0-1");
	assert_string_equal(entry.kernel, "/k");
	assert_null(entry.arguments);
	check_initrds("several lines", &entry, "/a.img /b.img");
	boot_entry_done(&entry);
	assert_true(loader_entry_parse("uki /EFI/Linux/a.efi\n", NULL, &entry));
	assert_string_equal(entry.kernel, "/EFI/Linux/a.efi");
	boot_entry_done(&entry);
	assert_false(loader_entry_parse("title x\nversion 1\n", NULL, &entry));
}

TEST(which_one)
{
	static const struct {
		const char *text, *pattern;
	} rows[] = {
		{"timeout 3\ndefault arch.conf\n", "arch.conf"},
		{"#default no\ndefault\tPop_OS-* \r\n", "Pop_OS-*"},
		{"default a\ndefault b\n", "b"},
		{"defaults a\n", NULL},
		{"", NULL},
	};
	_cleanup_free_ char *saved = grub_environment_value("# GRUB\nx=1\nsaved_entry=a-6.1\n",
							    "saved_entry");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *pattern = loader_conf_default(rows[i].text);

		check_text(rows[i].text, pattern, rows[i].pattern);
	}
	assert_string_equal(saved, "a-6.1");
	assert_null(grub_environment_value("saved_entryx=1\n", "saved_entry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grub_default), cmocka_unit_test(grub_cfg),
		cmocka_unit_test(loader_entry), cmocka_unit_test(what_is_started),
		cmocka_unit_test(which_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
