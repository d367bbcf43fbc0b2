/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_idle.h"

#include "foreign.h"
#include "host/foreign.h"

static struct tree tree;
static struct foreign foreign;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	foreign_done(&foreign);
	tree_done(&tree);
	return 0;
}

static void expect(const char *what, const char *want)
{
	struct kernel_args none = {};

	scan_foreign(&tree.root, &none, &foreign);
	check_foreign_is(what, &foreign, want);
}

#define BIND(device) "echo vfio-pci >/sys/bus/pci/devices/" device "/driver_override\n"
#define NOT_ENABLED \
	"(nothing below /etc/systemd/system enables the unit, so that no boot starts it) idle\n"

/* What runs a program that is not there, if the line is about guests. */
TEST(test_missing_programs)
{
	tree_file(&tree, "etc/systemd/system/a.service",
		  "[Service]\nExecStart=/opt/vfio-a.sh 0000:01:00.0\nExecStart=/opt/other\n");
	tree_file(&tree, "etc/udev/rules.d/a.rules",
		  "ACTION==\"add\", RUN+=\"/opt/vfio-b.sh %k\"\n# RUN+=\"/opt/vfio-x\"\n");
	tree_file(&tree, "etc/modprobe.d/a.conf", "install vfio-pci /opt/c.sh\n");
	tree_file(&tree, "etc/rc.local", "/opt/passthrough-d $X\n/opt/vfio/$X/e.sh\n/opt/f.sh\n");
	tree_file(&tree, "opt/f.sh", "/opt/vfio-g\nvfio-helper 0000:01:00.0\n");
	expect("missing", "install vfio_pci: /opt/c.sh @/etc/modprobe.d/a.conf:1\n"
			  "missing: /opt/c.sh @/etc/modprobe.d/a.conf:1\n"
			  "missing: /opt/vfio-b.sh @/etc/udev/rules.d/a.rules:1\n"
			  "missing: /opt/vfio-a.sh @/etc/systemd/system/a.service:2\n"
			  "missing: /opt/passthrough-d @/etc/rc.local:1\n"
			  "missing: /opt/vfio-g @/opt/f.sh:1\n");
	tree_file(&tree, "opt/vfio-a.sh", BIND("0000:02:00.0"));
	tree_file(&tree, "opt/vfio-b.sh", "");
	tree_file(&tree, "opt/c.sh", "");
	tree_file(&tree, "opt/passthrough-d", "");
	tree_file(&tree, "opt/vfio-g", "");
	expect("there", "install vfio_pci: /opt/c.sh @/etc/modprobe.d/a.conf:1\n"
			"addresses vfio-pci: 0000:02:00.0 @/opt/vfio-a.sh:1 " NOT_ENABLED);
}

TEST(test_images)
{
	tree_file(&tree, "etc/dracut.conf.d/a.conf",
		  "install_items+=\" /sbin/vfio-a.sh /usr/bin/find /opt/vfio-b \"\n");
	tree_file(&tree, "etc/mkinitcpio.conf",
		  "FILES=(/etc/modprobe.d/vfio.conf /etc/x)\nHOOKS=(base vfio vfio-b named)\n");
	tree_file(&tree, "usr/lib/initcpio/install/vfio-b", "");
	tree_file(&tree, "opt/vfio-b", "");
	tree_file(&tree, "etc/initcpio/hooks/named", "run_hook() {\n" BIND("0000:01:00.0") "}\n");
	tree_file(&tree, "etc/initcpio/hooks/unnamed", "run_hook() {\n" BIND("0000:02:00.0") "}\n");
	expect("images",
	       "copy install_items: /opt/vfio-b @/etc/dracut.conf.d/a.conf:1\n"
	       "copy FILES: @/etc/mkinitcpio.conf:1\n"
	       "hooks HOOKS: base vfio-b named @/etc/mkinitcpio.conf:2\n"
	       "addresses vfio-pci: 0000:01:00.0 @/etc/initcpio/hooks/named:2\n"
	       "addresses vfio-pci: 0000:02:00.0 @/etc/initcpio/hooks/unnamed:2 (HOOKS in "
	       "mkinitcpio.conf does not name the hook) idle\n"
	       "missing install_items: /sbin/vfio-a.sh @/etc/dracut.conf.d/a.conf:1\n"
	       "missing FILES: /etc/modprobe.d/vfio.conf @/etc/mkinitcpio.conf:1\n"
	       "missing HOOKS: vfio @/etc/mkinitcpio.conf:2\n");
}

