/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"

static struct foreign foreign;

TEST(test_arguments)
{
	struct kernel_args args;

	kernel_args_parse("root=/dev/sda1 vfio-pci.ids=1:2,3:4 vfio_pci.ids=5:6 pci-stub.ids=7:8 "
			  "xen-pciback.hide=(0000:01:00.0)(02:00.0) rd.driver.pre=vfio-pci "
			  "modprobe.blacklist=nouveau,snd-hda-intel rdblacklist=nouveau "
			  "module_blacklist=a blacklist pcie_acs_override=downstream,multifunction "
			  "nouveau.blacklist=1 vfio-pci.disable_vga=1",
			  &args);
	foreign_parse_arguments(&args, &foreign);
	check_foreign_is(
		"arguments", &foreign,
		"ids vfio-pci: 1:2 3:4 @kernel arguments\n"
		"ids vfio-pci: 5:6 @kernel arguments\n"
		"ids pci-stub: 7:8 @kernel arguments\n"
		"addresses pciback: 0000:01:00.0 0000:02:00.0 @kernel arguments\n"
		"load rd.driver.pre: vfio-pci @kernel arguments\n"
		"blacklist modprobe.blacklist: nouveau snd-hda-intel @kernel arguments\n"
		"blacklist rdblacklist: nouveau @kernel arguments (dracut since 104 does not read it "
		"any more: rd.driver.blacklist= is its name)\n"
		"blacklist module_blacklist: a @kernel arguments\n"
		"blacklist blacklist: @kernel arguments\n"
		"option pcie_acs_override: downstream,multifunction @kernel arguments\n");
	kernel_args_done(&args);
}

static void expect_argument(const char *text, const char *want)
{
	struct kernel_args args;

	kernel_args_parse(text, &args);
	foreign_parse_arguments(&args, &foreign);
	check_foreign_is(text, &foreign, want);
	kernel_args_done(&args);
}

/* drivers/xen/xen-pciback/pci_stub.c gives up at what it cannot read, and takes nothing then. */
TEST(test_hidden)
{
#define GIVES_UP                                                                                  \
	"(xen-pciback cannot read it and does not load, so that no device is kept: each address " \
	"stands in parentheses, with nothing between them) fatal\n"
	expect_argument("xen-pciback.hide=(00:15.*)", "addresses pciback: 0000:00:15.* "
						      "@kernel arguments\n");
	expect_argument("\"xen-pciback.hide= (00:15.0) (00:15.1)\"",
			"addresses pciback: 0000:00:15.0 0000:00:15.1 @kernel arguments\n");
	expect_argument("pciback.hide=(00:15.0),(00:15.1)",
			"addresses pciback: 0000:00:15.0 0000:00:15.1 @kernel arguments " GIVES_UP);
	expect_argument("xen-pciback.hide=00:15.0",
			"addresses pciback: 0000:00:15.0 @kernel arguments " GIVES_UP);
	expect_argument("xen-pciback.hide=(00:15.0",
			"addresses pciback: 0000:00:15.0 @kernel arguments " GIVES_UP);
	expect_argument("xen-pciback.hide=((00:15.0))",
			"addresses pciback: 0000:00:15.0 @kernel arguments " GIVES_UP);
}

TEST(test_arguments_of_other_tools)
{
#define LATE "(the native driver has started the device by then, and is taken off it)\n"
	expect_argument("rd.qubes.hide_pci=0a:00.0,0000:0b:00.1,0000_00_08.1-00_00.0",
			"addresses pciback: 0000:0a:00.0 0000:0b:00.1 0000_00_08.1-00_00.0 "
			"@kernel arguments\n");
	expect_argument("rd.qubes.hide_all_usb", "addresses pciback: @kernel arguments\n");
	expect_argument("pcirebind.rebind=0000:04:00.00_ixgbe+vfio-pci",
			"addresses vfio-pci: 0000:04:00.0 @kernel arguments " LATE);
	expect_argument("pcirebind.rebind=0000:04:00.1_vfio-pci+igb",
			"addresses igb: 0000:04:00.1 @kernel arguments " LATE);
	expect_argument("pcirebind.rebind", "addresses vfio-pci: @kernel arguments " LATE);
}

TEST(test_configured_arguments)
{
	struct bootloader bootloader = {};
	struct kernel_args running;

	kernel_args_parse("quiet vfio-pci.ids=1:2 vfio_pci.ids=3:4 pcie_acs_override",
			  &bootloader.others);
	kernel_args_parse("vfio_pci.ids=1:2 pci-stub.ids=5:6", &running);
	kernel_args_parse(
		"quiet vfio_pci.ids=3:4 rd.driver.pre=vfio pci-stub.ids=5:6 pci-stub.ids=7:8",
		&bootloader.next);
	strv_add(&bootloader.ours, "rd.driver.pre=vfio");
	foreign_parse_configured(&bootloader, &running, &foreign);
	check_foreign_is("configured", &foreign,
			 "ids vfio-pci: 3:4 @kernel arguments of the next boot\n"
			 "option pcie_acs_override: @kernel arguments of the next boot\n"
			 "ids pci-stub: 7:8 @kernel arguments of the next boot\n");
	bootloader_done(&bootloader);
	kernel_args_done(&running);
}

static void expect_file(foreign_parser *parse, const char *text, const char *want)
{
	parse_foreign(parse, FOREIGN_ARGUMENT, "b", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

TEST(test_boot_files)
{
	expect_file(foreign_parse_boot_menu,
		    "timeout: 5\n/Arch\n  protocol: linux\n  cmdline: root=x vfio-pci.ids=1:2\n"
		    "/Other\n  cmdline: root=x vfio-pci.ids=3:4\n",
		    "ids vfio-pci: 1:2 @b:4\n");
	expect_file(foreign_parse_boot_menu,
		    "label safe\n  append initrd=/bzroot vfio-pci.ids=1:2\nlabel Unraid OS\n"
		    "  menu default\n  append vfio-pci.ids=3:4 initrd=/bzroot\n",
		    "ids vfio-pci: 3:4 @b:5\n");
	expect_file(
		foreign_parse_boot_menu,
		"# a comment\n\"Standard\" \"root=x pci-stub.ids=1:2\"\n\"Single\" \"single\"\n",
		"ids pci-stub: 1:2 @b:2\n");
	expect_file(foreign_parse_boot_menu, "\"Standard\"\nappend\n\"", "");
	expect_file(foreign_parse_entries,
		    "options a vfio-pci.ids=1:2\n  linuxefi /x pci-stub.ids=3:4\n"
		    "linux /x\nlinux\n# linux /x vfio-pci.ids=5:6\ntitle vfio-pci.ids=7:8\n",
		    "ids vfio-pci: 1:2 @b:1\nids pci-stub: 3:4 @b:2\n");
	expect_file(foreign_parse_cmdline, "# vfio-pci.ids=1:2\nquiet vfio-pci.ids=3:4\n",
		    "ids vfio-pci: 3:4 @b:2\n");
	expect_file(foreign_parse_grub_xen,
		    "GRUB_CMDLINE_LINUX=\"vfio-pci.ids=1:2\"\n"
		    "GRUB_CMDLINE_LINUX_XEN_REPLACE=\"quiet xen-pciback.hide=(01:00.0)\"\n",
		    "addresses pciback: 0000:01:00.0 @b:2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_arguments_of_other_tools),
		cmocka_unit_test(test_configured_arguments),
		cmocka_unit_test(test_boot_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
