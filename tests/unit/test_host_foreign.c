/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign.h"

#include "foreign.h"
#include "host/recorder.h"
#include "model/policy.h"
#include "parse/kernel_args.h"

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

TEST(test_nothing)
{
	expect("empty tree", "");
}

/* One recipe of each kind, in the order in which a boot comes to them. */
TEST(test_everything)
{
	struct kernel_args args;

	tree_file(&tree, "etc/rc.local", "vfiobind 0000:01:00.0\n");
	tree_file(&tree, "etc/local.d/vfio.start", "vfiobind 0000:0a:00.0\n");
	tree_file(&tree, "etc/local.d/vfio.stop", "vfiobind 0000:0b:00.0\n");
	tree_file(&tree, "etc/systemd/system/own.service", "ExecStart=/bin/sh /opt/own.sh\n");
	tree_link(&tree, "etc/systemd/system/basic.target.requires/own.service", "../own.service");
	tree_file(&tree, "usr/sbin/driverctl", "");
	tree_file(&tree, "lib/systemd/system/vfio-bind.service", "");
	tree_file(&tree, "opt/own.sh",
		  "echo vfio-pci > /sys/bus/pci/devices/0000:02:00.0/driver_override\n");
	tree_link(&tree,
		  "etc/systemd/system/multi-user.target.wants/vfio-bind@0000:03:00.0.service",
		  "/etc/systemd/system/vfio-bind@.service");
	tree_file(&tree, "etc/sysconfig/vfio-bind", "DEVICES=04:00.0\n");
	tree_file(&tree, "etc/default/vfio-bind", "DEVICES=05:00.0\n");
	tree_file(&tree, "etc/driverctl.d/pci-0000:06:00.0", "vfio-pci\n");
	tree_file(&tree, "etc/modules", "vfio_pci\n");
	tree_link(&tree, "etc/modules-load.d/modules.conf", "../modules");
	tree_file(&tree, "usr/lib/modules-load.d/x.conf", "vfio\n");
	tree_file(&tree, "etc/dracut.conf.d/vfio", "force_drivers+=\" vfio_pci \"\n");
	tree_file(&tree, "etc/dracut.conf.d/vfio.conf", "add_drivers+=\" vfio_pci \"\n");
	tree_file(&tree, "etc/initramfs-tools/modules", "pci_stub ids=1:2\n");
	tree_file(&tree, "etc/udev/rules.d/9.rules",
		  "KERNEL==\"0000:07:00.0\", ATTR{driver_override}=\"vfio-pci\"\n");
	tree_file(&tree, "etc/initramfs-tools/scripts/init-top/bind",
		  "PREREQ=\"udev\"\ndriverctl set-override 0000:08:00.0 vfio-pci\n");
	tree_file(&tree, "etc/modprobe.d/vfio.conf", "install vfio-pci /sbin/override.sh\n");
	tree_file(
		&tree, "sbin/override.sh",
		"DEVS=0000:09:00.0\necho vfio-pci > /sys/bus/pci/devices/$DEVS/driver_override\n");
	kernel_args_parse("pci-stub.ids=3:4", &args);
	scan_foreign(&tree.root, &args, &foreign);
	kernel_args_done(&args);
	check_foreign_is(
		"everything", &foreign,
		"ids pci-stub: 3:4 @kernel arguments\n"
		"install vfio_pci: /sbin/override.sh @/etc/modprobe.d/vfio.conf:1\n"
		"addresses vfio-pci: 0000:09:00.0 @/sbin/override.sh:2\n"
		"addresses vfio-pci: 0000:08:00.0 @/etc/initramfs-tools/scripts/init-top/bind:2 "
		"(it runs after udev's script, as its name sorts behind \"udev\" or it has a PREREQ, "
		"when the native driver has the device already)\n"
		"addresses vfio-pci: 0000:07:00.0 @/etc/udev/rules.d/9.rules:1\n"
		"ids pci-stub: 1:2 @/etc/initramfs-tools/modules:1\n"
		"load force_drivers: vfio_pci @/etc/dracut.conf.d/vfio:1 (dracut reads only files "
		"whose names end in .conf) idle\n"
		"load add_drivers: vfio_pci @/etc/dracut.conf.d/vfio.conf:1\n"
		"load: vfio_pci @/etc/modules:1\n"
		"load: vfio @/usr/lib/modules-load.d/x.conf:1\n"
		"addresses vfio-pci: 0000:06:00.0 @/etc/driverctl.d/pci-0000:06:00.0\n"
		"addresses vfio-pci: 0000:04:00.0 @/etc/sysconfig/vfio-bind:1\n"
		"addresses vfio-pci: 0000:05:00.0 @/etc/default/vfio-bind:1\n"
		"addresses vfio-pci: 0000:03:00.0 @/etc/systemd/system/multi-user.target.wants/"
		"vfio-bind@0000:03:00.0.service\n"
		"addresses vfio-pci: 0000:02:00.0 @/opt/own.sh:1\n"
		"addresses vfio-pci: 0000:01:00.0 @/etc/rc.local:1\n"
		"addresses vfio-pci: 0000:0a:00.0 @/etc/local.d/vfio.start:1\n");
}