TEST(test_modules_of_dracut)
{
	tree_file(&tree, "etc/dracut.conf.d/a.conf", "add_dracutmodules+=\" vfio lvm vfio-b \"\n");
	expect("no dracut",
	       "hooks add_dracutmodules: vfio lvm vfio-b @/etc/dracut.conf.d/a.conf:1\n");
	tree_file(&tree, "usr/lib/dracut/modules.d/20vfio-b/module-setup.sh", "");
	expect("dracut", "hooks add_dracutmodules: lvm vfio-b @/etc/dracut.conf.d/a.conf:1\n"
			 "missing add_dracutmodules: vfio @/etc/dracut.conf.d/a.conf:1\n");
}

/* Without a mkinitcpio.conf nobody knows which hooks are in an image. */
TEST(test_hooks_are_unknown)
{
	tree_file(&tree, "etc/initcpio/hooks/unnamed", "run_hook() {\n" BIND("0000:02:00.0") "}\n");
	expect("hooks", "addresses vfio-pci: 0000:02:00.0 @/etc/initcpio/hooks/unnamed:2\n");
}

/* By what a boot starts a unit, and the scripts behind it. */
TEST(test_units)
{
	static const struct {
		const char *link; /* below /etc/systemd/system; NULL: none */
		const char *unit;
		bool enabled;
	} rows[] = {
		{NULL, "a.service", false},
		{"x.target.wants/b.service", "a.service", false},
		{"x.target.wants/ab.service", "a.service", false},
		{"x.target.wants/a.service", "a.service", true},
		{"x.target.requires/a.service", "a.service", true},
		{"timers.target.wants/a.timer", "a.service", true},
		{"x.target.other/a.service", "a.service", false},
		{"x.target.wants/a@1.service", "a@.service", true},
		{"x.target.wants/a.service", "a@.service", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *unit = xasprintf("etc/systemd/system/%s", rows[i].unit),
				    *link = xasprintf("etc/systemd/system/%s",
						      rows[i].link ? rows[i].link : "x");

		tree_file(&tree, unit, "ExecStart=/opt/a.sh\n");
		tree_file(&tree, "opt/a.sh", "/opt/b.sh\n");
		tree_file(&tree, "opt/b.sh", BIND("0000:01:00.0"));
		if (rows[i].link)
			tree_link(&tree, link, "../x");
		expect(link,
		       rows[i].enabled
			       ? "addresses vfio-pci: 0000:01:00.0 @/opt/b.sh:1\n"
			       : "addresses vfio-pci: 0000:01:00.0 @/opt/b.sh:1 " NOT_ENABLED);
		stop(NULL);
		start(NULL);
	}
}

TEST(test_readers)
{
	tree_file(&tree, "etc/driverctl.d/0000:01:00.0", "vfio-pci\n");
	tree_file(&tree, "etc/sysconfig/vfio-bind", "DEVICES=02:00.0\n");
	expect("none",
	       "addresses vfio-pci: 0000:01:00.0 @/etc/driverctl.d/0000:01:00.0 (driverctl is not "
	       "installed) idle\n"
	       "addresses vfio-pci: 0000:02:00.0 @/etc/sysconfig/vfio-bind:1 (no unit reads the "
	       "file) idle\n");
	tree_file(&tree, "usr/sbin/driverctl", "");
	tree_file(&tree, "etc/systemd/system/own.service",
		  "EnvironmentFile=-/etc/sysconfig/vfio-bind\n");
	expect("both", "addresses vfio-pci: 0000:01:00.0 @/etc/driverctl.d/0000:01:00.0\n"
		       "addresses vfio-pci: 0000:02:00.0 @/etc/sysconfig/vfio-bind:1\n");
}

/* What is ours counts as that only where apply still writes it. */
TEST(test_own_files_of_old)
{
	static const char text[] = "# Written by vfio-prepare from its profile; changes here are "
				   "lost.\nblacklist a\n";

	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", text);
	tree_file(&tree, "etc/modprobe.d/10-vfio-prepare.conf", text);
	expect("own", "blacklist: a @/etc/modprobe.d/10-vfio-prepare.conf:2\n"
		      "blacklist: a @/etc/modprobe.d/vfio-prepare.conf:2 ours\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_missing_programs, start, stop),
		cmocka_unit_test_setup_teardown(test_images, start, stop),
		cmocka_unit_test_setup_teardown(test_modules_of_dracut, start, stop),
		cmocka_unit_test_setup_teardown(test_hooks_are_unknown, start, stop),
		cmocka_unit_test_setup_teardown(test_units, start, stop),
		cmocka_unit_test_setup_teardown(test_readers, start, stop),
		cmocka_unit_test_setup_teardown(test_own_files_of_old, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
