/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/foreign_programs.h"

#include "foreign.h"
#include "parse/shell.h"

static struct foreign foreign;

static void expect(const char *text, const char *want)
{
	summary_is_whole = true;
	parse_foreign(foreign_parse_script, FOREIGN_RC_LOCAL, "f", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

/* The recipe of the charm guide and of OpenNebula's documentation. */
#define VFIOBIND                                                            \
	"#!/bin/sh\n"                                                       \
	"vfiobind() {\n"                                                    \
	"    dev=\"$1\"\n"                                                  \
	"    vendor=$(cat /sys/bus/pci/devices/$dev/vendor)\n"              \
	"    device=$(cat /sys/bus/pci/devices/$dev/device)\n"              \
	"    if [ -e /sys/bus/pci/devices/$dev/driver ]; then\n"            \
	"        echo $dev > /sys/bus/pci/devices/$dev/driver/unbind\n"     \
	"    fi\n"                                                          \
	"    echo $vendor $device > /sys/bus/pci/drivers/vfio-pci/new_id\n" \
	"}\n"

TEST(test_vfiobind)
{
	expect(VFIOBIND "vfiobind 0000:83:00.0\n# vfiobind 0000:84:00.0\nvfiobind 0000:85:00.0\n",
	       "addresses vfio-pci: 0000:83:00.0 by new_id @f:11\n"
	       "addresses vfio-pci: 0000:85:00.0 by new_id @f:13\n");
	/* A variable that is not set is empty, one from a file is not known. */
	expect(VFIOBIND "for dev in $DEVICES; do vfiobind $dev; done\n", "");
	expect(VFIOBIND ". /x\nfor dev in $DEVICES; do vfiobind $dev; done\n",
	       "addresses vfio-pci: @f:12\n");
	expect("vfiobind 0000:83:00.0", "addresses vfio-pci: 0000:83:00.0 by new_id @f:1\n");
	expect("vfio-pci-bind.sh 10de:1bb0 0000:83:00.0 \\\n 0000:84:00.0\n",
	       "addresses vfio-pci: 0000:83:00.0 0000:84:00.0 by override @f:1\n");
	expect("vfio-pci-bind.sh 10de:1bb0", "ids vfio-pci: 10de:1bb0 by override @f:1\n");
}

TEST(test_writes)
{
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/nouveau/unbind\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers_probe\n",
	       "addresses vfio-pci: 0000:83:00.0 by override @f:1\n");
	expect("DEVS=\"0000:83:00.0 0000:83:00.1\"\nfor d in $DEVS; do\n"
	       "  echo -n 'pci-stub' > /sys/bus/pci/devices/$d/driver_override\ndone\n",
	       "addresses pci-stub: 0000:83:00.0 0000:83:00.1 by override @f:3\n");
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind",
	       "addresses vfio-pci: 0000:83:00.0 by bind @f:1\n");
	expect("echo 10de 1bb0 > /sys/bus/pci/drivers/pci-stub/new_id\n",
	       "ids pci-stub: 10de:1bb0 by new_id @f:1\n");
	expect("echo \"0x8086 0x10d3\" | tee /sys/module/vfio_pci/drivers/pci:vfio-pci/new_id\n",
	       "ids vfio-pci: 8086:10d3 by new_id @f:1\n");
	expect("echo 1 2 > /sys/bus/usb/drivers/x/new_id; echo 1-1 > /sys/bus/usb/drivers/usb/bind",
	       "");
	/* The kernel knows no address without its domain. */
	expect("echo 83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind",
	       "addresses vfio-pci: 0000:83:00.0 by bind @f:1 (the kernel knows a device by its "
	       "address with the domain in front: nothing is done)\n");
}

