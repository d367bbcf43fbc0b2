/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign_vfs.h"

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
	       "vfs ens5f1: 16 @f:5\nvfs 52:54:00:12:34:56: 4 @f:12\n");
	expect(foreign_parse_netplan,
	       "network:\n ethernets:\n  a:\n   match: {name: 'ens*', driver: i40e}\n"
	       "   virtual-function-count: 2\n  b:\n   match:\n    macaddress: x\n    driver: ice\n"
	       "   virtual-function-count: 3\n  c:\n   match:\n    macaddress: AA-BB-CC-00-11-22\n"
	       "   set-name: lan0\n   virtual-function-count: 4\n  d: {virtual-function-count: 5}\n",
	       "vfs ens*: 2 @f:5\nvfs module ice: 3 @f:10\nvfs lan0: 4 @f:15\nvfs d: 5 @f:16\n");
	/* Those that stand on one are virtual functions of it; a VLAN is none. */
	expect(foreign_parse_netplan,
	       "network:\n ethernets:\n  a: {}\n  b:\n   link: a\n  c: {link: a}\n"
	       " vlans:\n  d:\n   link: a\n",
	       "vfs a: 2 @f:5\n");
	expect(foreign_parse_netplan, "interfaces:\n  a:\n    num_vfs: 4\n", "vfs a: 4 @f:3\n");
	expect(foreign_parse_netplan, "virtual-function-count: 4\n", "");
	expect(foreign_parse_netplan, "ethernets:\n a:\n  virtual-function-count: many\n",
	       "vfs a: @f:3\n");
	expect(foreign_parse_netplan, "ethernets:\n a:\n  virtual-function-count: 0\n", "");
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
	expect(foreign_parse_link, "[Link]\nSR-IOVVirtualFunctions=2\n", "vfs : 2 @f:2\n");
	expect(foreign_parse_link,
	       "[Match]\nDriver=i40e\nMACAddress=3C:FD:FE:00:00:01\n[Link]\nSR-IOVVirtualFunctions=2\n",
	       "vfs 3c:fd:fe:00:00:01: 2 @f:5\n");
	expect(foreign_parse_link,
	       "[Match]\nPermanentMACAddress=x\nDriver=i40e\n[Link]\nSR-IOVVirtualFunctions=2\n",
	       "vfs module i40e: 2 @f:5\n");
	expect(foreign_parse_link,
	       "[Match]\nProperty=ID_NET_NAME_SLOT=ens5\n[Link]\nSR-IOVVirtualFunctions=2\n",
	       "vfs ens5: 2 @f:4\n");
	expect(foreign_parse_link,
	       "[Match]\nProperty=ID_PATH=pci-0000:01:00.0\nPath=usb-*\n[Link]\nName=x\n"
	       "SR-IOVVirtualFunctions=2\n",
	       "vfs 0000:01:00.0: 2 @f:6\n");
	expect(foreign_parse_link, "[Match]\nPath=pci-0000:01:00.0-* x\n", "");
}

TEST(test_connections)
{
	static const char keyfile[] =
		"[connection]\nid=a\n[ethernet]\nmac-address=3C:FD:FE:00:00:01\n[802-1x]\n"
		"password=secret\n[sriov]\ntotal-vfs=4\n";
	_cleanup_free_ char *excerpt = foreign_keyfile_excerpt(keyfile);

	expect(foreign_parse_keyfile, keyfile, "vfs 3c:fd:fe:00:00:01: 4 @f:8\n");
	expect(foreign_parse_keyfile, excerpt, "vfs 3c:fd:fe:00:00:01: 4 @f:8\n");
	assert_null(strstr(excerpt, "secret"));
	expect(foreign_parse_keyfile,
	       "[connection]\ninterface-name=a\n[ethernet]\nmac-address=3C:FD:FE:00:00:01\n"
	       "[sriov]\ntotal-vfs=4\n",
	       "vfs a: 4 @f:6\n");
	expect(foreign_parse_ifcfg, "DEVICE=\"a\"\nHWADDR=x\nSRIOV_TOTAL_VFS=2\n",
	       "vfs a: 2 @f:3\n");
	expect(foreign_parse_ifcfg, "DEVICE=a\nONBOOT=yes\n", "");
}

TEST(test_hardware_addresses)
{
	char address[FOREIGN_HARDWARE_ADDRESS];

	assert_true(foreign_take_hardware_address("3C-fd-FE-00-00-01", address));
	assert_string_equal(address, "3c:fd:fe:00:00:01");
	assert_false(foreign_take_hardware_address("3c:fd:fe:00:00", address));
	assert_false(foreign_take_hardware_address("3c:fd:fe:00:00:01:02", address));
	assert_false(foreign_take_hardware_address("3cfdfe000001", address));
	assert_false(foreign_take_hardware_address("3c:fd:fe:00:00:0g", address));
	assert_false(foreign_take_hardware_address("", address));
}

