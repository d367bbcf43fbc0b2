/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guard_record.h"

#include "base/buf.h"
#include "parse/tables.h"
#include "storage.h"

static struct inventory inventory;

/* A card of two functions in one group, the first with the default route; one alone with it; a spare. */
static int start(void **state _unused_)
{
	static const char *const routed[] = {"01:00.0", "02:00.0"};

	inventory.storage.known = true;
	add_function(&inventory, "01:00.0", 0x8086, 0x1521, 0x020000, 1, "igb");
	add_function(&inventory, "01:00.1", 0x8086, 0x1521, 0x020000, 1, "igb");
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 2, "e1000e");
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 3, "e1000e");
	for (size_t i = 0; i < ARRAY_SIZE(routed); i++) {
		struct interface *interface = vec_add(&inventory.network);

		interface->name = xasprintf("eth%zu", i);
		interface->default_route = true;
		*vec_add(&interface->carriers) = address(routed[i]);
	}
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void expect_row(const char *what, const char *text, const char *want)
{
	struct guarded_list guarded = {};
	struct profile profile;
	struct match match;
	struct buf got = {};

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	guarded_make(&match, &guarded);
	vec_foreach(function, &guarded)
		if (function->type == FINDING_NETWORK)
			buf_addf(&got, "%s %04x:%04x\n", PCI_ADDRESS_TEXT(&function->address),
				 (unsigned)function->id.vendor, (unsigned)function->id.device);
		else
			buf_addf(&got, "%s %s %zu\n", PCI_ADDRESS_TEXT(&function->address),
				 finding_name(function->type), function->contents.n);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	guarded_list_done(&guarded);
	match_done(&match);
	profile_done(&profile);
}

static void expect(const char *text, const char *want)
{
	expect_row(text, text, want);
}

TEST(what_the_profile_would_take)
{
	expect("[device n]\naddress = 02:00.0\n", "0000:02:00.0 8086:10d3\n");
	expect("[device n]\nid = 8086:10d3\n", "0000:02:00.0 8086:10d3\n");
	expect("[device n]\naddress = 03:00.0\n", "");
	expect("[device n]\naddress = 02:00.0\nallow = network\n", "");
	expect("[device n]\naddress = 02:00.0\nvfs = 2\n", "");
}

TEST(what_it_would_take_for_a_group)
{
	expect("[device n]\naddress = 01:00.1\ngroup = expand\n", "0000:01:00.0 8086:1521\n");
	expect("[device n]\naddress = 01:00.1\n", "");
	expect("[device n]\naddress = 01:00.1\ngroup = ignore\n", "");
	expect("[device n]\naddress = 01:00.1\ngroup = expand\nallow = network\n", "");
}

/* Two disks of one model: what is mounted, stacked on, claimed or named says whose the second one is. */
TEST(disks_that_no_table_of_the_boot_names)
{
	static const struct {
		const char *what, *devices, *mounts, *fstab, *swaps;
		bool claimed;
		const char *allow, *want;
	} rows[] = {
		{"blank", "nvme1n1 259:3 @06:00.0\n", "", "", "", false, "storage", ""},
		{"data", "nvme1n1 259:3 @06:00.0 type=xfs uuid=u\n", "", "", "", false, "storage",
		 ""},
		{"data that is not allowed", "nvme1n1 259:3 @06:00.0 type=xfs uuid=u\n", "", "", "",
		 false, "network", "0000:06:00.0 storage 1\n"},
		{"mounted by a unit or by hand", "nvme1n1 259:3 @06:00.0 type=xfs uuid=u\n",
		 "36 22 259:3 / /data rw - xfs /dev/nvme1n1 rw\n", "", "", false, "storage",
		 "0000:06:00.0 host-disk 1\n"},
		{"fstab names it", "nvme1n1 259:3 @06:00.0 type=xfs uuid=u\n",
		 "36 22 259:3 / /data rw - xfs /dev/nvme1n1 rw\n", "UUID=u /data xfs\n", "", false,
		 "storage", ""},
		{"swap that fstab does not name", "nvme1n1 259:3 @06:00.0 type=swap uuid=u\n", "",
		 "", "/dev/nvme1n1 partition 1 0 -2\n", false, "storage",
		 "0000:06:00.0 host-disk 1\n"},
		{"a pool's log",
		 "nvme1n1 259:3 @06:00.0 table\n"
		 "nvme1n1p3 259:4 @06:00.0 <nvme1n1 type=zfs_member uuid=1 label=data partuuid=p\n",
		 "36 22 0:50 / /data rw - zfs data rw\n", "", "", false, "storage",
		 "0000:06:00.0 host-disk 2\n"},
		{"a group of guests' volumes",
		 "nvme1n1 259:3 @06:00.0 type=LVM2_member uuid=u\ndm-0 253:0 <nvme1n1 dm=vm-a\n",
		 "", "", "", false, "storage", "0000:06:00.0 host-disk 1\n"},
		{"an array",
		 "nvme1n1 259:3 @06:00.0 type=linux_raid_member uuid=u\nmd0 9:0 <nvme1n1\n", "", "",
		 "", false, "storage", "0000:06:00.0 host-disk 1\n"},
		{"a pool without a mount", "nvme1n1 259:3 @06:00.0 type=zfs_member uuid=u\n", "",
		 "", "", true, "storage", "0000:06:00.0 host-disk 1\n"},
		{"a mount that leads nowhere", "nvme1n1 259:3 @06:00.0\n",
		 "36 22 253:9 / /data rw - xfs /dev/dm-9 rw\n", "", "", false, "storage",
		 "0000:06:00.0 host-disk 0\n"},
	};

	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 5, "nvme");
	add_function(&inventory, "06:00.0", 0x144d, 0xa808, 0x010802, 6, "nvme");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct storage *storage = &inventory.storage;
		_cleanup_free_ char *mounts =
			xasprintf("22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n%s", rows[i].mounts);
		_cleanup_free_ char *devices =
			xasprintf("nvme0n1 259:0 @05:00.0 table\n"
				  "nvme0n1p2 259:2 @05:00.0 <nvme0n1 type=ext4 uuid=aa-1\n%s",
				  rows[i].devices);
		_cleanup_free_ char *profile = xasprintf("[device d]\nid = 144d:a808\nallow = %s\n",
							 rows[i].allow);

		storage_done(storage);
		storage->known = true;
		storage_devices(storage, devices);
		mountinfo_parse(mounts, &storage->mounts);
		fstab_parse(rows[i].fstab, &storage->fstab);
		swaps_parse(rows[i].swaps, &storage->swaps);
		storage_find(storage, "nvme1n1")->claimed = rows[i].claimed;
		expect_row(rows[i].what, profile, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(disks_that_no_table_of_the_boot_names, start, stop),
		cmocka_unit_test_setup_teardown(what_the_profile_would_take, start, stop),
		cmocka_unit_test_setup_teardown(what_it_would_take_for_a_group, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