/* What counts is the driver that a device is left on. */
TEST(test_effect)
{
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/nouveau/unbind\n"
	       "echo 10de 1bb0 > /sys/bus/pci/drivers/vfio-pci/new_id\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind\n",
	       "addresses vfio-pci: 0000:83:00.0 by new_id @f:3\n"
	       "ids vfio-pci: 10de:1bb0 by new_id @f:2\n");
	/* Which of the ids is that of the device is not in the script. */
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/nouveau/unbind\n"
	       "echo 10de 1bb0 > /sys/bus/pci/drivers/vfio-pci/new_id\n",
	       "addresses vfio-pci: 0000:83:00.0 by new_id if-id @f:1\n"
	       "ids vfio-pci: 10de:1bb0 by new_id @f:2\n");
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/nouveau/unbind\n", "");
	/* It goes back to the host. */
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n"
	       "echo > /sys/bus/pci/devices/0000:83:00.0/driver_override\n",
	       "");
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind\n"
	       "echo > /sys/bus/pci/devices/0000:83:00.0/driver_override\n",
	       "addresses vfio-pci: 0000:83:00.0 by override @f:1\n");
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/unbind\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers_probe\n",
	       "");
	expect("echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/nvidia/bind\n",
	       "addresses nvidia: 0000:83:00.0 by bind @f:2\n");
	/* An override is stronger than bind. */
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/nvidia/bind\n",
	       "addresses vfio-pci: 0000:83:00.0 by override @f:1\n");
}

/* A switch: what it is called with is in the unit. */
TEST(test_branches)
{
	static const char text[] = "if [ \"$MODE\" = guest ]; then\n"
				   "  echo 0000:83:00.0 > /sys/bus/pci/drivers/vfio-pci/bind\n"
				   "else\n"
				   "  echo 0000:83:00.0 > /sys/bus/pci/drivers/nvidia/bind\n"
				   "fi\n";
	_cleanup_free_ char *read_first = xasprintf(". /x\n%s", text),
			    *set_first = xasprintf("MODE=guest\n%s", text);

	expect(text, "addresses nvidia: 0000:83:00.0 by bind @f:4\n");
	expect(set_first, "addresses vfio-pci: 0000:83:00.0 by bind @f:3\n");
	expect(read_first, "addresses vfio-pci: 0000:83:00.0 by bind unsure @f:5\n");
}

TEST(test_groups)
{
	expect("for d in $(ls /sys/bus/pci/devices/0000:83:00.0/iommu_group/devices/); do\n"
	       "echo vfio-pci > /sys/bus/pci/devices/$d/driver_override; done\n",
	       "addresses vfio-pci: 0000:83:00.0 by override groups @f:2\n");
	expect("for d in /sys/bus/pci/devices/0000:83:00.0/iommu_group/devices/*; do\n"
	       "echo vfio-pci > $d/driver_override; echo ${d##*/} > /sys/bus/pci/drivers_probe; "
	       "done\n",
	       "addresses vfio-pci: 0000:83:00.0 by override groups @f:2\n");
	/* Whatever is there. */
	expect("for d in /sys/bus/pci/devices/*; do echo vfio-pci > $d/driver_override; done",
	       "addresses vfio-pci: @f:1\n");
}

