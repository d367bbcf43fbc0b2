/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_entries.h"

#include "fake/archive.h"
#include "support.h"

static struct tree tree;
static struct boot_traces traces;
static struct boot_entries entries;

static int start(void **state _unused_)
{
	tree_init(&tree);
	traces = (struct boot_traces){};
	entries = (struct boot_entries){.root = &tree.root, .traces = &traces};
	return 0;
}

static int stop(void **state _unused_)
{
	boot_entries_done(&entries);
	tree_done(&tree);
	return 0;
}

static void unified(const char *name, const char *cmdline)
{
	_cleanup_free_ char *path = tree_place(&tree, name);
	struct buf image = {};
	FILE *stream;

	archive_unify(&image, cmdline);
	tree_file(&tree, name, "");
	stream = fopen(path, "w");
	assert_non_null(stream);
	fwrite(image.text, 1, image.length, stream);
	fclose(stream);
	buf_done(&image);
}

/* "PATH: ARGUMENTS [IMAGE...]" of the next one; "-": there is none. */
static void check_next(const char *what, const char *want)
{
	struct found_entry found = {};
	_cleanup_free_ char *got = NULL, *images = NULL;
	char *environment = TAKE_PTR(entries.environment);

	boot_entries_done(&entries);
	entries = (struct boot_entries){.root = &tree.root,
					.traces = &traces,
					.environment = environment};
	if (boot_entries_next(&entries, &found)) {
		images = strv_join(&found.images, " ");
		got = xasprintf("%s: %s [%s]", found.path,
				found.entry.arguments ? found.entry.arguments : "?", images);
	}
	check_text(what, got ? got : "-", want);
	found_entry_done(&found);
}

TEST(the_newest)
{
	check_next("nothing", "-");
	tree_file(&tree, "efi/loader/entries/m-0-rescue.conf", "options rescue\n");
	check_next("for rescue", "-");
	tree_dir(&tree, "lib/modules/6.9");
	tree_dir(&tree, "lib/modules/6.10");
	tree_file(&tree, "efi/loader/entries/m-6.9.conf", "options nine\nlinux /k\n");
	tree_file(&tree, "efi/loader/entries/m-6.10.conf",
		  "version 6.10\noptions ten\nlinux /k\ninitrd /m/6.10/initrd\ninitrd /gone\n");
	tree_file(&tree, "efi/m/6.10/initrd", "");
	check_next("as versions", "/efi/loader/entries/m-6.10.conf: ten [/efi/m/6.10/initrd]");
	/* What was started is an older one, and the next boot takes the newer. */
	traces.selected = (char[]){"m-6.9.conf"};
	check_next("the older runs", "/efi/loader/entries/m-6.10.conf: ten [/efi/m/6.10/initrd]");
	tree_file(&tree, "boot/loader/entries/a.conf", "options first\n");
	traces.selected = NULL;
	check_next("places in their order", "/boot/loader/entries/a.conf: first []");
}

TEST(the_default)
{
	tree_file(&tree, "efi/loader/entries/a.conf", "options a\n");
	tree_file(&tree, "efi/loader/entries/b-1.conf", "options b1\n");
	tree_file(&tree, "efi/loader/entries/b-2.conf", "options b2\n");
	tree_file(&tree, "efi/loader/loader.conf", "timeout 3\ndefault a\n");
	check_next("without its end", "/efi/loader/entries/a.conf: a []");
	tree_file(&tree, "efi/loader/loader.conf", "default b-*\n");
	check_next("a pattern", "/efi/loader/entries/b-2.conf: b2 []");
	tree_file(&tree, "efi/loader/loader.conf", "default @saved\n");
	traces.selected = (char[]){"b-1.conf"};
	check_next("the last one", "/efi/loader/entries/b-1.conf: b1 []");
	traces.preferred = (char[]){"a.conf"};
	check_next("a variable", "/efi/loader/entries/a.conf: a []");
	traces = (struct boot_traces){};
	tree_remove(&tree, "efi/loader/loader.conf");
	entries.environment = xstrdup("saved_entry=b-1\n");
	check_next("that of GRUB", "/efi/loader/entries/b-1.conf: b1 []");
}

