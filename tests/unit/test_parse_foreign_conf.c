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
	expect_modprobe("options kvm-amd nested=1 sev-snp=1\noptions kvm_amd sev=1\n",
			"option kvm_amd.sev_snp: 1 @f:1\n");
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

/* What a line does not say in the way that the module wants it. */
TEST(test_modprobe_mistakes)
{
#define ONE_MODULE \
	"(only the first module of a line is loaded: the rest is ignored, as parameters that it does not have)\n"
	expect_modprobe("options vfio-pci ids=0000:01:00.0 # your own here\n",
			"ids vfio-pci: 0000:01:00.0 @f:1\n");
	expect_modprobe("options vfio-pci # ids=1:2\n", "");
	expect_modprobe("options vfio-pci ids=%DEVICES%\n", "ids vfio-pci: %DEVICES% @f:1\n");
	expect_modprobe(
		"options vfio-pci 1:2,3:4\n",
		"ids vfio-pci: 1:2 3:4 @f:1 (it is ignored, as ids= is missing in front of it)\n");
	expect_modprobe("options vfio ids=1:2\n",
			"ids vfio-pci: 1:2 @f:1 (the module has no ids=, which is a parameter of "
			"vfio_pci)\n");
	expect_modprobe("options vfio vfio_iommu_type1 vfio_pci ids=1:2 disable_vga=1\n",
			"ids vfio-pci: 1:2 @f:1 " ONE_MODULE
			"option vfio_pci.disable_vga: 1 @f:1 " ONE_MODULE);
	expect_modprobe("options xen-pciback hide=(0000:01:00.0)(02:00.*)\n",
			"addresses pciback: 0000:01:00.0 0000:02:00.* @f:1\n");
}

TEST(test_lines_of_another_place)
{
	expect_modprobe("options vfio_pci.ids=1:2\n",
			"ids vfio-pci: 1:2 @f:1 (modprobe.d has a blank between a module and its "
			"parameter: with a dot the line sets nothing)\n");
	parse_foreign(foreign_parse_modules, FOREIGN_INITRAMFS_MODULES, "m",
		      "options vfio_pci ids=1:2\noptions\n", &foreign, NULL);
	check_foreign_is(
		"options", &foreign,
		"ids vfio-pci: 1:2 @m:1 (it loads nothing: options is a word of modprobe.d, "
		"and taken for a module here)\nload options: options @m:2\n");
}

TEST(test_modprobe_aliases)
{
	expect_modprobe(
		"alias pci:v00008086d00004680sv00001028sd00000C7Bbc03sc00i00 vfio-pci\n"
		"alias pci:v000010DEd00001B80sv*sd*bc*sc*i* vfio_pci\n"
		"alias pci:v000010DEd*sv*sd*bc03sc*i* pci-stub\n"
		"alias pci:v000010DEd00001B80sv*sd*bc*sc*i* nouveau\nalias a vfio-pci\nalias\n",
		"ids vfio-pci: 8086:4680:1028:0c7b @f:1\nids vfio-pci: 10de:1b80 @f:2\n"
		"addresses pci-stub: @f:3\n");
}

TEST(test_mkinitcpio)
{
	parse_foreign(foreign_parse_mkinitcpio, FOREIGN_MKINITCPIO, "i",
		      "# MODULES=(vfio)\nMODULES=(btrfs vfio_pci 'vfio' # vfio_iommu_type1 )\n"
		      "  vfio_virqfd)\nHOOKS=(base modconf)\nMODULES+=\"vfio-pci ext4\"\n"
		      "MODULES=(amdgpu)\nMODULES=(pci_stub\n",
		      &foreign, NULL);
	check_foreign_is(
		"mkinitcpio", &foreign,
		"load MODULES: vfio_pci vfio vfio_virqfd @i:2\n"
		"hooks HOOKS: base modconf @i:4\nload MODULES: vfio_pci @i:5\nload MODULES: pci_stub @i:7\n");
}

/* Files that have to do with guests. */
TEST(test_files_of_images)
{
	parse_foreign(foreign_parse_mkinitcpio, FOREIGN_MKINITCPIO, "i",
		      "FILES=(/etc/modprobe.d/vfio.conf /etc/x)\nBINARIES=(vfio-x)\n", &foreign,
		      NULL);
	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d",
		      "install_items+=\" /usr/bin/find /sbin/vfio-pci-override.sh \"\n"
		      "install_optional_items+=\" /opt/passthrough \"\n"
		      "fscks=\"/sbin/vfio\"\n",
		      &foreign, NULL);
	check_foreign_is("files", &foreign,
			 "copy FILES: /etc/modprobe.d/vfio.conf @i:1\n"
			 "copy install_items: /sbin/vfio-pci-override.sh @d:1\n"
			 "copy install_optional_items: /opt/passthrough @d:2\n");
	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d",
		      "install_items=\"usr/sbin/vfio.sh\"\nadd_dracutmodules+=\" vfio lvm \"\n"
		      "add_drivers+= \" vfio vfio_pci \"\nadd_drivers+= vfio\n"
		      "add_drivers+=\nforce_drivers+=\" vfio \"\n",
		      &foreign, NULL);
	check_foreign_is("odd", &foreign,
			 "copy install_items: usr/sbin/vfio.sh @d:1\n"
			 "hooks add_dracutmodules: vfio lvm @d:2\n"
			 "load add_drivers: vfio vfio_pci @d:3 (with a space behind the = it sets "
			 "nothing) idle\n"
			 "load force_drivers: vfio @d:6\n");
}