TEST(test_programs)
{
	expect("driverctl --nosave set-override 0000:83:00.0 uio_pci_generic\n",
	       "addresses uio_pci_generic: 0000:83:00.0 by driverctl @f:1\n");
	expect("driverctl set-override \"$(x)\" vfio-pci", "addresses vfio-pci: @f:1\n");
	expect("driverctl set-override 0000:83:00.0 vfio-pci\ndriverctl unset-override 0000:83:00.0",
	       "");
	expect("/usr/bin/dpdk-devbind.py -b vfio-pci 0000:83:00.0 84:00.0\n"
	       "dpdk-devbind.py --bind=uio_pci_generic eth0\ndpdk-devbind.py -s\n"
	       "dpdk-devbind.py -u 0000:85:00.0\n",
	       "addresses vfio-pci: 0000:83:00.0 0000:84:00.0 by devbind @f:1\n"
	       "addresses vfio-pci: @f:2\n");
	expect("virsh -c qemu:///system nodedev-detach pci_0000_0a_00_1 --driver kvm\n",
	       "addresses pci-stub: 0000:0a:00.1 by libvirt @f:1\n");
	expect("virsh nodedev-detach $VIRSH_GPU; virsh nodedev-reattach pci_0000_0a_00_1", "");
	expect(". /etc/kvm.conf\nvirsh nodedev-detach $VIRSH_GPU", "addresses vfio-pci: @f:2\n");
	expect("modprobe vfio-pci ids=10de:1bb0,10de:10f0 disable_vga=1\n",
	       "ids vfio-pci: 10de:1bb0 10de:10f0 @f:1\n");
	expect("insmod /lib/vfio-pci.ko.xz ids=10de:1bb0\nmodprobe -r vfio-pci ids=1:2\n"
	       "modprobe nvidia ids=1:2\nmodprobe vfio-pci ids=$(x)",
	       "ids vfio-pci: 10de:1bb0 @f:1\naddresses vfio-pci: @f:4\n");
	expect("xl pci-assignable-add 0000:83:00.0",
	       "addresses pciback: 0000:83:00.0 by override @f:1\n");
	expect("set -- $(lspci -n -s 83:00.0 | cut -d' ' -f3 | tr : ' ')\n"
	       "echo $1 $2 > /sys/bus/pci/drivers/vfio-pci/new_id",
	       "addresses vfio-pci: @f:2\n");
	expect("id=$(lspci -n -s 83:00.0 | cut -d' ' -f3)\n"
	       "echo $id > /sys/bus/pci/drivers/vfio-pci/new_id",
	       "addresses vfio-pci: 0000:83:00.0 by new_id @f:2\n");
}