/* The first of /etc, /run, /usr/local/lib, /usr/lib has a name; then they count by name. */
TEST(test_masking)
{
	tree_file(&tree, "etc/modprobe.d/b.conf", "blacklist b\n");
	tree_file(&tree, "run/modprobe.d/b.conf", "blacklist b_run\n");
	tree_file(&tree, "run/modprobe.d/c.conf", "blacklist c_run\n");
	tree_file(&tree, "usr/lib/modprobe.d/c.conf", "blacklist c_usr\n");
	tree_file(&tree, "usr/lib/modprobe.d/a.conf", "blacklist a\n");
	tree_file(&tree, "usr/lib/modprobe.d/d.conf", "blacklist d\n");
	tree_link(&tree, "etc/modprobe.d/d.conf", "/dev/null");
	tree_file(&tree, "etc/modprobe.d/e.conf.bak", "blacklist e\n");
	tree_file(&tree, "etc/modprobe.d/.f.conf", "blacklist f\n");
	tree_dir(&tree, "etc/modprobe.d/g.conf");
	expect("masks", "blacklist: a @/usr/lib/modprobe.d/a.conf:1\n"
			"blacklist: b @/etc/modprobe.d/b.conf:1\n"
			"blacklist: c_run @/run/modprobe.d/c.conf:1\n");
}

TEST(test_our_own)
{
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf",
		  FILE_HEADER "options vfio-pci ids=1:2\n");
	tree_link(&tree,
		  "etc/systemd/system/multi-user.target.wants/vfio-prepare-x@0000:03:00.0.service",
		  "x");
	expect("ours", "ids vfio-pci: 1:2 @/etc/modprobe.d/vfio-prepare.conf:2 ours\n");
}

/* What is there and cannot be read is not the same as nothing. */
TEST(test_unreadable)
{
	static char large[OWN_FILE_MAX + 2];

	memset(large, '\n', sizeof(large) - 1);
	tree_file(&tree, "etc/modules", large);
	tree_bytes(&tree, "etc/rc.local", "a\0b", 3);
	tree_link(&tree, "etc/initramfs-tools/modules", "modules");
	expect("unread", "unread /etc/initramfs-tools/modules: Too many levels of symbolic links\n"
			 "unread /etc/modules: it is larger than four megabytes\n"
			 "unread /etc/rc.local: it is no text: there is a NUL in it\n");
}

TEST(test_programs_are_not_scripts)
{
	static char large[64 * 1024 + 2];

	memset(large, '\n', sizeof(large) - 1);
	memcpy(large, "vfiobind 0000:01:00.0", 21);
	tree_file(
		&tree, "etc/systemd/system/a.service",
		"ExecStart=/bin/large\nExecStart=/bin/binary\nExecStart=/bin/none\nExecStart=/bin\n");
	tree_file(&tree, "bin/large", large);
	tree_bytes(&tree, "bin/binary", "vfiobind 0000:01:00.0\0", 22);
	expect("programs", "");
}

static bool recorded(const struct recorder *recorder, const char *path)
{
	vec_foreach(record, recorder)
		if (strcmp(record->path, path) == 0)
			return record->has_bytes;
	return false;
}

