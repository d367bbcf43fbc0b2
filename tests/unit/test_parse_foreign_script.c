/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

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
		    "addresses vfio-pci: @u:5\n", "");
	expect_unit(
		"Environment=\"A=0000:83:00.0 0000:84:00.0\" B=x\n"
		"ExecStart=vfio-bind $A ${B}y $C\n",
		"addresses vfio-pci: 0000:83:00.0 0000:84:00.0 @u:2\naddresses vfio-pci: @u:2\n",
		"");
	expect_unit("ExecStart=/bin/sh -c 'echo vfio-pci > "
		    "/sys/bus/pci/devices/0000:83:00.0/driver_override'\n",
		    "addresses vfio-pci: 0000:83:00.0 @u:1\n", "");
	/* Without a shell, '>' is a word, and so is what a shell would expand. */
	expect_unit("ExecStart=/bin/echo vfio-pci > "
		    "/sys/bus/pci/devices/0000:83:00.0/driver_override\n",
		    "", "");
	expect_unit("ExecStart=/bin/sh -c 'for d in 0000:83:00.0; do echo vfio-pci > "
		    "/sys/bus/pci/devices/$d/driver_override; done'\n",
		    "addresses vfio-pci: 0000:83:00.0 @u:1\n", "");
	expect_unit(
		"# ExecStart=/usr/bin/vfio-bind x\nExecStart=!!/bin/bash \\\n /opt/own.sh 'a b' %i\n",
		"", "/opt/own.sh\nset -- 'a b' ''\"$(unknown)\"'' \n ");
	expect_unit("Environment=A=1\nExecStart=/opt/own.sh\n", "",
		    "/opt/own.sh\nA='1' \nset -- \n ");
	expect_unit("ExecStartPre=/bin/true\nExecStart=\nExec\nExecStop=/opt/own.sh\n", "", "");
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
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_initramfs_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