/* As they circulate. */
TEST(test_recipes)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		/* ids of an array, each of which comes from a device */
		{"D=(\"0000:03:00.0\" # the card\n\"0000:03:00.1\")\nI=()\nfor d in \"${D[@]}\"; do\n"
		 "I+=(\"$(cat /sys/bus/pci/devices/$d/vendor) $(cat /sys/bus/pci/devices/$d/device)\")\n"
		 "done\nb() {\nfor d in \"${D[@]}\"; do\nsudo sh -c \"echo '$d' > "
		 "/sys/bus/pci/devices/$d/driver/unbind\"\ndone\nfor i in \"${I[@]}\"; do\n"
		 "sudo sh -c \"echo '$i' > /sys/bus/pci/drivers/vfio-pci/new_id\"\ndone\n}\nb\n",
		 "addresses vfio-pci: 0000:03:00.0 0000:03:00.1 by new_id @f:15\n"},
		/* a list with commas */
		{"IFS=',' read -ra L <<< \"0000:03:00.0,0000:03:00.1\"\nfor d in \"${L[@]}\"; do "
		 "echo vfio-pci | tee /sys/bus/pci/devices/${d}/driver_override >/dev/null; done",
		 "addresses vfio-pci: 0000:03:00.0 0000:03:00.1 by override @f:2\n"},
		/* a table */
		{"while read -r a d; do\n[ -z \"$a\" ] && continue\n"
		 "echo \"$d\" > /sys/bus/pci/devices/$a/driver_override\ndone <<EOF\n"
		 "0000:03:00.0 vfio-pci\n0000:04:00.0 nouveau\nEOF\n",
		 "addresses vfio-pci: 0000:03:00.0 by override @f:3\n"
		 "addresses nouveau: 0000:04:00.0 by override @f:3\n"},
		/* functions of a slot */
		{"for d in 0000:03:00.{0..1}; do driverctl set-override $d vfio-pci; done",
		 "addresses vfio-pci: 0000:03:00.0 0000:03:00.1 by driverctl @f:1\n"},
		{"for d in /sys/bus/pci/devices/0000:03:00.*; do echo vfio-pci > "
		 "$d/driver_override; echo ${d##*/} > /sys/bus/pci/drivers_probe; done",
		 "addresses vfio-pci: 0000:03:00.* by override @f:1\n"},
		/* what is undone at the end */
		{"D=0000:03:00.0\nc() { echo > /sys/bus/pci/devices/$D/driver_override\n"
		 "echo $D > /sys/bus/pci/drivers/nvidia/bind; }\ntrap c EXIT\n"
		 "echo vfio-pci > /sys/bus/pci/devices/$D/driver_override\n"
		 "echo $D > /sys/bus/pci/drivers_probe\n./benchmark\n",
		 "addresses nvidia: 0000:03:00.0 by bind @f:7\n"},
		/* a driver that hangs on the kernel's command line */
		{"if grep -q vfio /proc/cmdline; then D=vfio-pci; else D=nvidia; fi\n"
		 "echo $D > /sys/bus/pci/devices/0000:03:00.0/driver_override",
		 "addresses vfio-pci: @f:2\n"},
		/* ids that a filter takes apart */
		{"B=03:00.0\ni=$(lspci -n -s \"$B\" | awk '{print $3}')\n"
		 "echo 0000:$B > /sys/bus/pci/devices/0000:$B/driver/unbind\n"
		 "echo \"${i%%:*} ${i##*:}\" > /sys/bus/pci/drivers/vfio-pci/new_id\n"
		 "echo 0000:$B > /sys/bus/pci/drivers/vfio-pci/bind\n",
		 "addresses vfio-pci: 0000:03:00.0 by new_id @f:4\n"},
		/* a display that is not the one of the boot, whichever that is */
		{"for i in /sys/bus/pci/devices/*/boot_vga; do\nif [ $(cat \"$i\") -eq 0 ]; then\n"
		 "G=\"${i%/boot_vga}\"\nfor p in `ls -d $(echo $G | cut -f1 -d'.').*`; do\n"
		 "echo \"vfio-pci\" > \"$p/driver_override\"\ndone\nfi\ndone\n",
		 "addresses vfio-pci: @f:5\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, rows[i].want);
}

/* Words alone bring nothing to a driver. */
TEST(test_words_without_effect)
{
	expect("#!/bin/sh\nlogger 0000:83:00.0\nexit 0\n", "");
	expect("# echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n", "");
	expect("usage() { cat <<E\nexample: driverctl set-override 0000:83:00.0 vfio-pci\nE\n}\n"
	       "echo 'echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override'\n",
	       "");
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override.txt", "");
	expect("cat /sys/bus/pci/devices/0000:83:00.0/driver_override", "");
	expect("", "");
	/* What is no script of a shell, or cannot be followed, says so. */
	expect("#!/usr/bin/python3\nopen('/sys/bus/pci/devices/0000:83:00.0/driver_override')\n",
	       "addresses vfio-pci: @f:2\n");
	expect("#!/usr/bin/python3\nprint('0000:83:00.0')\n", "");
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\nif\n",
	       "addresses vfio-pci: @f:1\n");
}

TEST(test_quoting)
{
	struct strv words = {};
	char *text;

	strv_add(&words, "a");
	strv_add(&words, "b'c d");
	strv_add(&words, "e" SHELL_UNKNOWN "f");
	text = foreign_quote(&words, 1);
	check_text("quoted", text, "'b'\\''c d' 'e'\"$(unknown)\"'f' ");
	free(text);
	strv_done(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vfiobind), cmocka_unit_test(test_writes),
		cmocka_unit_test(test_effect),   cmocka_unit_test(test_branches),
		cmocka_unit_test(test_groups),   cmocka_unit_test(test_programs),
		cmocka_unit_test(test_recipes),  cmocka_unit_test(test_words_without_effect),
		cmocka_unit_test(test_quoting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