/* Units, rules and scripts that have nothing to do with it may hold secrets. */
TEST(test_what_is_recorded)
{
	struct recorder recorder = {};
	struct kernel_args none = {};

	tree_file(&tree, "etc/systemd/system/a.service", "ExecStart=/bin/a --password x\n");
	tree_link(&tree, "etc/systemd/system/x.target.wants/b.service", "../b.service");
	tree_link(&tree, "etc/systemd/system/x.target.wants/c.timer", "../c.timer");
	tree_file(&tree, "bin/a", "password=x\n");
	tree_file(&tree, "etc/systemd/system/b.service", "ExecStart=/bin/b\n");
	tree_file(&tree, "bin/b", "vfiobind 0000:01:00.0\n");
	tree_file(&tree, "etc/systemd/system/c.service",
		  "EnvironmentFile=/etc/c\nExecStart=/bin/c\n");
	tree_file(&tree, "etc/c", "DEVICE=0000:02:00.0\n");
	tree_file(&tree, "bin/c", "/bin/d $DEVICE\n");
	tree_file(&tree, "bin/d", "vfiobind $1\n");
	tree_file(&tree, "etc/udev/rules.d/a.rules", "ENV{ID_SERIAL}==\"x\"\n");
	tree_file(&tree, "etc/rc.local", "login x\n");
	tree_file(&tree, "etc/modules", "loop\n");
	tree.root.recorder = &recorder;
	scan_foreign(&tree.root, &none, &foreign);
	tree.root.recorder = NULL;
	assert_false(recorded(&recorder, "etc/systemd/system/a.service"));
	assert_false(recorded(&recorder, "bin/a"));
	assert_false(recorded(&recorder, "etc/udev/rules.d/a.rules"));
	assert_false(recorded(&recorder, "etc/rc.local"));
	assert_true(recorded(&recorder, "bin/b"));
	/* Without the unit, nobody looks into the script. */
	assert_true(recorded(&recorder, "etc/systemd/system/b.service"));
	assert_true(recorded(&recorder, "etc/systemd/system/c.service"));
	assert_true(recorded(&recorder, "etc/c"));
	assert_true(recorded(&recorder, "bin/c"));
	assert_true(recorded(&recorder, "bin/d"));
	check_foreign_is("what is followed", &foreign,
			 "load loop: loop @/etc/modules:1\n"
			 "addresses vfio-pci: 0000:01:00.0 @/bin/b:1\n"
			 "addresses vfio-pci: 0000:02:00.0 @/bin/d:1\n");
	assert_true(recorded(&recorder, "etc/modules"));
	recorder_done(&recorder);
}

/* Units of packages count once a target wants them, and templates by their instances. */
TEST(test_wanted_units)
{
#define SET(address) "ExecStart=/usr/sbin/driverctl set-override " address " vfio-pci\n"
#define WANTS "etc/systemd/system/multi-user.target.wants/"
	tree_file(&tree, "usr/lib/systemd/system/package.service", SET("0000:01:00.0"));
	tree_file(&tree, "usr/lib/systemd/system/idle.service", SET("0000:09:00.0"));
	tree_file(&tree, "etc/systemd/system/own.service", SET("0000:02:00.0"));
	tree_file(&tree, "etc/systemd/system/t@.service", SET("%i"));
	tree_file(&tree, "etc/systemd/system/u@.service", SET("%i"));
	tree_file(&tree, "etc/systemd/system/x.service.d/o.conf", SET("0000:05:00.0"));
	tree_link(&tree, WANTS "package.service", "/usr/lib/systemd/system/package.service");
	tree_link(&tree, WANTS "own.service", "/etc/systemd/system/own.service");
	tree_link(&tree, WANTS "t@0000:03:00.0.service", "/etc/systemd/system/t@.service");
	tree_link(&tree, WANTS "gone.service", "/usr/lib/systemd/system/gone.service");
	tree_link(&tree, WANTS "some.socket", "/usr/lib/systemd/system/package.service");
	expect("wanted units",
	       "addresses vfio-pci: 0000:01:00.0 @/" WANTS "package.service:1\n"
	       "addresses vfio-pci: 0000:03:00.0 @/" WANTS "t@0000:03:00.0.service:1\n"
	       "addresses vfio-pci: 0000:02:00.0 @/etc/systemd/system/own.service:1\n"
	       "addresses vfio-pci: @/etc/systemd/system/u@.service:1 (nothing below "
	       "/etc/systemd/system enables the unit, so that no boot starts it) idle\n"
	       "addresses vfio-pci: 0000:05:00.0 @/etc/systemd/system/x.service.d/o.conf:1\n");
}

