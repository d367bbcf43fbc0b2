/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

static void expect(const char *text, const char *want)
{
	parse_foreign(foreign_parse_udev, FOREIGN_UDEV_RULE, "u", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

#define OVERRIDE ", ATTR{driver_override}=\"vfio-pci\"\n"

/* Rules as they stand in public recipes. */
TEST(test_overrides)
{
	expect("# KERNEL==\"0000:01:00.0\"" OVERRIDE
	       "ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"0000:0b:00.0\"" OVERRIDE
	       "KERNELS==\"0000:03:00.0|0000:03:00.1\", SUBSYSTEM==\"pci\"" OVERRIDE
	       "KERNEL==\"0000:05:00.?\"" OVERRIDE,
	       "addresses vfio-pci: 0000:0b:00.0 by override @u:2\n"
	       "addresses vfio-pci: 0000:03:00.0 0000:03:00.1 by override @u:3\n"
	       "addresses vfio-pci: 0000:05:00.? by override @u:4\n");
	expect("SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x2204\", \\\n  "
	       "ATTR{driver_override}=\"vfio-pci\"\n"
	       "SUBSYSTEM==\"pci\", ATTR{class}==\"0x020000\"" OVERRIDE
	       "ATTR{vendor}==\"0x1002\", ATTR{class}==\"0x03*\"" OVERRIDE
	       "ATTRS{vendor}==\"0x8086\"" OVERRIDE
	       "KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x2204\"" OVERRIDE,
	       "ids vfio-pci: 10de:2204 by override @u:1\n"
	       "ids vfio-pci: ffffffff:ffffffff:ffffffff:ffffffff:20000:ffffff by override @u:3\n"
	       "ids vfio-pci: 1002:ffffffff:ffffffff:ffffffff:30000:ff0000 by override @u:4\n"
	       "ids vfio-pci: 8086:ffffffff by override @u:5\n"
	       "addresses vfio-pci: 0000:01:00.0|10de:2204 by override @u:6\n");
	expect("KERNEL==\"0b:00.0\"" OVERRIDE,
	       "addresses vfio-pci: 0000:0b:00.0 by override @u:1 (udev's names of devices have a domain, so "
	       "that the rule is for none)\n");
	expect("KERNEL==\"[PCI device]\", SUBSYSTEMS==\"pci\"" OVERRIDE,
	       "addresses vfio-pci: [PCI device] by override @u:1\n");
	expect("KERNEL==\"0000:01:00.0\", ATTR{driver_override}=\"\"\n"
	       "KERNEL==\"0000:01:00.0\", ATTR{remove}=\"1\"\n"
	       "KERNEL==\"0000:02:00.0\", ATTR{remove}=\"0\"\n",
	       "addresses none: 0000:01:00.0 by remove @u:2\n");
}

/* No device that a rule is not for; what it hangs on beside the device is not told. */
TEST(test_conditions)
{
	static const char untold[] = "addresses vfio-pci: by override @u:1\n";

	expect("KERNEL!=\"0000:01:00.0\", ATTR{vendor}==\"0x10de\"" OVERRIDE, untold);
	expect("KERNEL==\"0000:01:00.*\", ATTR{vendor}==\"0x10de\"" OVERRIDE, untold);
	expect("KERNEL==\"0000:01:00.0\", KERNEL!=\"0000:01:00.1\"" OVERRIDE, untold);
	expect("ATTR{vendor}==\"0x10*\"" OVERRIDE, untold);
	expect("ATTR{vendor}==\"10de\"" OVERRIDE, untold);
	expect("ENV{X}==\"1\", KERNEL==\"0000:01:00.0\"" OVERRIDE, untold);
	expect("SUBSYSTEM==\"pci\"" OVERRIDE, untold);
	expect("ACTION==\"remove\", KERNEL==\"0000:01:00.0\"" OVERRIDE, "");
	expect("ACTION==\"add|change\", TEST==\"/x\", DRIVER==\"nouveau\", "
	       "KERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "addresses vfio-pci: 0000:01:00.0 by override @u:1\n");
	expect("ACTION!=\"remove\", KERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "addresses vfio-pci: 0000:01:00.0 by override @u:1\n");
	expect("SUBSYSTEM==\"platform\", KERNEL==\"0000:01:00.0\"" OVERRIDE
	       "SUBSYSTEM!=\"pci\", KERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "");
	/* What udev cannot read it passes over. */
	expect("KERNEL==\"0000:01:00.0\" ATTR{driver_override}='vfio-pci'\n"
	       "KERNEL==\"0000:01:00.0\", ATTR{driver_override=\"vfio-pci\"\n"
	       "KERNEL==\"0000:01:00.0\", ATTR{driver_override}=\"vfio-pci\n",
	       "");
}

TEST(test_jumps)
{
	expect("ACTION!=\"add\", GOTO=\"end\"\nSUBSYSTEM!=\"pci\", GOTO=\"end\"\n"
	       "KERNEL==\"0000:0b:00.0\", TAG=\"vfio-pci-bind\"\n"
	       "ATTR{vendor}==\"0x1912\", ATTR{device}==\"0x0014\", TAG+=\"vfio-pci-bind\"\n"
	       "TAG==\"vfio-pci-bind\", RUN+=\"vfio-pci-bind.sh $kernel\"\nLABEL=\"end\"\n",
	       "addresses vfio-pci: 0000:0b:00.0 by override @u:3\n"
	       "ids vfio-pci: 1912:0014 by override @u:4\n");
	expect("ATTR{vendor}!=\"0x10de\", GOTO=\"end\"\nATTR{class}==\"0x030000\"" OVERRIDE
	       "LABEL=\"end\"\nKERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "ids vfio-pci: 10de:ffffffff:ffffffff:ffffffff:30000:ffffff by override @u:2\n"
	       "addresses vfio-pci: 0000:01:00.0 by override @u:4\n");
	expect("ENV{X}==\"1\", GOTO=\"end\"\nKERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "addresses vfio-pci: by override @u:2\n");
	expect("ATTR{vendor}!=\"0x10de\", ATTR{class}==\"0x030000\", GOTO=\"end\"\n"
	       "KERNEL==\"0000:01:00.0\"" OVERRIDE,
	       "addresses vfio-pci: by override @u:2\n");
}

TEST(test_runs)
{
	expect("KERNEL==\"0000:41:00.0\", RUN+=\"/bin/sh -c 'modprobe vfio-pci; echo 0000:41:00.0 > "
	       "/sys/bus/pci/drivers/vfio-pci/bind'\"\n",
	       "addresses vfio-pci: 0000:41:00.0 by bind @u:1\n");
	expect("ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10fb\", RUN+=\"/bin/sh -c 'echo vfio-pci "
	       "> /sys/bus/pci/devices/%k/driver_override'\"\n",
	       "ids vfio-pci: 8086:10fb by override @u:1\n");
	expect("KERNEL==\"0000:41:00.*\", RUN+=\"/bin/sh -c 'echo $kernel > "
	       "/sys/bus/pci/drivers/vfio-pci/bind'\"\n",
	       "addresses vfio-pci: 0000:41:00.* by bind @u:1\n");
	expect("ACTION==\"remove\", KERNEL==\"0000:41:00.0\", RUN+=\"/bin/sh -c 'echo %k > "
	       "/sys/bus/pci/drivers/vfio-pci/bind'\"\n"
	       "KERNEL==\"sda\", SUBSYSTEM==\"block\", RUN+=\"/bin/x %k\"\n",
	       "");
}

TEST(test_rules)
{
	summary_is_whole = false;
	expect("ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"0000:83:00.0\", "
	       "ATTR{driver_override}=\"vfio-pci\", RUN{builtin}+=\"kmod load vfio-pci\"\n",
	       "addresses vfio-pci: 0000:83:00.0 @u:1\n");
	expect("KERNEL==\"0000:83:00.0|0000:84:00.0\", \\\n"
	       "ATTR{driver_override} := \"pci_stub\"\n",
	       "addresses pci-stub: 0000:83:00.0 0000:84:00.0 @u:1\n");
	expect("ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x1bb0\", "
	       "ATTR{driver_override}=\"vfio-pci\"\n",
	       "ids vfio-pci: 10de:1bb0 @u:1\n");
	expect("KERNEL==\"0000:83:00.0\", RUN+=\"/usr/bin/driverctl set-override "
	       "0000:83:00.0 vfio-pci\"\n",
	       "addresses vfio-pci: 0000:83:00.0 @u:1\n");
	expect("KERNEL==\"0000:83:00.0\", RUN+=\"/bin/sh -c 'echo vfio-pci > "
	       "/sys/bus/pci/devices/%k/driver_override; echo $kernel > "
	       "/sys/bus/pci/drivers/vfio-pci/bind'\", RUN+=\"/bin/x\"\n",
	       "addresses vfio-pci: 0000:83:00.0 @u:1\n");
	expect("KERNEL==\"0000:83:00.*\", RUN{program}+=\"/bin/sh -c 'echo vfio-pci > "
	       "/sys$devpath/driver_override'\"\n",
	       "addresses vfio-pci: 0000:83:00.* @u:1\n");
	expect("ACTION==\"remove\", KERNEL==\"0000:83:00.0\", RUN+=\"/usr/bin/driverctl "
	       "set-override %k vfio-pci\"\n",
	       "");
	/* Looked at, not set; a comment; other rules. */
	expect("KERNEL==\"0000:83:00.0\", ATTR{driver_override}==\"vfio-pci\", MODE=\"0666\"\n"
	       "# ATTR{driver_override}=\"vfio-pci\"\nSUBSYSTEM==\"vfio\", GROUP=\"kvm\"\n"
	       "ATTR{driver_override}=\n",
	       "");
}

int main(void)
{
	summary_is_whole = true;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overrides), cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_jumps),     cmocka_unit_test(test_runs),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
