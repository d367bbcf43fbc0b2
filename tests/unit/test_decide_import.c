/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import.h"

#include "base/buf.h"
#include "foreign_host.h"

/* Three equal cards, a network card, a bridge that shares its id. */
static int start(void **state _unused_)
{
	add_cards();
	add_function(&inventory, "0000:04:00.0", 0x8086, 0x10d3, 0x020000, 4, "own-nic");
	add_function(&inventory, "0000:05:00.0", 0x8086, 0x10d3, 0x060400, 5, "pcieport");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/*
 * "0000:01:00.0 vfio-pci /a /b id", where it stands, and by what it is one; "id 1:2" for one of
 * no device; "lost ..." and "done ..." for the remarks. Empties the settings.
 */
static void expect(const char *what, const char *want)
{
	static const char *const reasons[] = {
		[IMPORT_NAMED] = "named",
		[IMPORT_BY_ID] = "id",
		[IMPORT_UNEXPLAINED] = "unexplained",
		[IMPORT_ABSENT] = "absent",
		[IMPORT_KEPT] = "kept",
		[IMPORT_TWIN_NAMED] = "twin",
		[IMPORT_OF_GUEST] = "guest",
	};
	struct import import;
	struct buf got = {};

	import_make(&inventory, NULL, &import);
	vec_foreach(device, &import) {
		buf_addf(&got, "%s %s", PCI_ADDRESS_TEXT(&device->address), device->driver);
		for (size_t i = 0; i < device->sources.n; i++)
			buf_addf(&got, " %s", device->sources.items[i]->file);
		buf_addf(&got, " %s\n", reasons[device->reason]);
	}
	vec_foreach(id, &import.ids)
		buf_addf(&got, "id %x:%x %s\n", id->id.vendor, id->id.device, id->setting->file);
	vec_foreach(remark, &import.remarks)
		buf_addf(&got, "%s %s\n", remark->lost ? "lost" : "done", remark->text);
	if (import.unsafe_interrupts)
		buf_add(&got, "unsafe\n");
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	import_done(&import);
	foreign_done(&inventory.foreign);
}

TEST(test_addresses)
{
	static const struct setting_row rows[] = {
		ROW("nothing", ""),
		ROW("several places, one device",
		    "0000:01:00.0 vfio-pci /r named\n0000:02:00.0 vfio-pci /d /r named\n",
		    PUT(RC_LOCAL, ADDRESSES, "/s", 1, "vfio-pci", "0000:09:00.0", .ours = true),
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:02:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 1, "vfio-pci",
			"0000:02:00.0 0000:01:00.0 0000:01:00.0")),
		ROW("absent", "0000:09:00.0 vfio-pci /d absent\n",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:09:00.0")),
		ROW("patterns, and a place with the id of what is there",
		    "0000:01:00.0 vfio-pci /p named\n0000:02:00.0 vfio-pci /u named\n"
		    "lost /p:1: \"TEXT\": no device of this host is at 0000:07:00.?\n"
		    "done /p:1: \"TEXT\": 0000:05:00.0 is a bridge, which vfio-pci does not take\n"
		    "lost /p:1: \"TEXT\": \"gpu\" is no address\n"
		    "lost /u:1: \"TEXT\": another device is at 0000:03:00.0 now, which has not "
		    "this id\n",
		    PUT(RC_LOCAL, ADDRESSES, "/p", 1, "vfio-pci",
			"0000:01:*.? 0000:07:00.? 0000:05:00.* gpu"),
		    PUT(VFIO_BIND, ADDRESSES, "/u", 1, "vfio-pci",
			"02:00.0|10de:1bb0 0000:03:00.0|10de:1bb1")),
		ROW("nothing is done",
		    "0000:01:00.0 pciback /a named\n"
		    "lost /a:1: \"TEXT\": nothing is done by it: FLAW\n",
		    PUT(ARGUMENT, ADDRESSES, "/a", 1, "pciback", "0000:01:00.0", .flaw = "FLAW",
			.fatal = true)),
		ROW("what a profile cannot say",
		    "lost /d:1: \"TEXT\": a profile cannot say \"no driver at all\"\n"
		    "lost /e:1: \"TEXT\": that is no driver's name\n"
		    "lost /u:1: \"TEXT\": which devices it means cannot be told from it: list them by "
		    "hand\n",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "none", "0000:01:00.0"),
		    PUT(UDEV_RULE, ADDRESSES, "/e", 1, "$env{X}", "0000:01:00.0"),
		    PUT(UNIT, ADDRESSES, "/u", 1, "vfio-pci", "")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_units_that_say_nothing_more)
{
	static const struct setting_row rows[] = {
		ROW("without a list",
		    "lost /u:1: \"ExecStart=/usr/bin/vfio-bind $DEVICES\": which devices "
		    "it means cannot be told from it: list them by hand\n",
		    PUT(UNIT, ADDRESSES, "/u", 1, "vfio-pci", "",
			.text = "ExecStart=/usr/bin/vfio-bind $DEVICES"),
		    PUT(UNIT, ADDRESSES, "/usr/bin/vfio-bind", 1, "vfio-pci", "")),
		ROW("with its list", "0000:01:00.0 vfio-pci /v named\n",
		    PUT(VFIO_BIND, ADDRESSES, "/v", 1, "vfio-pci", "0000:01:00.0"),
		    PUT(UNIT, ADDRESSES, "/u", 1, "vfio-pci", "",
			.text = "ExecStart=/usr/bin/vfio-bind $DEVICES"),
		    PUT(UNIT, ADDRESSES, "/usr/bin/vfio-bind", 1, "vfio-pci", "")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_ids)
{
	static const struct setting_row rows[] = {
		ROW("matches, but no bridge",
		    "0000:02:00.0 vfio-pci /m id\n0000:04:00.0 vfio-pci /m id\n",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "8086:10d3 10de:1bb0:103c:1")),
		ROW("of no device", "id 1:2 /m\nid 1:2 /c\n",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "1:2 1:2"),
		    PUT(ARGUMENT, IDS, "/c", 1, "vfio-pci", "1:2"),
		    PUT(ARGUMENT, IDS, "/c", 1, "pci-stub", "1:2")),
		ROW("of a bridge alone",
		    "done /a:1: \"TEXT\": 0000:05:00.0 is a bridge, which vfio-pci does not take\n",
		    PUT(ARGUMENT, IDS, "/a", 1, "vfio-pci", "8086:10d3:0:0:60000:ff0000")),
		ROW("no ids",
		    "lost /m:1: \"TEXT\": \"gpu\" is no id\n"
		    "lost /m:1: \"TEXT\": no device of this host has id ffffffff:1\n"
		    "lost /m:1: \"TEXT\": no device of this host has id 1:2:3:4:30000:ff0000\n",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "gpu ffffffff:1 1:2:3:4:30000:ff0000")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* What goes to the driver of the host stays there, though its id is configured. */
/* What another boot entry says is not what a boot does. */
TEST(test_other_boot_entries)
{
	put(ARGUMENT, IDS, "/e", 3, "vfio-pci", "10de:1bb0", .flaw = "FLAW", .idle = true);
	expect("entry", "lost /e:3: \"TEXT\": FLAW: list its devices by hand if each boot is to "
			"give them away\n");
}

TEST(test_what_the_host_keeps)
{
	static const struct setting_row rows[] = {
		ROW("one of three",
		    "0000:01:00.0 vfio-pci /i id\n0000:02:00.0 nouveau /i /u kept\n"
		    "0000:03:00.0 vfio-pci /i id\n",
		    PUT(MODPROBE, IDS, "/i", 1, "vfio-pci", "10de:1bb0"),
		    PUT(UDEV_RULE, ADDRESSES, "/u", 1, "nouveau", "0000:02:00.0")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

#define OF_GUEST                                                                             \
	"a guest has them when it runs, and the boot binds none: list those that are to be " \
	"bound then\n"

TEST(test_guests)
{
	static const struct setting_row rows[] = {
		ROW("what a guest has",
		    "0000:01:00.0 vfio-pci /g guest\n"
		    "0000:02:00.0 vfio-pci /g /h guest\n"
		    "0000:03:00.0 vfio-pci /r /g named\n"
		    "lost /g:1: \"TEXT\": " OF_GUEST "lost /h:1: \"TEXT\": " OF_GUEST,
		    PUT(RC_LOCAL, ADDRESSES, "/r", 1, "vfio-pci", "0000:03:00.0"),
		    PUT(GUEST, ADDRESSES, "/g", 1, "vfio-pci",
			"0000:01:00.0 0000:02:00.0 0000:03:00.0"),
		    PUT(GUEST_HOOK, ADDRESSES, "/h", 1, "vfio-pci", "0000:02:00.0")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* A device on a driver for guests is not lost, unless something says why it is there. */
TEST(test_what_nothing_explains)
{
	static const struct setting_row rows[] = {
		ROW("nothing", "0000:02:00.0 vfio-pci unexplained\n"
			       "0000:03:00.0 vfio-pci unexplained\n"
			       "0000:04:00.0 pci-stub unexplained\n"),
		ROW("a guest and a file",
		    "0000:02:00.0 vfio-pci /g guest\n0000:03:00.0 vfio-pci unexplained\n"
		    "0000:04:00.0 pci-stub /d named\n"
		    "lost /g:1: \"TEXT\": " OF_GUEST,
		    PUT(GUEST, ADDRESSES, "/g", 1, "vfio-pci", "0000:02:00.0"),
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "pci-stub", "0000:04:00.0")),
	};
	struct device_section section = {};
	struct match match = {.inventory = &inventory};
	struct import import;

	free(inventory.items[1].driver);
	inventory.items[1].driver = xstrdup("vfio-pci");
	free(inventory.items[3].driver);
	inventory.items[3].driver = xstrdup("pci-stub");
	/* A virtual function whose physical one is not here stands for itself. */
	free(inventory.items[2].driver);
	inventory.items[2].driver = xstrdup("vfio-pci");
	inventory.items[2].is_vf = true;
	expect_rows(rows, ARRAY_SIZE(rows));
	vec_foreach(function, &inventory)
		*vec_add(&match) = (struct claim){.function = function,
						  .section = function == &inventory.items[1]
								     ? &section
								     : NULL};
	import_make(&inventory, &match, &import);
	assert_int_equal(import.n, 2);
	assert_ptr_equal(import.items[0].function, &inventory.items[2]);
	assert_ptr_equal(import.items[1].function, &inventory.items[3]);
	import_done(&import);
	free(match.items);
}

/* Whose address was written down is meant; whom its id brings in is not. */
TEST(test_twins)
{
	static const struct setting_row rows[] = {
		ROW("one of three",
		    "0000:01:00.0 vfio-pci /i /r named\n0000:02:00.0 pci-stub /i twin\n"
		    "0000:03:00.0 pci-stub /i twin\n"
		    "lost 0000:02:00.0 is left out: its id is configured, but the address of another "
		    "device with that id, and not its own\n"
		    "lost 0000:03:00.0 is left out: its id is configured, but the address of another "
		    "device with that id, and not its own\n",
		    PUT(INITRAMFS_MODULES, IDS, "/i", 1, "pci-stub", "10de:1bb0"),
		    PUT(RC_LOCAL, ADDRESSES, "/r", 1, "vfio-pci", "0000:01:00.0")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_who_is_believed)
{
	static const struct setting_row rows[] = {
		ROW("parked on pci-stub", "0000:04:00.0 vfio-pci /a /b id\n",
		    PUT(MODPROBE, IDS, "/a", 1, "vfio-pci", "8086:10d3"),
		    PUT(MODPROBE, IDS, "/b", 1, "pci-stub", "8086:10d3")),
		ROW("the later",
		    "0000:04:00.0 vfio-pci /a /b named\n"
		    "lost /a:1: \"TEXT\": 0000:04:00.0 goes to vfio-pci, as /b:1 has it\n",
		    PUT(UDEV_RULE, ADDRESSES, "/a", 1, "pci-stub", "0000:04:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/b", 1, "vfio-pci", "0000:04:00.0")),
		ROW("the one without a flaw",
		    "0000:04:00.0 pci-stub /a /b named\n"
		    "lost /b:1: \"TEXT\": 0000:04:00.0 goes to pci-stub, as /a:1 has it\n",
		    PUT(UDEV_RULE, ADDRESSES, "/a", 1, "pci-stub", "0000:04:00.0"),
		    PUT(RC_LOCAL, ADDRESSES, "/b", 1, "vfio-pci", "0000:04:00.0", .flaw = "FLAW")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_modules_and_options)
{
	static const struct setting_row rows[] = {
		ROW("modules",
		    "0000:01:00.0 vfio-pci /d named\n"
		    "done /m:1: \"TEXT\": [modules] blacklist = auto keeps out what no other device of "
		    "the host needs\n"
		    "done /m:1: \"TEXT\": [modules] blacklist = auto keeps out what no other device of "
		    "the host needs\n"
		    "done /m:1: \"TEXT\": devices are bound by their addresses\n"
		    "done /l:1: \"TEXT\": modules are loaded with the devices\n",
		    PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "nouveau"),
		    PUT(MODPROBE, INSTALL, "/m", 1, "nouveau", "/bin/false"),
		    PUT(MODPROBE, BLACKLIST, "/usr/lib/m", 1, NULL, "nouveau"),
		    PUT(MODPROBE, BLACKLIST, "/m", 1, NULL, "own-nic"),
		    PUT(MODPROBE, SOFTDEP, "/m", 1, "nouveau", "drm vfio-pci"),
		    PUT(MODPROBE, SOFTDEP, "/m", 1, "nouveau", "drm"),
		    PUT(MODULES_LOAD, LOAD, "/l", 1, NULL, "vfio"),
		    PUT(ARGUMENT, LOAD, "/l", 1, "rd.driver.pre", "loop"),
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:01:00.0")),
		ROW("options",
		    "lost /m:1: \"TEXT\": a profile has no such option: leave it where it is, "
		    "without ids=\n"
		    "lost /c:1: \"TEXT\": it isolates nothing: group = ignore is as honest, or "
		    "another slot\n",
		    PUT(MODPROBE, OPTION, "/m", 1, "vfio_pci.disable_vga", "1"),
		    PUT(ARGUMENT, OPTION, "/c", 1, "pcie_acs_override", "downstream")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_unsafe_interrupts)
{
	static const struct {
		const char *value, *want;
	} rows[] = {{"1", "unsafe\n"}, {"Y", "unsafe\n"}, {"", "unsafe\n"}, {"0", ""}, {"x", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put(MODPROBE, OPTION, "/m", 1, "vfio_iommu_type1.allow_unsafe_interrupts",
		    rows[i].value);
		expect(rows[i].value, rows[i].want);
	}
}

TEST(test_an_image_has_no_devices)
{
	struct inventory image = {};
	struct import import;
	struct foreign_setting *setting = foreign_add(&image.foreign, FOREIGN_DRIVERCTL,
						      FOREIGN_ADDRESSES, "/d", 0, "x", "vfio-pci");

	strv_add(&setting->values, "0000:01:00.0");
	strv_add(&image.foreign.unread, "/x: EIO");
	import_make(&image, NULL, &import);
	assert_int_equal(import.n, 1);
	assert_int_equal(import.items[0].reason, IMPORT_NAMED);
	assert_int_equal(import.remarks.n, 1);
	assert_true(import.remarks.items[0].lost);
	import_done(&import);
	import_done(NULL);
	inventory_done(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_addresses, start, stop),
		cmocka_unit_test_setup_teardown(test_units_that_say_nothing_more, start, stop),
		cmocka_unit_test_setup_teardown(test_ids, start, stop),
		cmocka_unit_test_setup_teardown(test_other_boot_entries, start, stop),
		cmocka_unit_test_setup_teardown(test_what_the_host_keeps, start, stop),
		cmocka_unit_test_setup_teardown(test_guests, start, stop),
		cmocka_unit_test_setup_teardown(test_what_nothing_explains, start, stop),
		cmocka_unit_test_setup_teardown(test_twins, start, stop),
		cmocka_unit_test_setup_teardown(test_who_is_believed, start, stop),
		cmocka_unit_test_setup_teardown(test_modules_and_options, start, stop),
		cmocka_unit_test_setup_teardown(test_unsafe_interrupts, start, stop),
		cmocka_unit_test(test_an_image_has_no_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
