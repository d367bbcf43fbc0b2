/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guarded.h"

#include "base/buf.h"
#include "storage.h"

static struct inventory inventory;

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* Two NVMe disks of one model, a SATA controller and a card, each behind a root port. */
static int start(void **state _unused_)
{
	add_function(&inventory, "01:00.0", 0x8086, 0x10d3, 0x020000, 1, "e1000e");
	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 5, "nvme");
	add_function(&inventory, "06:00.0", 0x144d, 0xa808, 0x010802, 6, "nvme");
	add_function(&inventory, "07:00.0", 0x8086, 0xa352, 0x010601, 7, "ahci");
	return 0;
}

/* The addresses that it is. */
static void expect(const char *what, const struct guarded *guarded, const char *want)
{
	struct buf got = {};

	vec_foreach(function, &inventory)
		if (guarded_is(guarded, &inventory, function))
			buf_addf(&got, "%s%02x", got.length ? " " : "", function->address.bus);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
}

static struct guarded disk(const char *place)
{
	return (struct guarded){.type = FINDING_HOST_DISK,
				.address = address(place),
				.id = {.vendor = 0x144d, .device = 0xa808}};
}

TEST(by_place)
{
	struct guarded guarded = disk("06:00.0");

	expect("address", &guarded, "06");
	/* Another device is there, and either of its model may be the one. */
	guarded = disk("07:00.0");
	expect("moved", &guarded, "05 06");
	guarded.id.device = 0xa809;
	expect("gone", &guarded, "");
	/* A path says more than an address. */
	inventory.items[1].port_path = xstrdup("00:01.0/00.0");
	inventory.items[2].port_path = xstrdup("00:02.0/00.0");
	guarded = disk("06:00.0");
	guarded.path = (char[]){"00:01.0/00.0"};
	expect("renumbered", &guarded, "05");
	guarded.path = (char[]){"00:03.0/00.0"};
	expect("in another slot", &guarded, "05 06");
	/* And a serial number more than a path. */
	inventory.items[1].has_serial = inventory.items[2].has_serial = true;
	inventory.items[1].serial = 1;
	inventory.items[2].serial = 2;
	guarded.path = (char[]){"00:01.0/00.0"};
	guarded.has_serial = true;
	guarded.serial = 2;
	expect("swapped", &guarded, "06");
	guarded.serial = 3;
	expect("another one", &guarded, "");
}

TEST(by_contents)
{
	struct guarded guarded = disk("06:00.0");

	strv_split(&guarded.contents, "AA-1 pp", " ");
	storage_devices(&inventory.storage, "nvme0n1 259:0 @05:00.0 type=xfs uuid=aa-1\n"
					    "nvme1n1 259:3 @06:00.0\n");
	expect("moved", &guarded, "05");
	storage_done(&inventory.storage);
	storage_devices(&inventory.storage, "sda 8:0 @07:00.0\nsda1 8:1 @07:00.0 <sda partuuid=PP\n"
					    "nvme1n1 259:3 @06:00.0 unread\n");
	expect("behind another controller, and one that cannot be read", &guarded, "06 07");
	storage_done(&inventory.storage);
	storage_devices(&inventory.storage, "nvme1n1 259:3 @06:00.0 type=xfs uuid=bb\n");
	expect("another disk in the slot, the other unseen", &guarded, "05");
	storage_done(&inventory.storage);
	storage_devices(&inventory.storage, "nvme1n1 259:3 @06:00.0 partuuid=qq\n");
	expect("another partition in the slot, the other unseen", &guarded, "05");
	strv_done(&guarded.contents);
	/* Without contents the place counts. */
	expect("blank", &guarded, "06");
}

/* A SATA controller finds its disks one after another. */
TEST(disks_still_to_come)
{
	struct guarded guarded = {.type = FINDING_HOST_DISK,
				  .address = address("07:00.0"),
				  .id = {.vendor = 0x8086, .device = 0xa352}};

	strv_split(&guarded.contents, "aa", " ");
	storage_devices(&inventory.storage, "sda 8:0 @07:00.0 type=xfs uuid=bb\n");
	expect("one of them", &guarded, "07");
	strv_done(&guarded.contents);
}

TEST(what_tells_contents_apart)
{
	struct strv ids = {};
	_cleanup_free_ char *joined = NULL;

	storage_devices(&inventory.storage, "nvme0n1 259:0 @05:00.0 table\n"
					    "nvme0n1p1 259:1 @05:00.0 <nvme0n1 uuid=a partuuid=b\n"
					    "nvme0n1p2 259:2 @05:00.0 <nvme0n1 uuid=a partuuid=c\n"
					    "nvme1n1 259:3 @06:00.0 uuid=d\n");
	inventory.storage.devices.items[2].uuid[0] = ',';
	guarded_contents(&inventory.storage, &inventory.items[1], &ids);
	joined = strv_join(&ids, " ");
	assert_string_equal(joined, "a b c");
	strv_done(&ids);
	for (size_t i = 0; i < GUARDED_MAX_CONTENTS; i++)
		strv_take(&ids, xasprintf("%zu", i));
	guarded_contents(&inventory.storage, &inventory.items[1], &ids);
	assert_int_equal(ids.n, GUARDED_MAX_CONTENTS);
	strv_done(&ids);
}

int main(void)
{
#define GUARDED_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		GUARDED_TEST(by_place),
		GUARDED_TEST(by_contents),
		GUARDED_TEST(disks_still_to_come),
		GUARDED_TEST(what_tells_contents_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
