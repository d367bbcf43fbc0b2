/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_entries.h"

#include "foreign.h"
#include "host/recorder.h"
#include "parse/kernel_args.h"

static struct tree tree;
static struct foreign foreign;
static struct bootloader bootloader;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	foreign_done(&foreign);
	bootloader_done(&bootloader);
	bootloader = (struct bootloader){};
	tree_done(&tree);
	return 0;
}

#define OTHER " (another entry is the default of the boot menu) idle\n"

static void write_entries(void)
{
	tree_file(&tree, "boot/loader/entries/a.conf", "options vfio-pci.ids=1:2\n");
	tree_file(&tree, "boot/loader/entries/b.conf",
		  "title b\noptions quiet vfio-pci.ids=1:2 pci-stub.ids=3:4\noptions "
		  "rd.driver.pre=vfio-pci pci-stub.ids=7:8\n");
	tree_file(&tree, "boot/loader/entries/c.conf.bak", "options vfio-pci.ids=9:9\n");
	tree_file(&tree, "etc/grub.d/40_custom",
		  "menuentry x {\n\tlinux /vmlinuz vfio-pci.ids=5:6\n}\n");
}

TEST(test_other_entries)
{
	struct recorder recorder = {};
	struct kernel_args args;
	bool a = false, b = false;

	write_entries();
	bootloader.next_path = xstrdup("/boot/loader/entries/a.conf");
	strv_add(&bootloader.ours, "rd.driver.pre=vfio-pci");
	kernel_args_parse("vfio-pci.ids=1:2 pci-stub.ids=7:8", &args);
	foreign_parse_arguments(&args, &foreign);
	kernel_args_done(&args);
	tree.root.recorder = &recorder;
	scan_foreign_entries(&tree.root, &bootloader, &foreign);
	tree.root.recorder = NULL;
	/* A snapshot has the files in which something was found. */
	vec_foreach(record, &recorder) {
		a = a ||
		    (strcmp(record->path, "boot/loader/entries/a.conf") == 0 && record->has_bytes);
		b = b ||
		    (strcmp(record->path, "boot/loader/entries/b.conf") == 0 && record->has_bytes);
	}
	assert_true(b && !a);
	recorder_done(&recorder);
	check_foreign_is(
		"entries", &foreign,
		"ids vfio-pci: 1:2 @kernel arguments\nids pci-stub: 7:8 @kernel arguments\n"
		"ids pci-stub: 3:4 @/boot/loader/entries/b.conf:2" OTHER
		"ids vfio-pci: 5:6 @/etc/grub.d/40_custom:2" OTHER);
}

/* Where the default is not known, none is another one. */
TEST(test_unknown_default)
{
	write_entries();
	scan_foreign_entries(&tree.root, &bootloader, &foreign);
	check_foreign_is("unknown", &foreign, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_other_entries, start, stop),
		cmocka_unit_test_setup_teardown(test_unknown_default, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
