/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/check.h"
#include "foreign_host.h"

/*
 * Three equal cards on nouveau, 01:00.0 of which goes to vfio-pci and 02:00.0 to pci-stub; no section
 * lists 03:00.0. A network card on e1000e that its section wants there, and another one.
 */
static struct plan plan;

static void plan_device(const char *place, const char *want, const char *module)
{
	struct planned_device *device = vec_add(&plan);

	device->address = address(place);
	device->section = "s";
	device->want = xstrdup(want);
	device->module = xstrdup(module);
}

static int start(void **state _unused_)
{
	inventory.kernel = xstrdup("6.1.0-56-amd64");
	add_cards();
	add_function(&inventory, "0000:04:00.0", 0x8086, 0x10d3, 0x020000, 4, "e1000e");
	add_function(&inventory, "0000:05:00.0", 0x8086, 0x10fb, 0x020000, 5, "nic-x");
	plan_device("0000:01:00.0", "vfio-pci", "vfio_pci");
	plan_device("0000:02:00.0", "pci-stub", "pci_stub");
	plan_device("0000:04:00.0", "e1000e", "e1000e");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	plan_done(&plan);
	plan = (struct plan){};
	return 0;
}

/* "error foreign-ids /f:1", in lines; and all of part must be in what is said. */
static void expect(const char *want, const char *part)
{
	struct findings findings = {};
	struct profile profile = {};
	struct checks checks = {.profile = &profile,
				.inventory = &inventory,
				.plan = &plan,
				.findings = &findings};
	struct buf got = {}, said = {};

	check_foreign(&checks);
	vec_foreach(finding, &findings) {
		buf_addf(&got, "%s %s %s\n", severity_names[finding->severity],
			 finding_name(finding->type), finding->subject);
		buf_addf(&said, "%s -> %s\n", finding->detail, finding->remedy);
		check(finding->detail, *finding->remedy);
	}
	check_text(part, buf_text(&got), want);
	if (!strstr(buf_text(&said), part))
		fail_msg("\"%s\" is not said in\n%s", part, buf_text(&said));
	buf_done(&got);
	buf_done(&said);
	findings_done(&findings);
	foreign_done(&inventory.foreign);
}