TEST(test_others)
{
	parse_foreign(foreign_parse_script, FOREIGN_RC_LOCAL, "f",
		      "#!/bin/sh\necho 0 > /sys/class/net/ens5f1/device/sriov_numvfs\n"
		      "echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\n"
		      "echo 2 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs\n"
		      "echo $(x) > /sys/bus/pci/devices/0000:04:00.0/sriov_numvfs\n"
		      "for i in /sys/class/net/*; do echo 3 > $i/device/sriov_numvfs; done\n"
		      "echo 3 > /sys/bus/pci/devices/x/sriov_numvfs\n",
		      &foreign, NULL);
	check_foreign_is("script", &foreign,
			 "vfs ens5f1: 4 @f:3\nvfs 0000:03:00.0: 2 @f:4\nvfs 0000:04:00.0: @f:5\n"
			 "vfs : 3 @f:6\n");
	parse_foreign(
		foreign_parse_udev, FOREIGN_UDEV_RULE, "f",
		"ACTION==\"add\", SUBSYSTEM==\"net\", ENV{INTERFACE}==\"eth1\", "
		"ATTR{device/sriov_numvfs}=\"12\"\n"
		"SUBSYSTEM==\"pci\", KERNEL==\"0000:03:00.0\", ATTR{sriov_numvfs}=\"8\"\n"
		"SUBSYSTEM==\"net\", KERNEL==\"eth*\", ATTR{device/sriov_numvfs}=\"1\"\n"
		"SUBSYSTEM==\"net\", ENV{ID_NET_DRIVER}==\"ice\", ATTR{device/sriov_numvfs}=\"2\"\n"
		"SUBSYSTEM==\"net\", ATTR{address}==\"3C:fd:fe:00:00:01\", DRIVERS==\"ice\", "
		"ATTR{device/sriov_numvfs}=\"3\"\n"
		"SUBSYSTEM==\"net\", ATTR{phys_switch_id}==\"1\", ATTR{device/sriov_numvfs}=\"4\"\n"
		"SUBSYSTEM==\"net\", KERNEL==\"eth2\", "
		"RUN+=\"/bin/sh -c 'echo 5 > /sys/class/net/%k/device/sriov_numvfs'\"\n"
		"SUBSYSTEM==\"net\", DRIVERS==\"ice\", "
		"RUN+=\"/bin/sh -c 'echo 6 > /sys$devpath/device/sriov_numvfs'\"\n"
		"SUBSYSTEM==\"pci\", DRIVER==\"ice\", "
		"RUN+=\"/bin/sh -c 'echo 7 > /sys%p/sriov_numvfs'\"\n"
		"SUBSYSTEM==\"usb\", KERNEL==\"eth3\", ATTR{device/sriov_numvfs}=\"8\"\n"
		"SUBSYSTEM==\"net\", KERNEL==\"eth4\", ATTR{driver_override}=\"vfio-pci\"\n"
		"SUBSYSTEM==\"net\", ENV{ID_PATH}==\"pci-0000:04:00.0\", KERNEL==\"a|b\", "
		"ATTR{device/sriov_numvfs}=\"9\"\n",
		&foreign, NULL);
	check_foreign_is("udev", &foreign,
			 "vfs eth1: 12 @f:1\nvfs 0000:03:00.0: 8 @f:2\nvfs eth*: 1 @f:3\n"
			 "vfs module ice: 2 @f:4\nvfs 3c:fd:fe:00:00:01: 3 @f:5\nvfs : 4 @f:6\n"
			 "vfs eth2: 5 @f:7\nvfs module ice: 6 @f:8\nvfs module ice: 7 @f:9\n"
			 "vfs 0000:04:00.0: 9 @f:12\n");
	parse_foreign(
		foreign_parse_modprobe, FOREIGN_MODPROBE, "f",
		"options igb max_vfs=7,7\noptions mlx4_core probe_vf=0 num_vfs=8\noptions i40e x=1\n",
		&foreign, NULL);
	check_foreign_is("modprobe", &foreign,
			 "vfs module igb: 7 7 @f:1\nvfs module mlx4_core: 8 @f:2\n");
}

/* Each condition of a rule that says whose functions it makes. */
TEST(test_whose)
{
	static const struct {
		const char *condition, *whose;
	} rows[] = {{"INTERFACE", "eth1"},
		    {"ENV{INTERFACE}", "eth1"},
		    {"ENV{ID_NET_NAME}", "eth1"},
		    {"ENV{ID_NET_NAME_PATH}", "eth1"},
		    {"ENV{ID_NET_NAME_SLOT}", "eth1"},
		    {"NAME", "eth1"},
		    {"KERNEL", "eth1"},
		    {"KERNELS", "eth1"},
		    {"DRIVER", "module eth1"},
		    {"DRIVERS", "module eth1"},
		    {"ENV{ID_NET_DRIVER}", "module eth1"},
		    {"ENV{ID_MODEL}", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *rule = xasprintf("SUBSYSTEM==\"net\", %s==\"eth1\", "
						      "ATTR{device/sriov_numvfs}=\"2\"\n",
						      rows[i].condition);
		_cleanup_free_ char *want = xasprintf("vfs %s: 2 @f:1\n", rows[i].whose);

		parse_foreign(foreign_parse_udev, FOREIGN_UDEV_RULE, "f", rule, &foreign, NULL);
		check_foreign_is(rows[i].condition, &foreign, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netplan),     cmocka_unit_test(test_link),
		cmocka_unit_test(test_connections), cmocka_unit_test(test_hardware_addresses),
		cmocka_unit_test(test_others),      cmocka_unit_test(test_whose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