/* What stands on a card may have its hardware address. */
TEST(test_hardware_addresses)
{
	static const char connection[] = "etc/NetworkManager/system-connections/a.nmconnection";
	struct recorder recorder = {};
	struct kernel_args none = {};

	tree_file(&tree, connection,
		  "[ethernet]\nmac-address=3C:FD:FE:00:00:01\n"
		  "[802-1x]\npassword=secret\n[sriov]\ntotal-vfs=4\n");
	tree_file(&tree, "etc/systemd/network/1.link",
		  "[Match]\nMACAddress=3c:fd:fe:00:00:02\n[Link]\nSR-IOVVirtualFunctions=2\n");
	tree_file(&tree, "sys/devices/virtual/net/bond0/address", "3c:fd:fe:00:00:01\n");
	tree_link(&tree, "sys/class/net/bond0", "../../devices/virtual/net/bond0");
	tree_file(&tree, "sys/devices/pci0000:00/0000:00:04.0/net/eth1/address",
		  "3c:fd:fe:00:00:01\n");
	tree_link(&tree, "sys/class/net/eth1", "../../devices/pci0000:00/0000:00:04.0/net/eth1");
	tree.root.recorder = &recorder;
	scan_foreign(&tree.root, &none, &foreign);
	tree.root.recorder = NULL;
	check_foreign_is("hardware addresses", &foreign,
			 "vfs 3c:fd:fe:00:00:02: 2 @/etc/systemd/network/1.link:4\n"
			 "vfs eth1: 4 @/etc/NetworkManager/system-connections/a.nmconnection:6\n");
	assert_true(recorded(&recorder, connection));
	vec_foreach(record, &recorder)
		assert_true(!record->has_bytes ||
			    !memmem(record->bytes, record->length, "secret", 6));
	recorder_done(&recorder);
}

TEST(test_vdsm)
{
	struct kernel_args none = {};

	scan_foreign(&tree.root, &none, &foreign);
	assert_int_equal(foreign.managers, 0);
	tree_file(&tree, "etc/vdsm/vdsm.conf", "");
	scan_foreign(&tree.root, &none, &foreign);
	assert_int_equal(foreign.managers, FOREIGN_OWNER(FOREIGN_OF_VDSM));
}

/* A setting as modprobe --showconfig has it, with single spaces. */
static char *as_modprobe(const struct foreign_setting *setting)
{
	static const char *const commands[] = {[FOREIGN_BLACKLIST] = "blacklist",
					       [FOREIGN_IDS] = "options",
					       [FOREIGN_INSTALL] = "install",
					       [FOREIGN_SOFTDEP] = "softdep"};
	static const char *const leads[] = {[FOREIGN_IDS] = "ids=", [FOREIGN_SOFTDEP] = "pre: "};
	_cleanup_free_ char *module = setting->name ? module_of_driver(setting->name) : NULL;
	bool ids = setting->effect == FOREIGN_IDS;
	struct buf buf = {};

	buf_add(&buf, commands[setting->effect]);
	if (module)
		buf_addf(&buf, " %s", module);
	for (size_t i = 0; i < setting->values.n; i++)
		buf_addf(&buf, "%s%s", i ? (ids ? "," : " ") : " ", setting->values.items[i]);
	if (module && setting->effect != FOREIGN_INSTALL) {
		size_t length = strlen(commands[setting->effect]) + strlen(module) + 2;
		char *text = xasprintf("%.*s%s%s", (int)length, buf.text, leads[setting->effect],
				       buf.text + length);

		buf_done(&buf);
		return text;
	}
	return buf_take(&buf);
}