/* Names of entries that are not those of kernels. */
TEST(the_one_that_runs)
{
	tree_file(&tree, "boot/efi/loader/entries/Pop_OS-current.conf",
		  "options now\ninitrd /EFI/Pop/initrd.img\n");
	tree_file(&tree, "boot/efi/loader/entries/Pop_OS-oldkern.conf",
		  "options before\ninitrd /EFI/Pop/initrd.img-previous\n");
	tree_file(&tree, "boot/efi/EFI/Pop/initrd.img", "");
	traces.initrd = (char[]){"/efi/pop/INITRD.IMG"};
	check_next(
		"by its image",
		"/boot/efi/loader/entries/Pop_OS-current.conf: now [/boot/efi/EFI/Pop/initrd.img]");
	traces.selected = (char[]){"Pop_OS-oldkern.conf"};
	check_next("by its name", "/boot/efi/loader/entries/Pop_OS-oldkern.conf: before []");
}

TEST(unified_images)
{
	unified("efi/EFI/Linux/arch-1.efi", "root=x one");
	unified("efi/EFI/Linux/arch-2.efi", "root=x two\n");
	check_next("the newest",
		   "/efi/EFI/Linux/arch-2.efi: root=x two  [/efi/EFI/Linux/arch-2.efi]");
	traces.image = (char[]){"/EFI/Linux/arch-1.efi"};
	check_next("the one that runs",
		   "/efi/EFI/Linux/arch-1.efi: root=x one [/efi/EFI/Linux/arch-1.efi]");
	/* What a snapshot has of one. */
	tree_file(&tree, "efi/EFI/Linux/arch-1.efi", "options root=x one\n");
	check_next("captured", "/efi/EFI/Linux/arch-1.efi: root=x one [/efi/EFI/Linux/arch-1.efi]");
	tree_file(&tree, "efi/EFI/Linux/arch-1.efi", "MZ");
	check_next("damaged", "/efi/EFI/Linux/arch-2.efi: root=x two  [/efi/EFI/Linux/arch-2.efi]");
}

TEST(signs)
{
	static const struct {
		const char *name;
		bool in_boot, laid_out, no_others;
	} rows[] = {
		{"boot/loader/x", false, false, true},
		{"efi/loader/entries/arch.conf", false, false, false},
		{"boot/loader/entries/arch.conf", true, false, false},
		{"boot/efi/EFI/Linux/m-6.1+3.efi", true, true, true},
	};

	tree_dir(&tree, "lib/modules/6.1");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_file(&tree, rows[i].name, "");
		boot_entries_done(&entries);
		entries = (struct boot_entries){.root = &tree.root, .traces = &traces};
		assert_true(boot_entries_fit(&entries, ENTRIES_ANY));
		check_int(rows[i].name, boot_entries_fit(&entries, ENTRIES_IN_BOOT),
			  rows[i].in_boot);
		check_int(rows[i].name, boot_entries_fit(&entries, ENTRIES_LAID_OUT),
			  rows[i].laid_out);
		check_int(rows[i].name, boot_entries_fit(&entries, ENTRIES_NO_OTHERS),
			  rows[i].no_others);
	}
}

/* Snapshots of entries that sdbootutil(8) and kernel-install(8) name. */
TEST(names_after_kernels)
{
	static const char *const names[] = {"m-6.1.conf", "m-6.1+2-1.conf", "system-o-6.1-33.conf"},
				 *const others[] = {"6.1.conf", "m-6.11.conf", "x6.1.conf"};

	tree_file(&tree, "proc/sys/kernel/osrelease", "6.1\n");
	for (size_t i = 0; i < ARRAY_SIZE(names) + ARRAY_SIZE(others); i++) {
		bool fits = i < ARRAY_SIZE(names);
		_cleanup_free_ char *path = xasprintf("efi/loader/entries/%s",
						      fits ? names[i]
							   : others[i - ARRAY_SIZE(names)]);

		tree_file(&tree, path, "");
		boot_entries_done(&entries);
		entries = (struct boot_entries){.root = &tree.root, .traces = &traces};
		check_int(path, boot_entries_fit(&entries, ENTRIES_LAID_OUT), fits);
		tree_remove(&tree, path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_newest, start, stop),
		cmocka_unit_test_setup_teardown(the_default, start, stop),
		cmocka_unit_test_setup_teardown(the_one_that_runs, start, stop),
		cmocka_unit_test_setup_teardown(unified_images, start, stop),
		cmocka_unit_test_setup_teardown(signs, start, stop),
		cmocka_unit_test_setup_teardown(names_after_kernels, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
