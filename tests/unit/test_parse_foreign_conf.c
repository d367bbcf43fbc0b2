/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"

static struct foreign foreign;

static void expect_modprobe(const char *text, const char *want)
{
	struct strv programs = {};

	parse_foreign(foreign_parse_modprobe, FOREIGN_MODPROBE, "f", text, &foreign, &programs);
	check_foreign_is(text, &foreign, want);
	strv_done(&programs);
}

TEST(test_modprobe)
{
	expect_modprobe("options vfio-pci ids=10de:1bb0,10de:10f0 disable_vga=1\n",
			"ids vfio-pci: 10de:1bb0 10de:10f0 @f:1\n"
			"option vfio_pci.disable_vga: 1 @f:1\n");
	expect_modprobe("# options vfio-pci ids=1:2\n#blacklist x\n\n  \n", "");
	expect_modprobe(" options\tvfio_pci \t ids=1:2", "ids vfio-pci: 1:2 @f:1\n");
	expect_modprobe("options pci-stub ids=\"1:2,3:4\"\n", "ids pci-stub: 1:2 3:4 @f:1\n");
	expect_modprobe(
		"options vfio-pci ids=1:2, 3:4\n",
		"ids vfio-pci: 1:2 @f:1 (a space ends the list: what follows it is not taken)\n");
	/* The last one counts, and both are told. */
	expect_modprobe("options vfio-pci ids=1:2 ids=3:4\n",
			"ids vfio-pci: 1:2 @f:1\nids vfio-pci: 3:4 @f:1\n");
	expect_modprobe("options vfio-pci \\\n  ids=1:2,\\\n3:4\nblacklist snd-hda-intel\n",
			"ids vfio-pci: 1:2 3:4 @f:1\nblacklist: snd_hda_intel @f:4\n");
	expect_modprobe("# joined \\\nblacklist a\nblack\\list b\n", "blacklist: b @f:3\n");
	expect_modprobe("options nouveau modeset=0\nalias a b\nremove a b\nblacklist\nsoftdep a\n"
			"options vfio-pci\ninstall a\n",
			"");
	expect_modprobe("softdep nouveau pre: vfio-pci vfio post: x\nsoftdep a post: b pre: c\n",
			"softdep nouveau: vfio_pci vfio @f:1\nsoftdep a: c @f:2\n");
	expect_modprobe("install nvidia /bin/false\n", "install nvidia: /bin/false @f:1\n");
}

TEST(test_modprobe_programs)
{
	struct strv programs = {};

	parse_foreign(foreign_parse_modprobe, FOREIGN_MODPROBE, "f",
		      "install vfio-pci /sbin/vfio-pci-override.sh; /sbin/x\n"
		      "install nouveau /bin/false\n",
		      &foreign, &programs);
	check_int("programs", programs.n, 2);
	check_text("program", programs.items[0], "/sbin/vfio-pci-override.sh");
	strv_done(&programs);
	foreign_done(&foreign);
}

TEST(test_ids_limit)
{
	for (size_t length = 1023; length <= 1024; length++) {
		char list[1025];
		_cleanup_free_ char *text = NULL;

		memset(list, '1', length);
		list[4] = ':';
		list[length] = '\0';
		text = xasprintf("options vfio-pci ids=%s\n", list);
		parse_foreign(foreign_parse_modprobe, FOREIGN_MODPROBE, "f", text, &foreign, NULL);
		check_int("settings", foreign.n, 1);
		check_int("too long", foreign.items[0].fatal, length > 1023);
		foreign_done(&foreign);
	}
}

TEST(test_modules)
{
	parse_foreign(foreign_parse_modules, FOREIGN_INITRAMFS_MODULES, "m",
		      "# vfio\n\npci_stub ids=10de:1bb0\nvfio\nvfio-pci ids=1:2,3:4 x\n"
		      "e1000e\nvfio_virqfd\n",
		      &foreign, NULL);
	check_foreign_is("modules", &foreign,
			 "ids pci-stub: 10de:1bb0 @m:3\nload: vfio @m:4\n"
			 "ids vfio-pci: 1:2 3:4 @m:5\noption vfio_pci.x:  @m:5\n"
			 "load e1000e: e1000e @m:6\nload: vfio_virqfd @m:7\n");
}