TEST(test_addresses)
{
	static const struct setting_row rows[] = {
		ROW("", ""),
		ROW("note foreign-driverctl /d\n", "already binds 0000:01:00.0",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "vfio-pci", "0000:01:00.0")),
		ROW("error foreign-driverctl /d\n",
		    "nouveau: 0000:01:00.0 (section [device s] wants vfio-pci)",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "nouveau", "0000:01:00.0")),
		ROW("note foreign-driverctl /d\n", "0000:03:00.0, which no section lists",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "vfio-pci", "0000:03:00.0")),
		ROW("note foreign-driverctl /d\n", "vfio-prepare import",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "vfio-pci", "0000:03:00.0")),
		/* Neither the profile's business nor a guest's. */
		ROW("", "", PUT(DRIVERCTL, ADDRESSES, "/d", 0, "nouveau", "0000:03:00.0")),
		/* A service that comes late takes it away again. */
		ROW("warning foreign-rc-local /r:3\n", "already binds",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 3, "vfio-pci", "0000:01:00.0")),
		/* It never runs: what it says matters less. */
		ROW("warning foreign-initramfs-script /i:3\n", "FLAW",
		    PUT(INITRAMFS_SCRIPT, ADDRESSES, "/i", 3, "nouveau", "0000:01:00.0",
			.flaw = "FLAW")),
		ROW("warning foreign-unit /u:3\n", "cannot be determined",
		    PUT(UNIT, ADDRESSES, "/u", 3, "vfio-pci", "")),
		ROW("", "",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "vfio-pci", "0000:03:00.0", .ours = true)),
		/* What is not there is not taken. */
		ROW("note foreign-rc-local /r:3\n",
		    "no device of this host is at 0000:0a:00.0, so that it does nothing ->",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 3, "vfio-pci", "0000:0a:00.0")),
		ROW("warning foreign-rc-local /r:3\n",
		    "which no section lists; no device of this host is at 0000:0a:00.0;",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 3, "vfio-pci", "0000:0a:00.0 0000:03:00.0")),
		/* What no boot does is a note, whatever it says. */
		ROW("note foreign-unit /u:3\n", "it does nothing: FLAW",
		    PUT(UNIT, ADDRESSES, "/u", 3, "nouveau", "0000:01:00.0", .flaw = "FLAW",
			.idle = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_lines_of_a_file_are_told_at_once)
{
	static const struct setting_row rows[] = {
		ROW("warning foreign-rc-local /r:3\nwarning foreign-rc-local /r:8\n"
		    "warning foreign-rc-local /s:8\n",
		    "\"TEXT\" and lines 4, 7; the profile already binds 0000:01:00.0; it applies to 0000:03:00.0, 0000:05:00.0",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 3, "vfio-pci", "0000:01:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 4, "vfio-pci", "0000:03:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 7, "vfio-pci", "0000:05:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 8, "pci-stub", "0000:02:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/s", 8, "vfio-pci", "0000:01:00.0")),
		/* What several lines do to one device. */
		ROW("warning foreign-rc-local /r:3\n", "already binds 0000:01:00.0;",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 3, "vfio-pci", "0000:01:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 4, "vfio-pci", "0000:01:00.0")),
		ROW("note foreign-modules-load /l:1\n", " and line 2;",
		    PUT(MODULES_LOAD, LOAD, "/l", 1, NULL, "vfio"),
		    PUT(MODULES_LOAD, LOAD, "/l", 2, NULL, "vfio_pci")),
		/* A script that its unit has told of. */
		ROW("warning foreign-unit /u.service:3\n", "cannot be determined",
		    PUT(UNIT, ADDRESSES, "/u.service", 3, "vfio-pci", "",
			.text = "ExecStart=/usr/bin/vfio-bind x"),
		    PUT(UNIT, ADDRESSES, "/usr/bin/vfio-bind", 4, "vfio-pci", "")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_ids)
{
	static const struct setting_row rows[] = {
		ROW("note foreign-ids /m:1\n", "0000:05:00.0, which no section lists",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "8086:10fb")),
		ROW("warning foreign-ids /m:1\n", "also applies to 0000:03:00.0",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "10de:1bb0")),
		ROW("note foreign-ids /m:1\n", "already binds 0000:04:00.0",
		    PUT(MODPROBE, IDS, "/m", 1, "e1000e", "8086:10d3")),
		ROW("warning foreign-ids /m:1\n", "vfio-pci: 0000:04:00.0",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "8086:10d3")),
		ROW("note foreign-ids /m:1\n", "no device of this host has such an id",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "1:2")),
		ROW("warning foreign-ids /m:1\n", "no id: gpu",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "8086:10fb gpu")),
		ROW("error foreign-ids /m:1\n", "too long",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "1:2", .flaw = "too long",
			.fatal = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_many_are_counted)
{
	for (int i = 0; i < 16; i++) {
		char place[] = "0001:01:00.0";

		place[6] = (char)(i < 10 ? '0' + i : 'a' + i - 10);
		add_function(&inventory, place, 0x10de, 0x1bb0, 0x030000, 100 + i, NULL);
	}
	put(MODPROBE, IDS, "/m", 1, "vfio-pci", "10de:1bb0");
	expect("warning foreign-ids /m:1\n", "0001:06:00.0 and 9 more");
}

TEST(test_blacklists)
{
	static const struct setting_row rows[] = {
		ROW("warning foreign-blacklist /m:1\n", "from 0000:03:00.0, which",
		    PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "nouveau")),
		ROW("warning foreign-blacklist /m:1\n", "from 0000:03:00.0, which",
		    PUT(MODPROBE, INSTALL, "/m", 1, "nouveau", "/bin/false")),
		ROW("", "", PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "pcspkr")),
		ROW("", "", PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "nic_x")),
		ROW("note foreign-blacklist /m:1\n", "by name",
		    PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "vfio_pci")),
		ROW("note foreign-blacklist /m:1\n", "by name",
		    PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "e1000e")),
		ROW("note foreign-blacklist /m:1\n", "only vfio-prepare",
		    PUT(MODPROBE, INSTALL, "/m", 1, "vfio_pci", "/sbin/x")),
		ROW("", "", PUT(ARGUMENT, BLACKLIST, "/m", 1, "module_blacklist", "vfio_pci")),
		ROW("", "", PUT(ARGUMENT, BLACKLIST, "/m", 1, "modprobe.blacklist", "vfio-pci")),
		ROW("note foreign-blacklist /m:1\n", "by name",
		    PUT(ARGUMENT, BLACKLIST, "/m", 1, "modprobe.blacklist", "vfio_pci")),
		ROW("warning foreign-blacklist /m:1\n", "image",
		    PUT(DRACUT, BLACKLIST, "/m", 1, "omit_drivers", "vfio-pci")),
		ROW("warning foreign-blacklist /m:1\n", "FLAW",
		    PUT(ARGUMENT, BLACKLIST, "/m", 1, "rdblacklist", "nouveau", .flaw = "FLAW")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
	/* Another driver has it already: it misses nothing. */
	free(inventory.items[2].driver);
	inventory.items[2].driver = xstrdup("nvidia");
	put(MODPROBE, BLACKLIST, "/m", 1, NULL, "nouveau");
	expect("note foreign-blacklist /m:1\n", "already");
	put(MODPROBE, BLACKLIST, "/usr/lib/m", 1, NULL, "nouveau");
	put(MODPROBE, BLACKLIST, "/lib/m", 1, NULL, "nouveau");
	expect("", "");
	free(inventory.items[2].driver);
	inventory.items[2].driver = NULL;
	put(MODPROBE, BLACKLIST, "/usr/lib/m", 1, NULL, "nouveau");
	expect("warning foreign-blacklist /usr/lib/m:1\n", "from 0000:03:00.0");
	plan_device("0000:06:00.0", "vfio-pci", "vfio_pci");
	strv_add(&add_function(&inventory, "0000:06:00.0", 1, 2, 0, 6, NULL)->modules, "own");
	put(MODPROBE, BLACKLIST, "/m", 1, NULL, "own");
	expect("note foreign-blacklist /m:1\n", "already");
}

