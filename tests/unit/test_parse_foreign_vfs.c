/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

static void expect(foreign_parser *parse, const char *text, const char *want)
{
	parse_foreign(parse, FOREIGN_NETWORK, "f", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

TEST(test_netplan)
{
	expect(foreign_parse_netplan,
	       "network:\n  version: 2\n  ethernets:\n    ens5f1:\n      virtual-function-count: 16\n"
	       "      # virtual-function-count: 3\n    \"ens5f0\":\n      dhcp4: true\n"
	       "    ens6:\n      match:\n        macaddress: 52:54:00:12:34:56\n"
	       "      virtual-function-count: '4' # four\n",
	       "vfs ens5f1: 16 @f:5\nvfs ens6: 4 @f:12\n");
	expect(foreign_parse_netplan, "virtual-function-count: 4\n", "");
	expect(foreign_parse_netplan, "a:\n  virtual-function-count: many\n", "");
	expect(foreign_parse_netplan, "a:\n  virtual-function-count: 99999\n", "");
	expect(foreign_parse_netplan,
	       "a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n        i:\n         j:\n"
	       "          k:\n           l:\n            m:\n             n:\n              o:\n"
	       "               p:\n                q:\n                 r:\n",
	       "");
}

TEST(test_link)
{
	expect(foreign_parse_link,
	       "[Match]\nPath=pci-0000:81:00.1\n[Link]\n;SR-IOVVirtualFunctions=1\n"
	       "SR-IOVVirtualFunctions=32\n",
	       "vfs 0000:81:00.1: 32 @f:5\n");
	expect(foreign_parse_link,
	       "[Match]\nOriginalName = eth0\n[Link]\nSR-IOVVirtualFunctions = 2",
	       "vfs eth0: 2 @f:4\n");
	expect(foreign_parse_link, "[Link]\nSR-IOVVirtualFunctions=2\n", "");
}

TEST(test_sysfs)
{
	expect(foreign_parse_sysfs,
	       "bus/pci/devices/0000:81:00.1/sriov_numvfs = 6\n"
	       "class/net/ens5f1/device/sriov_numvfs=3\n# class/net/x/device/sriov_numvfs = 1\n"
	       "class/net/ens5f1/mtu = 9000\nbus/pci/devices/x/sriov_numvfs = 2\n"
	       "mode class/net/y/device/sriov_numvfs = 0644\n",
	       "vfs 0000:81:00.1: 6 @f:1\nvfs ens5f1: 3 @f:2\n");
}

TEST(test_others)
{
	parse_foreign(foreign_parse_script, FOREIGN_RC_LOCAL, "f",
		      "#!/bin/sh\necho 0 > /sys/class/net/ens5f1/device/sriov_numvfs\n"
		      "echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\n"
		      "echo 2 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs\n",
		      &foreign, NULL);
	check_foreign_is("script", &foreign, "vfs ens5f1: 4 @f:3\nvfs 0000:03:00.0: 2 @f:4\n");
	parse_foreign(foreign_parse_udev, FOREIGN_UDEV_RULE, "f",
		      "ACTION==\"add\", SUBSYSTEM==\"net\", ENV{INTERFACE}==\"eth1\", "
		      "ATTR{device/sriov_numvfs}=\"12\"\n"
		      "SUBSYSTEM==\"pci\", KERNEL==\"0000:03:00.0\", ATTR{sriov_numvfs}=\"8\"\n"
		      "SUBSYSTEM==\"net\", KERNEL==\"eth*\", ATTR{device/sriov_numvfs}=\"1\"\n",
		      &foreign, NULL);
	check_foreign_is("udev", &foreign, "vfs eth1: 12 @f:1\nvfs 0000:03:00.0: 8 @f:2\n");
	parse_foreign(
		foreign_parse_modprobe, FOREIGN_MODPROBE, "f",
		"options igb max_vfs=7,7\noptions mlx4_core probe_vf=0 num_vfs=8\noptions i40e x=1\n",
		&foreign, NULL);
	check_foreign_is("modprobe", &foreign,
			 "vfs module igb: 7 @f:1\nvfs module mlx4_core: 8 @f:2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netplan),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_sysfs),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
