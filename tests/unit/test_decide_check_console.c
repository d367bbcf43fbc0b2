/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

static void add_console(const char *name, const char *on)
{
	struct console *console = vec_add(&inventory.platform.consoles);

	*console = (struct console){.name = xstrdup(name)};
	if (on)
		*vec_add(&console->carriers) = address(on);
}

TEST(consoles)
{
	add_console("tty0", NULL);
	add_console("ttyS0", "02:00.0");
	expect("another's", X, READY, "");
	add_console("ttyS4", "01:00.0");
	expect_one("its own", X, READY, SEVERITY_WARNING, "console 0000:01:00.0", "ttyS4",
		   "console=");
	set_driver(0, "serial");
	expect("stays with the host", X "driver = serial\n", READY, "");
}

TEST(keyboards)
{
	struct platform *platform = &inventory.platform;

	add_function(&inventory, "03:00.0", 0x8086, 0x2033, 0x060400, 12, NULL);
	/* One below a bridge and the listed device. */
	*vec_add(&platform->keyboards) = address("03:00.0");
	*vec_add(&platform->keyboards) = address("01:00.0");
	expect_one("the only one", X, READY, SEVERITY_NOTE, "keyboard 0000:01:00.0",
		   "no other keyboard", "");
	*vec_add(&platform->keyboards) = address("02:00.0");
	expect_one("another", X, READY, SEVERITY_NOTE, "keyboard 0000:01:00.0",
		   "keeps another keyboard", "");
	platform->keyboards.n = 2;
	platform->keyboard_elsewhere = true;
	expect_one("PS/2", X, READY, SEVERITY_NOTE, "keyboard 0000:01:00.0",
		   "keeps another keyboard", "");
	platform->keyboards.n = 1;
	expect("another's", X, READY, "");
}

TEST(framebuffers)
{
	static const uint32_t others[] = {0x030100, 0x030200, 0x038000};

	inventory.items[0].class = 0x030000;
	inventory.items[0].boot_framebuffer = true;
	set_driver(0, NULL);
	set_override(0, NULL);
	begin(X "allow = display\n");
	check_findings("to be taken", &findings,
		       "wrong-driver 0000:01:00.0; framebuffer 0000:01:00.0");
	assert_int_equal(findings.items[1].severity, SEVERITY_NOTE);
	check_part("detail", findings.items[1].detail, "screen");
	end();

	/* Before 6.0 it stays in the guest's way. */
	set_driver(0, "vfio-pci");
	set_override(0, "vfio-pci");
	set_text(&inventory.kernel, "5.10.0-1");
	expect_one("unknown", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0", "unknown",
		   "initcall_blacklist=sysfb_init");
	set_text(&inventory.platform.framebuffer, "EFI VGA");
	expect_one("efifb", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0", "EFI VGA",
		   "video=efifb:off");
	set_text(&inventory.platform.framebuffer, "VESA VGA");
	expect_one("vesafb", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0", "VESA VGA",
		   "initcall_blacklist=sysfb_init");
	/* With Clang's LTO the initcall has another name. */
	inventory.platform.config[KERNEL_LTO_CLANG] = ANSWER_YES;
	expect_one("lto", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0", "VESA VGA",
		   "__initstub__");
	inventory.platform.config[KERNEL_LTO_CLANG] = ANSWER_NO;
	/* Since 6.0 of a VGA controller alone; what is there after all is in the way, whatever the kernel. */
	set_text(&inventory.kernel, "6.18.0");
	expect_one("left over", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0",
		   "/proc/iomem", "initcall_blacklist=sysfb_init");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		inventory.items[0].class = others[i];
		expect_one("bound", X, NOT_READY, SEVERITY_ERROR, "framebuffer 0000:01:00.0",
			   "/proc/iomem", "initcall_blacklist=sysfb_init");
		set_driver(0, NULL);
		expect("to be bound", X "allow = display\n", NOT_READY,
		       "wrong-driver 0000:01:00.0; framebuffer 0000:01:00.0");
		set_driver(0, "vfio-pci");
	}
	inventory.items[0].boot_framebuffer = false;
	expect("none", X, READY, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(consoles),
		CHECKS_TEST(keyboards),
		CHECKS_TEST(framebuffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
