/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bootloader.h"

#include "parse/kernel_args.h"
#include "support.h"

TEST(done_twice)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(done_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
