/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

static void expect_at(foreign_parser *parse, const char *path, const char *text, const char *want)
{
	parse_foreign(parse, FOREIGN_RC_LOCAL, path, text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
}

static void expect(foreign_parser *parse, const char *text, const char *want)
{
	expect_at(parse, "f", text, want);
}

#define SET "driverctl set-override 0000:01:00.0 vfio-pci"
#define IS(line) "addresses vfio-pci: 0000:01:00.0 @" line "\n"

TEST(test_crontab)
{
	expect(foreign_parse_crontab,
	       "# x\nSHELL=/bin/sh\n0 1 * * * driverctl set-override 0000:02:00.0 vfio-pci\n"
	       "@reboot " SET "\n@daily x\n@rebooted x\n",
	       IS("f:4"));
	expect_at(foreign_parse_crontab, "/etc/cron.d/x", " @reboot\troot " SET "\n",
		  IS("/etc/cron.d/x:1"));
	expect_at(foreign_parse_crontab, "/etc/cron.d/x", "@reboot root\n", "");
}

TEST(test_interfaces)
{
	expect(foreign_parse_interfaces,
	       "auto eth1\niface eth1 inet manual\n\tpre-up " SET "\n"
	       "\tup echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs || true\n"
	       "\tdown driverctl unset-override 0000:01:00.0\n"
	       "iface eth2 inet dhcp\n post-up echo 2 > /sys/class/net/${IFACE}/device/sriov_numvfs\n",
	       IS("f:3") "vfs eth1: 4 @f:4\nvfs eth2: 2 @f:7\n");
}

TEST(test_tmpfiles)
{
	expect(foreign_parse_tmpfiles,
	       "w /sys/class/net/eth1/device/sriov_numvfs - - - - 4\n"
	       "w+ /sys/bus/pci/devices/0000:01:00.0/driver_override - - - - vfio-pci\n"
	       "d /sys/class/net/eth2/device/sriov_numvfs - - - - 4\n#w /x - - - - 1\nw /sys/x\n",
	       IS("f:2") "vfs eth1: 4 @f:1\n");
}

TEST(test_sysfs)
{
	expect(foreign_parse_sysfs,
	       "bus/pci/devices/0000:81:00.1/sriov_numvfs = 6\n"
	       "class/net/ens5f1/device/sriov_numvfs=3\n# class/net/x/device/sriov_numvfs = 1\n"
	       "class/net/ens5f1/mtu = 9000\nbus/pci/devices/x/sriov_numvfs = 2\n"
	       "mode class/net/y/device/sriov_numvfs = 0644\n"
	       "bus/pci/devices/0000:01:00.0/driver_override = vfio-pci\n",
	       IS("f:7") "vfs 0000:81:00.1: 6 @f:1\nvfs ens5f1: 3 @f:2\n");
}

static const char *read_active(void *userdata _unused_, const char *path)
{
	return strcmp(path, "/etc/tuned/active_profile") == 0 ? "own other\n"
	       : strcmp(path, "/etc/conf.d/vfio") == 0        ? "DEVICES=0000:01:00.0\n"
							      : NULL;
}

static void expect_read(foreign_parser *parse, const char *path, const char *text, const char *want,
			const char *programs_want)
{
	struct strv programs = {};
	_cleanup_free_ char *joined = NULL;

	parse(&(struct foreign_file){FOREIGN_RC_LOCAL, path, text, &foreign, &programs, NULL,
				     read_active, NULL, NULL});
	check_foreign_is(text, &foreign, want);
	joined = strv_join(&programs, "|");
	check_text(text, joined, programs_want);
	strv_done(&programs);
}

TEST(test_tuned)
{
	static const char text[] = "[main]\nscript=no\n[sysfs]\n"
				   "/sys/class/net/eth1/device/sriov_numvfs = 4\n[script]\n"
				   "script=${i:PROFILE_DIR}/script.sh\n";

	expect_read(foreign_parse_tuned, "/etc/tuned/own/tuned.conf", text,
		    "vfs eth1: 4 @/etc/tuned/own/tuned.conf:4\n",
		    "/etc/tuned/own/script.sh\nprocess() { \"$@\"; }\nset -- 'start' \n");
	expect_read(foreign_parse_tuned, "/etc/tuned/idle/tuned.conf", text, "", "");
	expect_read(foreign_parse_tuned, "/etc/tuned/other/tuned.conf", "[script]\nscript=/a.sh\n",
		    "", "/a.sh\nprocess() { \"$@\"; }\nset -- 'start' \n");
	expect(foreign_parse_tuned, text, "");
}

TEST(test_dpdk)
{
	expect(foreign_parse_dpdk,
	       "# pci 0000:02:00.0 vfio-pci\npci\t0000:01:00.0  vfio-pci\nvmbus x uio_hv_generic\n"
	       "pci 0000:03:00.0 'vfio-pci\n",
	       IS("f:2"));
}

TEST(test_init)
{
	static const char openrc[] = "#!/sbin/openrc-run\ndepend() { x; }\nstart() {\n"
				     " driverctl set-override $DEVICES vfio-pci\n}\n"
				     "stop() {\n driverctl set-override 0000:02:00.0 vfio-pci\n}\n";

	expect_read(foreign_parse_init, "/etc/init.d/vfio", openrc,
		    "addresses vfio-pci: 0000:01:00.0 @/etc/init.d/vfio:4\n", "");
	expect(foreign_parse_init, openrc, "");
	expect(foreign_parse_init,
	       "#!/bin/sh\ncase $1 in\nstart) " SET ";;\n"
	       "stop) driverctl set-override 0000:02:00.0 vfio-pci;;\nesac\n",
	       IS("f:3"));
}

TEST(test_link_hook)
{
	expect(foreign_parse_link_hook,
	       "#!/bin/sh\n[ \"$1\" = eth1 ] && echo 4 > /sys/class/net/eth1/device/sriov_numvfs\n"
	       "if [ \"$IFACE\" = x ]; then " SET "; fi\n"
	       "driverctl set-override $1 vfio-pci\n",
	       IS("f:3") "vfs eth1: 4 @f:2\naddresses vfio-pci: @f:4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crontab),  cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_tmpfiles), cmocka_unit_test(test_sysfs),
		cmocka_unit_test(test_tuned),    cmocka_unit_test(test_dpdk),
		cmocka_unit_test(test_init),     cmocka_unit_test(test_link_hook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
