/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_owners.h"

#include "base/md5.h"
#include "host/foreign.h"
#include "host/recorder.h"
#include "parse/kernel_args.h"
#include "support.h"

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

/* "/etc/modprobe.d/a.conf:1 a package kmod\n" for each setting of the host. */
static char *owners_of(struct root *root, const char *arguments)
{
	struct kernel_args args;
	struct buf buf = {};

	foreign_done(&foreign);
	kernel_args_parse(arguments, &args);
	scan_foreign(root, &args, &foreign);
	find_argument_owners(root, &foreign);
	kernel_args_done(&args);
	vec_foreach(setting, &foreign) {
		_cleanup_free_ char *place = foreign_place(setting);

		buf_addf(&buf, "%s %s%s%s\n", place, foreign_owners[setting->owner].name,
			 setting->package ? " " : "", setting->package ? setting->package : "");
	}
	return buf_take(&buf);
}

static void expect(const char *arguments, const char *want)
{
	_cleanup_free_ char *got = owners_of(&tree.root, arguments);

	check_text(arguments, got, want);
}

#define LINE "blacklist nouveau\n"

/* A configuration file of a package is its own until somebody changes it. */
static void write_status(const char *path, const char *package)
{
	char sum[MD5_HEX_LENGTH + 1];
	_cleanup_free_ char *text = NULL;

	md5_hex(LINE, strlen(LINE), sum);
	text = xasprintf("Package: %s\nStatus: install ok installed\nConffiles:\n %s %s\n\n",
			 package, path, sum);
	tree_file(&tree, "var/lib/dpkg/status", text);
}

TEST(test_configuration_files)
{
	write_status("/etc/modprobe.d/a.conf", "kmod");
	tree_file(&tree, "etc/modprobe.d/a.conf", LINE);
	tree_file(&tree, "etc/modprobe.d/b.conf", LINE);
	expect("", "/etc/modprobe.d/a.conf:1 a package kmod\n/etc/modprobe.d/b.conf:1 a person\n");
	tree_file(&tree, "etc/modprobe.d/a.conf", LINE "blacklist x\n");
	expect("",
	       "/etc/modprobe.d/a.conf:1 a person kmod\n/etc/modprobe.d/a.conf:2 a person kmod\n"
	       "/etc/modprobe.d/b.conf:1 a person\n");
}

/* Recipes put scripts where packages do: dpkg knows which is which, and nobody else is asked. */
TEST(test_scripts_below_usr)
{
	static const char own[] = "usr/share/initramfs-tools/scripts/init-top/own",
			  theirs[] = "usr/share/initramfs-tools/scripts/init-top/theirs",
			  script[] = "echo vfio-pci > "
				     "/sys/bus/pci/devices/0000:01:00.0/driver_override\n";

	tree_file(&tree, own, script);
	tree_file(&tree, theirs, script);
	tree_file(&tree, "lib/modprobe.d/a.conf", LINE);
	expect("", "/lib/modprobe.d/a.conf:1 a package\n"
		   "/usr/share/initramfs-tools/scripts/init-top/own:1 a package\n"
		   "/usr/share/initramfs-tools/scripts/init-top/theirs:1 a package\n");
	tree_file(&tree, "var/lib/dpkg/status", "Package: x\nStatus: install ok installed\n");
	tree_file(&tree, "var/lib/dpkg/info/theirs:amd64.list",
		  "/.\n/usr\n/usr/share/initramfs-tools/scripts/init-top/theirs\n");
	expect("", "/lib/modprobe.d/a.conf:1 a package\n"
		   "/usr/share/initramfs-tools/scripts/init-top/own:1 a person\n"
		   "/usr/share/initramfs-tools/scripts/init-top/theirs:1 a package theirs\n");
}

TEST(test_marks_and_records)
{
	tree_file(&tree, "etc/modprobe.d/ansible.conf", "# Ansible managed\n" LINE);
	tree_file(&tree, "etc/modprobe.d/ocp.conf", LINE);
	tree_file(&tree, "etc/modprobe.d/was.conf", LINE);
	tree_file(&tree, "etc/machine-config-daemon/noorig/etc/modprobe.d/ocp.conf.mcdnoorig", "");
	tree_file(&tree, "etc/machine-config-daemon/orig/etc/modprobe.d/was.conf.mcdorig", "");
	/* People append to it. */
	tree_file(&tree, "etc/modprobe.d/pve-blacklist.conf",
		  "# nvidiafb\nblacklist nvidiafb\n" LINE);
	expect("", "/etc/modprobe.d/ansible.conf:2 Ansible\n"
		   "/etc/modprobe.d/ocp.conf:1 OpenShift's machine-config-daemon\n"
		   "/etc/modprobe.d/pve-blacklist.conf:2 Proxmox VE\n"
		   "/etc/modprobe.d/pve-blacklist.conf:3 a person\n"
		   "/etc/modprobe.d/was.conf:1 OpenShift's machine-config-daemon\n");
}

/* Each manager by its sign; what it has the arguments from. */
TEST(test_arguments)
{
	for (unsigned owner = 0; owner < N_FOREIGN_OWNERS; owner++) {
		const struct foreign_owner_row *row = &foreign_owners[owner];
		_cleanup_free_ char *want = xasprintf("kernel arguments %s\n",
						      row->argument ? row->name : "a person"),
				    *arguments = xasprintf("vfio-pci.ids=1:2 %s%s",
							   row->sign_argument ? row->sign_argument
									      : "x",
							   "=y");

		if (!row->sign && !row->sign_argument)
			continue;
		if (row->sign)
			tree_file(&tree, row->sign + 1, "");
		expect(arguments, want);
		stop(NULL);
		start(NULL);
	}
	tree_file(&tree, "etc/tuned/bootcmdline", "TUNED_BOOT_CMDLINE=\"vfio-pci.ids=1:2 a=b\"\n");
	expect("vfio-pci.ids=1:2 pci-stub.ids=3:4",
	       "kernel arguments TuneD\nkernel arguments a person\n");
}

/* A snapshot answers alike, and has of dpkg's database no more than these files. */
TEST(test_recorded)
{
	struct recorder recorder = {};
	bool any = false;

	write_status("/etc/modprobe.d/a.conf", "kmod");
	tree_file(&tree, "etc/modprobe.d/a.conf", LINE);
	tree_file(&tree, "usr/bin/x", "vfiobind 0000:01:00.0\n");
	tree_file(&tree, "etc/rc.local", "/usr/bin/x\n");
	tree_file(&tree, "var/lib/dpkg/info/x.list", "/.\n/usr/bin/x\n/etc/secret\n");
	tree.root.recorder = &recorder;
	free(owners_of(&tree.root, ""));
	tree.root.recorder = NULL;
	vec_foreach(record, &recorder) {
		if (strcmp(record->path, "var/lib/dpkg/status") == 0)
			any = strstr(record->bytes, "Package: kmod\n");
		if (strcmp(record->path, "var/lib/dpkg/info/x.list") == 0)
			check_text("list", record->bytes, "/.\n/usr/bin/x\n");
	}
	assert_true(any);
	recorder_done(&recorder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_configuration_files, start, stop),
		cmocka_unit_test_setup_teardown(test_scripts_below_usr, start, stop),
		cmocka_unit_test_setup_teardown(test_marks_and_records, start, stop),
		cmocka_unit_test_setup_teardown(test_arguments, start, stop),
		cmocka_unit_test_setup_teardown(test_recorded, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