TEST(test_initramfs_hook)
{
	parse_foreign(foreign_parse_initramfs_hook, FOREIGN_INITRAMFS_MODULES, "h",
		      "#!/bin/sh\nPREREQ=\"\"\n. /usr/share/initramfs-tools/hook-functions\n"
		      "# force_load vfio\nforce_load vfio-pci ids=1:2\n  force_load vfio\n"
		      "force_load e1000e\nforce_load \"$MODULE\"\n"
		      "manual_add_modules vfio_pci \"vfio\" ext4\nmanual_add_modules $x\n"
		      "manual_add_modules $y || echo 'vfio-prepare: not all'\n"
		      "force_load vfio_pci ids=3:4 || echo 'no ids=5:6'\n"
		      "force_load vfio_iommu_type1; ids=7:8\n"
		      "copy_exec /sbin/vfio\n"
		      "[ -e /sys/module/kvm ] && force_load vfio # force_load vfio_pci\n"
		      "if lspci | grep -q x; then manual_add_modules vfio >/dev/null; fi\n"
		      "x=1; { ! force_load vfio-pci ids=9:a; }\n"
		      "echo force_load vfio\n"
		      "case $1 in guests) force_load vfio ;; *) force_load e1000e ;; esac\n"
		      "  x86_64) force_load vfio\n"
		      "(force_load vfio)\n( cd /; force_load vfio_pci ids=b:c )\n",
		      &foreign, NULL);
	check_foreign_is(
		"hook", &foreign,
		"ids vfio-pci: 1:2 @h:5\nload: vfio @h:6\nload e1000e: e1000e @h:7\n"
		"load: vfio_pci vfio @h:9 (the module is in each image, and nothing loads "
		"it there) idle\n"
		"ids vfio-pci: 3:4 @h:12\nload: vfio_iommu_type1 @h:13\n"
		"load: vfio @h:15\n"
		"load: vfio @h:16 (the module is in each image, and nothing loads it there) idle\n"
		"ids vfio-pci: 9:a @h:17\n"
		"load: vfio @h:19\nload e1000e: e1000e @h:19\nload: vfio @h:20\n"
		"load: vfio @h:21\nids vfio-pci: b:c @h:22\n");
}

TEST(test_modprobe_programs)
{
	struct strv programs = {};

	parse_foreign(foreign_parse_modprobe, FOREIGN_MODPROBE, "f",
		      "install vfio-pci /sbin/vfio-pci-override.sh; /sbin/x\n"
		      "install nouveau /bin/false\n",
		      &foreign, &programs);
	check_int("programs", programs.n, 2);
	check_text("program", programs.items[0], "/sbin/vfio-pci-override.sh\nset -- \n");
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
	_cleanup_free_ char *glued = xasprintf("hooks add_dracutmodules: lvm @d:2\n"
					       "load force_drivers: vfio_pci vfio @d:3%s\n"
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
	check_foreign_is("words", &foreign, "addresses vfio-pci: 0000:06:00.0 eth0 @s:2\n");
	parse_foreign(foreign_parse_unraid, FOREIGN_VFIO_BIND, "s",
		      "BIND=0000:06:00.0|8086:1528 07:00.0\n", &foreign, NULL);
	check_foreign_is("Unraid", &foreign,
			 "addresses vfio-pci: 0000:06:00.0|8086:1528 0000:07:00.0 @s:1\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modprobe),
		cmocka_unit_test(test_modprobe_mistakes),
		cmocka_unit_test(test_modprobe_aliases),
		cmocka_unit_test(test_lines_of_another_place),
		cmocka_unit_test(test_modprobe_programs),
		cmocka_unit_test(test_ids_limit),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_dracut),
		cmocka_unit_test(test_vfio_bind),
		cmocka_unit_test(test_driverctl),
		cmocka_unit_test(test_mkinitcpio),
		cmocka_unit_test(test_files_of_images),
		cmocka_unit_test(test_initramfs_hook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