TEST(test_dracut)
{
	static const char flaw[] = " (spaces are missing inside the quotes: its first or last word "
				   "runs into what another file adds)";
	_cleanup_free_ char *glued = xasprintf("load force_drivers: vfio_pci vfio @d:3%s\n"
					       "load add_drivers: vfio_pci @d:5\n"
					       "blacklist omit_drivers: nouveau @d:6\n"
					       "load force_drivers: vfio_pci @d:7\n"
					       "ids vfio-pci: 1:2 @d:9\n",
					       flaw);

	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d",
		      "# force_drivers+=\" vfio \"\nadd_dracutmodules+=\" lvm \"\n"
		      "force_drivers+=\"vfio_pci vfio \\\ne1000e\"\n"
		      "add_drivers+=' vfio-pci '\nomit_drivers+=\" nouveau \"\n"
		      "force_drivers=vfio_pci ; echo x\n\n"
		      "kernel_cmdline+=\" iommu=pt vfio-pci.ids=1:2 \"\n",
		      &foreign, NULL);
	check_foreign_is("dracut", &foreign, glued);
	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d",
		      "force_drivers+=\" \"\nforce_drivers+=\"\"\nforce_drivers\n", &foreign, NULL);
	check_foreign_is("nothing", &foreign, "");
	/* A quote that never ends takes the rest. */
	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d", "force_drivers+=\" vfio_pci\nx",
		      &foreign, NULL);
	check_int("open quote", foreign.n, 1);
	foreign_done(&foreign);
}

TEST(test_vfio_bind)
{
	parse_foreign(foreign_parse_vfio_bind, FOREIGN_VFIO_BIND, "s",
		      "# DEVICES=\"x\"\nOTHER=1\n"
		      "DEVICES=\"0000:06:00.0 07:00.1\\\n 10000:01:00.0\"\n",
		      &foreign, NULL);
	check_foreign_is("devices", &foreign,
			 "addresses vfio-pci: 0000:06:00.0 0000:07:00.1 10000:01:00.0 @s:3\n");
	parse_foreign(foreign_parse_vfio_bind, FOREIGN_VFIO_BIND, "s",
		      "DEVICES=\nDEVICES='0000:06:00.0 eth0'\n", &foreign, NULL);
	check_foreign_is(
		"words", &foreign,
		"addresses vfio-pci: 0000:06:00.0 @s:2 (not every word of it is a PCI address)\n");
}

TEST(test_driverctl)
{
	static const struct {
		const char *file, *text, *want;
	} rows[] = {
		{"/d/pci-0000:06:00.0", "vfio-pci\n",
		 "addresses vfio-pci: 0000:06:00.0 @/d/pci-0000:06:00.0\n"},
		{"/d/0000:06:00.0", "uio_pci_generic",
		 "addresses uio_pci_generic: 0000:06:00.0 @/d/0000:06:00.0\n"},
		{"/d/vmbus-0000", "x\n", ""},
		{"/d/pci-0000:06:00.0", "\n", ""},
		{"/d/pci-06:00", "x\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_foreign(foreign_parse_driverctl, FOREIGN_DRIVERCTL, rows[i].file,
			      rows[i].text, &foreign, NULL);
		check_foreign_is(rows[i].file, &foreign, rows[i].want);
	}
}

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

TEST(test_configured_arguments)
{
	struct kernel_args configured, running;

	kernel_args_parse("quiet vfio-pci.ids=1:2 vfio_pci.ids=3:4 pcie_acs_override", &configured);
	kernel_args_parse("vfio_pci.ids=1:2 pci-stub.ids=5:6", &running);
	foreign_parse_configured(&configured, &running, &foreign);
	check_foreign_is("configured", &foreign,
			 "ids vfio-pci: 3:4 @kernel arguments of the next boot\n"
			 "option pcie_acs_override: @kernel arguments of the next boot\n");
	kernel_args_done(&configured);
	kernel_args_done(&running);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modprobe),
		cmocka_unit_test(test_modprobe_programs),
		cmocka_unit_test(test_ids_limit),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_dracut),
		cmocka_unit_test(test_vfio_bind),
		cmocka_unit_test(test_driverctl),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_configured_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