TEST(test_modules)
{
	static const struct setting_row rows[] = {
		ROW("note foreign-modprobe /m:1\n", "orders",
		    PUT(MODPROBE, SOFTDEP, "/m", 1, "nouveau", "vfio_pci"),
		    PUT(MODPROBE, SOFTDEP, "/m", 2, "nouveau", "drm")),
		ROW("", "", PUT(ARGUMENT, LOAD, NULL, 0, "rd.driver.pre", "loop")),
		ROW("note foreign-argument kernel arguments\n", "loaded early",
		    PUT(ARGUMENT, LOAD, NULL, 0, "rd.driver.pre", "loop vfio-pci")),
		ROW("", "",
		    PUT(MODULES_LOAD, LOAD, "/usr/lib/modules-load.d/vdsm.conf", 1, NULL,
			"vfio_pci")),
		ROW("warning foreign-dracut /d:1\n", "FLAW",
		    PUT(DRACUT, LOAD, "/d", 1, "force_drivers", "vfio_pci", .flaw = "FLAW")),
		ROW("note foreign-dracut /d:1\n", "take vfio_pci out of /d:1",
		    PUT(DRACUT, LOAD, "/d", 1, "force_drivers", "vfio_pci", .flaw = "FLAW",
			.idle = true)),
		ROW("note foreign-blacklist /d:1\n", "it does nothing: FLAW",
		    PUT(DRACUT, BLACKLIST, "/d", 1, "omit_drivers", "vfio_pci", .flaw = "FLAW",
			.idle = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_virqfd)
{
	static const struct {
		const char *kernel;
		bool gone;
	} rows[] = {{"6.1.0", false},  {"6.2.0", true}, {"6.12", true},
		    {"5.19.0", false}, {"7.0.1", true}, {"odd", true}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		free(inventory.kernel);
		inventory.kernel = xstrdup(rows[i].kernel);
		put(INITRAMFS_MODULES, LOAD, "/i", 1, NULL, "vfio_virqfd");
		expect(rows[i].gone ? "warning foreign-initramfs-modules /i:1\n"
				    : "note foreign-initramfs-modules /i:1\n",
		       rows[i].gone ? "6.2" : "after udev");
	}
}

TEST(test_options)
{
	static const struct setting_row rows[] = {
		ROW("warning foreign-argument kernel arguments\n", "patched",
		    PUT(ARGUMENT, OPTION, NULL, 0, "pcie_acs_override", "downstream"),
		    PUT(MODPROBE, OPTION, "/m", 1, "vfio_pci.disable_vga", "1")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* Rules that take devices off the bus, of which nothing is left to be seen afterwards. */
TEST(test_removed)
{
	static const struct setting_row rows[] = {
		ROW("error foreign-udev-rule /r:1\n",
		    "it takes off the bus: 0000:01:00.0 (section [device s] wants vfio-pci), ",
		    PUT(UDEV_RULE, IDS, "/r", 1, "none", "10de:1bb0", .removes = true)),
		ROW("note foreign-udev-rule /r:1\n", "perhaps because all were taken off the bus",
		    PUT(UDEV_RULE, IDS, "/r", 1, "none", "10de:2204", .removes = true)),
		ROW("", "", PUT(UDEV_RULE, IDS, "/r", 1, "none", "8086:10fb", .removes = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* What is left of a recipe. */
TEST(test_leftovers)
{
	static const struct setting_row rows[] = {
		ROW("note foreign-dracut /d:1\n", "it goes into each image",
		    PUT(DRACUT, COPY, "/d", 1, "install_items", "/sbin/vfio.sh")),
		ROW("", "", PUT(DRACUT, COPY, "/d", 1, "install_items", "")),
		ROW("", "", PUT(MKINITCPIO, HOOKS, "/i", 1, "HOOKS", "base vfio")),
		ROW("note foreign-mkinitcpio /i:1\n",
		    "vfio is not there, so that no image gets it -> take vfio out of /i:1",
		    PUT(MKINITCPIO, MISSING, "/i", 1, "HOOKS", "vfio")),
		ROW("note foreign-unit /etc/systemd/system/u.service:1\n",
		    "/x is not there, so that the line does nothing -> systemctl disable u.service",
		    PUT(UNIT, MISSING, "/etc/systemd/system/u.service", 1, NULL, "/x")),
		ROW("warning foreign-modprobe /m:1\n", "modprobe cannot load the module",
		    PUT(MODPROBE, MISSING, "/m", 1, NULL, "/x")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_ids_conflicts)
{
	static const struct setting_row rows[] = {
		ROW("note foreign-argument kernel arguments\nnote foreign-ids /a:1\nnote foreign-ids /b:1\n"
		    "warning ids-conflict kernel arguments\n",
		    "and not /a:1, /b:1", PUT(ARGUMENT, IDS, NULL, 0, "vfio-pci", "1:2"),
		    PUT(MODPROBE, IDS, "/a", 1, "vfio-pci", "1:2"),
		    PUT(MODPROBE, IDS, "/b", 1, "vfio-pci", "3:4")),
		/* The last of a kind; what it says is all that the others say. */
		ROW("note foreign-ids /a:1\nnote foreign-ids /b:1\nnote ids-conflict /b:1\n",
		    "and not /a:1", PUT(MODPROBE, IDS, "/a", 1, "pci-stub", "1:2"),
		    PUT(MODPROBE, IDS, "/b", 1, "pci-stub", "3:4 1:2")),
		/* A command line of modprobe comes last of all; scripts and rules have no part in it. */
		ROW("note foreign-rc-local /r:1\nnote foreign-initramfs-modules /i:1\n"
		    "note foreign-ids /b:1\nwarning ids-conflict /i:1\n",
		    "and not /b:1", PUT(RC_LOCAL, IDS, "/r", 1, "vfio-pci", "1:2"),
		    PUT(INITRAMFS_MODULES, IDS, "/i", 1, "vfio-pci", "1:2"),
		    PUT(MODPROBE, IDS, "/b", 1, "vfio-pci", "3:4")),
		/* Ours against one by hand, and ours alone. */
		ROW("note foreign-ids /b:1\nwarning ids-conflict /b:1\n", "and not /a:1",
		    PUT(MODPROBE, IDS, "/a", 1, "vfio-pci", "1:2", .ours = true),
		    PUT(MODPROBE, IDS, "/b", 1, "vfio-pci", "3:4")),
		ROW("", "", PUT(MODPROBE, IDS, "/a", 1, "vfio-pci", "1:2", .ours = true),
		    PUT(MODPROBE, IDS, "/a", 2, "vfio-pci", "3:4", .ours = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_host)
{
	strv_add(&inventory.foreign.unread, "/etc/rc.local: Permission denied");
	inventory.foreign.managers = FOREIGN_OWNER(FOREIGN_OF_VDSM);
	expect("warning foreign-unreadable host\nnote foreign-vdsm /etc/vdsm/vdsm.conf\n",
	       "not known: /etc/rc.local: Permission denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_addresses, start, stop),
		cmocka_unit_test_setup_teardown(test_lines_of_a_file_are_told_at_once, start, stop),
		cmocka_unit_test_setup_teardown(test_ids, start, stop),
		cmocka_unit_test_setup_teardown(test_many_are_counted, start, stop),
		cmocka_unit_test_setup_teardown(test_blacklists, start, stop),
		cmocka_unit_test_setup_teardown(test_modules, start, stop),
		cmocka_unit_test_setup_teardown(test_virqfd, start, stop),
		cmocka_unit_test_setup_teardown(test_options, start, stop),
		cmocka_unit_test_setup_teardown(test_removed, start, stop),
		cmocka_unit_test_setup_teardown(test_leftovers, start, stop),
		cmocka_unit_test_setup_teardown(test_ids_conflicts, start, stop),
		cmocka_unit_test_setup_teardown(test_host, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