/* Its line in the same form; NULL: about a module that is not of this test. */
static char *normal_line(const char *line)
{
	struct strv words = {};
	struct buf buf = {};

	strv_split(&words, line, " \t\n");
	if (words.n > 1 &&
	    (strncmp(words.items[1], "test", 4) == 0 || strcmp(words.items[1], "vfio_pci") == 0 ||
	     strcmp(words.items[1], "pci_stub") == 0))
		for (size_t i = 0; i < words.n; i++) {
			char *word = strcmp(words.items[0], "softdep") == 0
					     ? module_of_driver(words.items[i])
					     : xstrdup(words.items[i]);

			buf_addf(&buf, "%s%s", i ? " " : "", word);
			free(word);
		}
	strv_done(&words);
	return buf.length ? buf_take(&buf) : NULL;
}

/*
 * modprobe itself shows what it has read of the same directory. -C takes one directory, so that this
 * is about lines and not about masking.
 */
TEST(test_agrees_with_modprobe)
{
	static const char *const files[][2] = {
		{"a.conf", "blacklist test-hda-intel\nblacklist  test1 \t trailing words\n"
			   "# blacklist test2\n #blacklist test3\n\tblacklist test4\nblacklist\n"},
		{"b.conf", "options vfio-pci ids=10de:1bb0,10de:10f0\noptions vfio_pci  ids=1:2\n"
			   "options vfio-pci \\\n  ids=3:4\\\n,5:6\noptions pci-stub ids=7:8\n"
			   "options vfio-pci\n"},
		{"c.conf", "softdep test5 pre: vfio-pci vfio\nsoftdep  test-6\tpre: b\n"
			   "install test7 /bin/false\ninstall test8 /bin/sh -c \\\n'exit 1'\n"
			   "install test9\n"},
		{"d.conf",
		 "black\\list test10\nblacklist test11\\\n\nblacklist test\\\n12\n# a \\\n"
		 "blacklist test13\nblack list test14\nblacklist test15\\-x\n"
		 "blacklist test16"},
		{"e.txt", "blacklist test_not_read\n"},
		{".f.conf", "blacklist test_not_read\n"},
		{"B.conf", "blacklist test0\n"},
	};
	_cleanup_free_ char *command =
		xasprintf("modprobe -C %s/etc/modprobe.d --showconfig 2>/dev/null", tree.path);
	static const char *const kinds[] = {"blacklist", "options", "install", "softdep"};
	struct kernel_args none = {};
	struct strv theirs = {};
	char text[512];
	FILE *output;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *name = xasprintf("etc/modprobe.d/%s", files[i][0]);

		tree_file(&tree, name, files[i][1]);
	}
	output = popen(command, "re");
	assert_non_null(output);
	while (fgets(text, sizeof(text), output)) {
		char *line = normal_line(text);

		if (line)
			strv_take(&theirs, line);
	}
	assert_int_equal(pclose(output), 0);
	scan_foreign(&tree.root, &none, &foreign);
	/* It shows them kind by kind. */
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct buf wanted = {}, got = {};

		for (size_t j = 0; j < theirs.n; j++)
			if (strncmp(theirs.items[j], kinds[i], strlen(kinds[i])) == 0)
				buf_addf(&wanted, "%s\n", theirs.items[j]);
		vec_foreach(setting, &foreign) {
			_cleanup_free_ char *line = as_modprobe(setting);

			if (strncmp(line, kinds[i], strlen(kinds[i])) == 0)
				buf_addf(&got, "%s\n", line);
		}
		check(kinds[i], wanted.length > 0);
		check_text(kinds[i], buf_text(&got), buf_text(&wanted));
		buf_done(&wanted);
		buf_done(&got);
	}
	strv_done(&theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, start, stop),
		cmocka_unit_test_setup_teardown(test_everything, start, stop),
		cmocka_unit_test_setup_teardown(test_masking, start, stop),
		cmocka_unit_test_setup_teardown(test_our_own, start, stop),
		cmocka_unit_test_setup_teardown(test_unreadable, start, stop),
		cmocka_unit_test_setup_teardown(test_programs_are_not_scripts, start, stop),
		cmocka_unit_test_setup_teardown(test_what_is_recorded, start, stop),
		cmocka_unit_test_setup_teardown(test_wanted_units, start, stop),
		cmocka_unit_test_setup_teardown(test_hardware_addresses, start, stop),
		cmocka_unit_test_setup_teardown(test_vdsm, start, stop),
		cmocka_unit_test_setup_teardown(test_agrees_with_modprobe, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
