/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_files.h"

#include "parse/kernel_args.h"
#include "support.h"

TEST(bootloader_done_twice)
{
	struct bootloader bootloader = {.kind = BOOTLOADER_GRUB,
					.next_path = xstrdup("x"),
					.cmdline = xstrdup("y")};

	kernel_args_parse("a b", &bootloader.next);
	kernel_args_parse("a", &bootloader.others);
	strv_add(&bootloader.ours, "b");
	bootloader_done(&bootloader);
	assert_int_equal(bootloader.kind, BOOTLOADER_NONE);
	assert_null(bootloader.next_path);
	bootloader_done(&bootloader);
	bootloader_done(NULL);
}

TEST(what_tells_of_the_next_boot)
{
	struct bootloader bootloader = {.source_path = "/etc/kernel/cmdline",
					.source_is_older = true};

	assert_string_equal(bootloader_path(&bootloader), "/etc/kernel/cmdline");
	assert_true(bootloader_is_older(&bootloader));
	bootloader.next_path = (char[]){"/boot/x"};
	assert_string_equal(bootloader_path(&bootloader), "/boot/x");
	assert_false(bootloader_is_older(&bootloader));
}

TEST(boot_entry_done_twice)
{
	struct boot_entry entry = {.kernel = xstrdup("a"),
				   .version = xstrdup("b"),
				   .arguments = xstrdup("c")};

	strv_add(&entry.initrds, "d");
	boot_entry_done(&entry);
	assert_null(entry.kernel);
	boot_entry_done(&entry);
}

TEST(rebuild_done_twice)
{
	struct rebuild rebuild = {.generator = GENERATOR_DRACUT,
				  .images = {.stale = xstrdup("a"), .newer_input = xstrdup("b")},
				  .entries = {.stale = xstrdup("a"), .newer_input = xstrdup("b")}};

	strv_add(&rebuild.images.paths, "a");
	strv_add(&rebuild.entries.paths, "a");
	strv_add(&rebuild.entry_files, "a");
	strv_add(&rebuild.kernels, "6.1");
	strv_add(&rebuild.kernels_unseen, "6.1");
	strv_add(&rebuild.kernel_paths, "/boot/vmlinuz-6.1");
	rebuild_done(&rebuild);
	assert_int_equal(rebuild.generator, GENERATOR_UNKNOWN);
	assert_null(rebuild.images.stale);
	assert_null(rebuild.entries.stale);
	rebuild_done(&rebuild);
	rebuild_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bootloader_done_twice),
		cmocka_unit_test(rebuild_done_twice),
		cmocka_unit_test(what_tells_of_the_next_boot),
		cmocka_unit_test(boot_entry_done_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
