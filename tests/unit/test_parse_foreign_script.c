/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

static void expect(const char *text, const char *want)
{
	parse_foreign(foreign_parse_script, FOREIGN_RC_LOCAL, "f", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

/* The recipe of the charm guide and of OpenNebula's documentation. */
#define VFIOBIND                                                            \
	"#!/bin/sh\n"                                                       \
	"vfiobind() {\n"                                                    \
	"    dev=\"$1\"\n"                                                  \
	"    vendor=$(cat /sys/bus/pci/devices/$dev/vendor)\n"              \
	"    if [ -e /sys/bus/pci/devices/$dev/driver ]; then\n"            \
	"        echo $dev > /sys/bus/pci/devices/$dev/driver/unbind\n"     \
	"    fi\n"                                                          \
	"    echo $vendor $device > /sys/bus/pci/drivers/vfio-pci/new_id\n" \
	"}\n"

TEST(test_vfiobind)
{
	expect(VFIOBIND "vfiobind 0000:83:00.0\n# vfiobind 0000:84:00.0\nvfiobind 0000:85:00.0\n",
	       "addresses vfio-pci: 0000:83:00.0 @f:10\naddresses vfio-pci: 0000:85:00.0 @f:12\n");
	/* It rebinds what it is told elsewhere. */
	expect(VFIOBIND "for dev in $DEVICES; do vfiobind $dev; done\n",
	       "addresses vfio-pci: @f:2\n");
}

TEST(test_scripts)
{
	expect("#!/bin/sh\nlogger 0000:83:00.0\nexit 0\n", "");
	expect("# echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n", "");
	expect("echo 10de 1bb0 > /sys/bus/pci/drivers/pci-stub/new_id\n",
	       "ids pci-stub: 10de:1bb0 @f:1\n");
	expect("echo \"0x8086 0x10d3\" | tee /sys/bus/pci/drivers/vfio-pci/new_id\n",
	       "ids vfio-pci: 8086:10d3 @f:1\n");
	expect("echo vfio-pci > /sys/bus/pci/devices/0000:83:00.0/driver_override\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers/nouveau/unbind\n"
	       "echo 0000:83:00.0 > /sys/bus/pci/drivers_probe\n",
	       "addresses vfio-pci: 0000:83:00.0 @f:1\naddresses vfio-pci: 0000:83:00.0 @f:2\n"
	       "addresses vfio-pci: 0000:83:00.0 @f:3\n");
	expect("DEVS=\"0000:83:00.0 0000:83:00.1\"\nfor d in $DEVS; do\n"
	       "  echo -n 'pci-stub' > /sys/bus/pci/devices/$d/driver_override\ndone\n",
	       "addresses pci-stub: 0000:83:00.0 0000:83:00.1 @f:1\n");
	expect("driverctl --nosave set-override 0000:83:00.0 uio_pci_generic\n",
	       "addresses uio_pci_generic: 0000:83:00.0 @f:1\n");
	expect("driverctl set-override \"$DEV\" vfio-pci", "addresses vfio-pci: @f:1\n");
	expect("vfio-pci-bind.sh 10de:1bb0 0000:83:00.0 \\\n 0000:84:00.0\n",
	       "addresses vfio-pci: 0000:83:00.0 0000:84:00.0 @f:1\n");
	/* No addresses: a time, a MAC, a longer word. */
	expect("echo x > $d/driver_override\ndate 12:30.5; ip 00:11:22:33:44:55; x0000:83:00.0 "
	       "0000:83:00.0b 0000:83:20.0\n",
	       "addresses vfio-pci: @f:1\n");
	expect("", "");
}

TEST(programs_of_a_command)
{
	struct strv programs = {};

	foreign_find_programs("-/bin/sh -c '/opt/own.sh; opt/other' \"/bin/sh\" !!/sbin/x",
			      &programs);
	assert_int_equal(programs.n, 3);
	check_text("prefix", programs.items[0], "/bin/sh");
	check_text("quoted", programs.items[1], "/opt/own.sh");
	check_text("last", programs.items[2], "/sbin/x");
	foreign_find_programs("/a /b /c /d /e /f /g /h /i /j /k /l /m /n /o /p", &programs);
	assert_int_equal(programs.n, 16);
	check_text("limit", programs.items[15], "/m");
	strv_done(&programs);
}

static void expect_unit(const char *text, const char *want, const char *want_programs)
{
	struct strv programs = {};
	struct buf buf = {};

	parse_foreign(foreign_parse_unit, FOREIGN_UNIT, "u", text, &foreign, &programs);
	check_foreign_is(text, &foreign, want);
	for (size_t i = 0; i < programs.n; i++)
		buf_addf(&buf, "%s ", programs.items[i]);
	check_text(text, buf_text(&buf), want_programs);
	buf_done(&buf);
	strv_done(&programs);
}

TEST(test_units)
{
	expect_unit("[Unit]\nDescription=Binds devices to vfio-pci with vfio-bind\n[Service]\n"
		    "EnvironmentFile=-/etc/sysconfig/vfio-bind\n"
		    "ExecStart=-/usr/bin/vfio-bind $DEVICES\n",
		    "addresses vfio-pci: @u:5\n", "/usr/bin/vfio-bind ");
	expect_unit("ExecStart=/bin/sh -c 'echo vfio-pci > "
		    "/sys/bus/pci/devices/0000:83:00.0/driver_override'\n",
		    "addresses vfio-pci: 0000:83:00.0 @u:1\n",
		    "/bin/sh /sys/bus/pci/devices/0000:83:00.0/driver_override ");
	expect_unit("# ExecStart=/usr/bin/vfio-bind x\nExecStart=!!/bin/bash \\\n /opt/own.sh\n",
		    "", "/bin/bash /opt/own.sh ");
	expect_unit("ExecStartPre=/bin/true\nExecStart=\nExec\n", "", "/bin/true ");
}

static void expect_udev(const char *text, const char *want)
{
	parse_foreign(foreign_parse_udev, FOREIGN_UDEV_RULE, "r", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

TEST(test_udev)
{
	expect_udev("ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"0000:83:00.0\", "
		    "ATTR{driver_override}=\"vfio-pci\", RUN{builtin}+=\"kmod load vfio-pci\"\n",
		    "addresses vfio-pci: 0000:83:00.0 @r:1\n");
	expect_udev("KERNEL==\"0000:83:00.0|0000:84:00.0\", \\\n"
		    "ATTR{driver_override} := \"pci_stub\"\n",
		    "addresses pci-stub: 0000:83:00.0 0000:84:00.0 @r:1\n");
	expect_udev("ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x1bb0\", "
		    "ATTR{driver_override}=\"vfio-pci\"\n",
		    "ids vfio-pci: 0x10de:0x1bb0 @r:1\n");
	expect_udev("KERNEL==\"0000:83:00.0\", RUN+=\"/usr/bin/driverctl set-override "
		    "0000:83:00.0 vfio-pci\"\n",
		    "addresses vfio-pci: 0000:83:00.0 @r:1\n");
	/* Looked at, not set; a comment; other rules. */
	expect_udev("KERNEL==\"0000:83:00.0\", ATTR{driver_override}==\"vfio-pci\", MODE=\"0666\"\n"
		    "# ATTR{driver_override}=\"vfio-pci\"\nSUBSYSTEM==\"vfio\", GROUP=\"kvm\"\n"
		    "ATTR{driver_override}=\n",
		    "");
}

TEST(test_initramfs_order)
{
	static const struct {
		const char *name, *text;
		bool late;
	} rows[] = {
		{"00-vfio", "#!/bin/sh\nPREREQ=\"\"\n", false},
		{"00-vfio", "PREREQS=\"udev\"\n", true},
		{"00-vfio", "PREREQ=blacklist\n", true},
		{"00-vfio", "PREREQ=''  # none\n", false},
		{"vfio", "PREREQ=\"\"\n", true},
		{"bind_vfio", "", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf("/init-top/%s", rows[i].name),
				    *text = xasprintf("%svfio-bind 0000:83:00.0\n", rows[i].text);

		parse_foreign(foreign_parse_initramfs_script, FOREIGN_INITRAMFS_SCRIPT, path, text,
			      &foreign, NULL);
		assert_int_equal(foreign.n, 1);
		check_int(text, foreign.items[0].flaw != NULL, rows[i].late);
		foreign_done(&foreign);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_of_a_command),
		cmocka_unit_test(test_vfiobind),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_udev),
		cmocka_unit_test(test_initramfs_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
