/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import.h"

#include "base/buf.h"
#include "support.h"

/* Three equal cards on nouveau, a network card, a bridge that shares its id. */
static struct inventory inventory;

static int start(void **state _unused_)
{
	for (int i = 0; i < 3; i++) {
		char place[] = "0000:01:00.0";
		struct pci_function *function;

		place[6] = (char)('1' + i);
		function = add_function(&inventory, place, 0x10de, 0x1bb0, 0x030000, i, "nouveau");
		function->subsystem_vendor = 0x103c;
		function->subsystem_device = (uint16_t)i;
		strv_add(&function->modules, "nouveau");
	}
	add_function(&inventory, "0000:04:00.0", 0x8086, 0x10d3, 0x020000, 4, "own-nic");
	add_function(&inventory, "0000:05:00.0", 0x8086, 0x10d3, 0x060400, 5, "pcieport");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static struct foreign_setting *put(enum foreign_source source, enum foreign_effect effect,
				   const char *file, const char *name, const char *values)
{
	struct foreign_setting *setting = foreign_add(&inventory.foreign, source, effect, file, 1,
						      "TEXT", name);

	strv_split(&setting->values, values, " ");
	return setting;
}

/*
 * "0000:01:00.0 vfio-pci /a /b id out", where it stands, by its id alone, left out; "id 1:2" for one of
 * no device; "lost ..." and "done ..." for the remarks. Empties the settings.
 */
static void expect(const char *what, const char *want)
{
	struct import import;
	struct buf got = {};

	import_make(&inventory, &import);
	vec_foreach(device, &import) {
		buf_addf(&got, "%s %s", PCI_ADDRESS_TEXT(&device->address), device->driver);
		for (size_t i = 0; i < device->sources.n; i++)
			buf_addf(&got, " %s", device->sources.items[i].setting->file);
		buf_addf(&got, "%s%s%s\n", device->function ? "" : " absent",
			 device->by_id ? " id" : "", device->left_out ? " out" : "");
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
	expect("nothing", "");
	put(FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, "/d", "vfio-pci", "0000:02:00.0");
	put(FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/r", "vfio-pci",
	    "0000:02:00.0 0000:01:00.0 0000:01:00.0");
	put(FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/s", "vfio-pci", "0000:09:00.0")->ours = true;
	expect("several places, one device",
	       "0000:01:00.0 vfio-pci /r\n0000:02:00.0 vfio-pci /d /r\n");
	put(FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, "/d", "vfio-pci", "0000:09:00.0");
	expect("absent", "0000:09:00.0 vfio-pci /d absent out\n");
	put(FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, "/d", "none", "0000:01:00.0");
	put(FOREIGN_UDEV_RULE, FOREIGN_ADDRESSES, "/e", "$env{X}", "0000:01:00.0");
	put(FOREIGN_UNIT, FOREIGN_ADDRESSES, "/u", "vfio-pci", "");
	expect("what a profile cannot say",
	       "lost /d:1: \"TEXT\": a profile cannot say \"no driver at all\"\n"
	       "lost /e:1: \"TEXT\": that is no driver's name\n"
	       "lost /u:1: \"TEXT\": which devices it means cannot be told from it: list them by "
	       "hand\n");
}

TEST(test_units_that_say_nothing_more)
{
	foreign_add(&inventory.foreign, FOREIGN_UNIT, FOREIGN_ADDRESSES, "/u", 1,
		    "ExecStart=/usr/bin/vfio-bind $DEVICES", "vfio-pci");
	put(FOREIGN_UNIT, FOREIGN_ADDRESSES, "/usr/bin/vfio-bind", "vfio-pci", "");
	expect("without a list",
	       "lost /u:1: \"ExecStart=/usr/bin/vfio-bind $DEVICES\": which devices "
	       "it means cannot be told from it: list them by hand\n");
	put(FOREIGN_VFIO_BIND, FOREIGN_ADDRESSES, "/v", "vfio-pci", "0000:01:00.0");
	foreign_add(&inventory.foreign, FOREIGN_UNIT, FOREIGN_ADDRESSES, "/u", 1,
		    "ExecStart=/usr/bin/vfio-bind $DEVICES", "vfio-pci");
	put(FOREIGN_UNIT, FOREIGN_ADDRESSES, "/usr/bin/vfio-bind", "vfio-pci", "");
	expect("with its list", "0000:01:00.0 vfio-pci /v\n");
}

TEST(test_ids)
{
	put(FOREIGN_MODPROBE, FOREIGN_IDS, "/m", "vfio-pci", "8086:10d3 10de:1bb0:103c:1");
	expect("matches, but no bridge",
	       "0000:02:00.0 vfio-pci /m id\n0000:04:00.0 vfio-pci /m id\n");
	put(FOREIGN_MODPROBE, FOREIGN_IDS, "/m", "vfio-pci", "1:2 1:2");
	put(FOREIGN_ARGUMENT, FOREIGN_IDS, "/c", "vfio-pci", "1:2");
	put(FOREIGN_ARGUMENT, FOREIGN_IDS, "/c", "pci-stub", "1:2");
	expect("of no device", "id 1:2 /m\nid 1:2 /c\n");
	put(FOREIGN_MODPROBE, FOREIGN_IDS, "/m", "vfio-pci", "gpu ffffffff:1 1:2:3:4:30000:ff0000");
	expect("no ids",
	       "lost /m:1: \"TEXT\": \"gpu\" is no id\n"
	       "lost /m:1: \"TEXT\": no device of this host has id ffffffff:1\n"
	       "lost /m:1: \"TEXT\": no device of this host has id 1:2:3:4:30000:ff0000\n");
}

/* Whose address was written down is meant; whom its id brings in is not. */
TEST(test_twins)
{
	put(FOREIGN_INITRAMFS_MODULES, FOREIGN_IDS, "/i", "pci-stub", "10de:1bb0");
	put(FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/r", "vfio-pci", "0000:01:00.0");
	expect("one of three",
	       "0000:01:00.0 vfio-pci /i /r\n0000:02:00.0 pci-stub /i id out\n"
	       "0000:03:00.0 pci-stub /i id out\n"
	       "lost 0000:02:00.0 is left out: its id is configured, but the address of another "
	       "device with that id, and not its own\n"
	       "lost 0000:03:00.0 is left out: its id is configured, but the address of another "
	       "device with that id, and not its own\n");
}

TEST(test_who_is_believed)
{
	put(FOREIGN_MODPROBE, FOREIGN_IDS, "/a", "vfio-pci", "8086:10d3");
	put(FOREIGN_MODPROBE, FOREIGN_IDS, "/b", "pci-stub", "8086:10d3");
	expect("parked on pci-stub", "0000:04:00.0 vfio-pci /a /b id\n");
	put(FOREIGN_UDEV_RULE, FOREIGN_ADDRESSES, "/a", "pci-stub", "0000:04:00.0");
	put(FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/b", "vfio-pci", "0000:04:00.0");
	expect("the later", "0000:04:00.0 vfio-pci /a /b\n"
			    "lost /a:1: \"TEXT\": 0000:04:00.0 goes to vfio-pci, as /b:1 has it\n");
	put(FOREIGN_UDEV_RULE, FOREIGN_ADDRESSES, "/a", "pci-stub", "0000:04:00.0");
	put(FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/b", "vfio-pci", "0000:04:00.0")->flaw = "FLAW";
	expect("the one without a flaw",
	       "0000:04:00.0 pci-stub /a /b\n"
	       "lost /b:1: \"TEXT\": 0000:04:00.0 goes to pci-stub, as /a:1 has it\n");
}

TEST(test_modules_and_options)
{
	put(FOREIGN_MODPROBE, FOREIGN_BLACKLIST, "/m", NULL, "nouveau");
	put(FOREIGN_MODPROBE, FOREIGN_INSTALL, "/m", "nouveau", "/bin/false");
	put(FOREIGN_MODPROBE, FOREIGN_BLACKLIST, "/usr/lib/m", NULL, "nouveau");
	put(FOREIGN_MODPROBE, FOREIGN_BLACKLIST, "/m", NULL, "own-nic");
	put(FOREIGN_MODPROBE, FOREIGN_SOFTDEP, "/m", "nouveau", "drm vfio-pci");
	put(FOREIGN_MODPROBE, FOREIGN_SOFTDEP, "/m", "nouveau", "drm");
	put(FOREIGN_MODULES_LOAD, FOREIGN_LOAD, "/l", NULL, "vfio");
	put(FOREIGN_ARGUMENT, FOREIGN_LOAD, "/l", "rd.driver.pre", "loop");
	put(FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, "/d", "vfio-pci", "0000:01:00.0");
	expect("modules",
	       "0000:01:00.0 vfio-pci /d\n"
	       "done /m:1: \"TEXT\": [modules] blacklist = auto keeps out what no other device of "
	       "the host needs\n"
	       "done /m:1: \"TEXT\": [modules] blacklist = auto keeps out what no other device of "
	       "the host needs\n"
	       "done /m:1: \"TEXT\": devices are bound by their addresses\n"
	       "done /l:1: \"TEXT\": modules are loaded with the devices\n");
	put(FOREIGN_MODPROBE, FOREIGN_OPTION, "/m", "vfio_pci.disable_vga", "1");
	put(FOREIGN_ARGUMENT, FOREIGN_OPTION, "/c", "pcie_acs_override", "downstream");
	expect("options",
	       "lost /m:1: \"TEXT\": a profile has no such option: leave it where it is, "
	       "without ids=\n"
	       "lost /c:1: \"TEXT\": it isolates nothing: group = ignore is as honest, or "
	       "another slot\n");
}

TEST(test_unsafe_interrupts)
{
	static const struct {
		const char *value, *want;
	} rows[] = {{"1", "unsafe\n"}, {"Y", "unsafe\n"}, {"", "unsafe\n"}, {"0", ""}, {"x", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put(FOREIGN_MODPROBE, FOREIGN_OPTION, "/m",
		    "vfio_iommu_type1.allow_unsafe_interrupts", rows[i].value);
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
	import_make(&image, &import);
	assert_int_equal(import.n, 1);
	assert_false(import.items[0].left_out);
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
		cmocka_unit_test_setup_teardown(test_twins, start, stop),
		cmocka_unit_test_setup_teardown(test_who_is_believed, start, stop),
		cmocka_unit_test_setup_teardown(test_modules_and_options, start, stop),
		cmocka_unit_test_setup_teardown(test_unsafe_interrupts, start, stop),
		cmocka_unit_test(test_an_image_has_no_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
