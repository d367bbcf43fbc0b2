/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/storage.h"

#include "base/buf.h"
#include "storage.h"

/* "SOURCE TARGET TYPE MAJOR:MINOR", each in '<>' as it may hold spaces; "?": optional, "@": network. */
static void expect(const char *what, void (*parse)(const char *, struct mount_list *),
		   const char *text, const char *want)
{
	struct storage storage = {};
	struct buf got = {};

	parse(text, &storage.mounts);
	vec_foreach(mount, &storage.mounts)
		buf_addf(&got, "<%s> <%s> <%s> %u:%u%s%s\n", mount->source, mount->target,
			 mount->type, mount->major, mount->minor, mount->optional ? "?" : "",
			 mount->network ? "@" : "");
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	storage_done(&storage);
}

TEST(mountinfo)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		 "</dev/root> </mnt2> <ext3> 98:0\n"},
		{"22 1 259:2 / / rw shared:1 - ext4 /dev/nvme0n1p2 rw\n"
		 "23 22 0:21 / /proc rw shared:5 - proc proc rw\n",
		 "</dev/nvme0n1p2> </> <ext4> 259:2\n<proc> </proc> <proc> 0:21\n"},
		/* No optional field, and all of them. */
		{"22 1 8:1 / / rw - ext4 /dev/sda1 rw", "</dev/sda1> </> <ext4> 8:1\n"},
		{"22 1 8:1 / / rw shared:1 master:2 propagate_from:3 unbindable - ext4 /dev/sda1 rw",
		 "</dev/sda1> </> <ext4> 8:1\n"},
		{"22 1 8:1 / /with\\040space\\134\\011 rw - vfat /dev/a\\012b rw",
		 "</dev/a\nb> </with space\\\t> <vfat> 8:1\n"},
		/* A dash among the first six is no separator. */
		{"22 1 8:1 - /x - - ext4 /dev/sda1 rw", "</dev/sda1> </x> <ext4> 8:1\n"},
		/* No entries. */
		{"22 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw\n", ""},
		{"22 1 8:1 / / rw - ext4\n", ""},
		{"22 1 8 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 8:x / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 :1 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 4294967296:1 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22\n\n-\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, mountinfo_parse, rows[i].text, rows[i].want);
}

TEST(fstab)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"UUID=1-2 / ext4 errors=remount-ro 0 1\n", "<UUID=1-2> </> <ext4> 0:0\n"},
		{"# comment\n\n  # another\n\t/dev/sda1\t/boot  vfat\n",
		 "</dev/sda1> </boot> <vfat> 0:0\n"},
		{"LABEL=My\\040Disk /mnt ext4 defaults 0 0\n",
		 "<LABEL=My Disk> </mnt> <ext4> 0:0\n"},
		{"/dev/sdb1 /a ext4 noauto\n/dev/sdb2 /b ext4 rw,nofail,x-y\n"
		 "/dev/sdb3 /c ext4 nofailover,xnoauto\n/dev/sdb4 /d ext4 ,nofail\n",
		 "</dev/sdb1> </a> <ext4> 0:0?\n</dev/sdb2> </b> <ext4> 0:0?\n"
		 "</dev/sdb3> </c> <ext4> 0:0\n</dev/sdb4> </d> <ext4> 0:0?\n"},
		{"x /a y rw,_netdev,nofail\nx /b y _netdevice\n",
		 "<x> </a> <y> 0:0?@\n<x> </b> <y> 0:0\n"},
		{"/dev/sda1 /\n", ""},
		{"/dev/sda2 none swap sw 0 0 and more words than there are fields a b c d e f g h\n",
		 "</dev/sda2> <none> <swap> 0:0\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, fstab_parse, rows[i].text, rows[i].want);
}

TEST(crypttab)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"root UUID=1-2 none luks\n", "<UUID=1-2> <root> <crypt> 0:0\n"},
		{"swap /dev/sda2 /dev/urandom swap,nofail\ndata\t/dev/sdb\n",
		 "</dev/sda2> <swap> <crypt> 0:0?\n</dev/sdb> <data> <crypt> 0:0\n"},
		/* What stands in the key's field is no option. */
		{"x /dev/sdc noauto\n", "</dev/sdc> <x> <crypt> 0:0\n"},
		{"x\n#y /dev/sdc\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, crypttab_parse, rows[i].text, rows[i].want);
}

TEST(swaps)
{
	expect("head alone", swaps_parse, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", "");
	expect("both kinds", swaps_parse,
	       "Filename Type Size Used Priority\n"
	       "/dev/dm-1                               partition\t999420\t0\t-2\n"
	       "/swap\\040file                           file\t\t1024\t0\t-3\n",
	       "</dev/dm-1> <swap> <partition> 0:0\n</swap file> <swap> <file> 0:0\n");
}

TEST(escapes_that_are_none_stay)
{
	expect("escapes", fstab_parse, "\\04 \\400\\8 \\\n\\000 a\\1234 x\n",
	       "<\\04> <\\400\\8> <\\> 0:0\n<> <aS4> <x> 0:0\n");
}

TEST(devices_are_found_by_name)
{
	struct storage storage = {};

	assert_null(storage_find(&storage, "sda"));
	storage_devices(&storage, "sda 8:0\nnvme0n1 259:0\nsda1 8:1\ndm-0 254:0\n");
	for (size_t i = 0; i < storage.devices.n; i++)
		assert_ptr_equal(storage_find(&storage, storage.devices.items[i].name),
				 &storage.devices.items[i]);
	assert_null(storage_find(&storage, "sd"));
	assert_null(storage_find(&storage, "sda2"));
	assert_null(storage_find(&storage, ""));
	storage_done(&storage);
	assert_int_equal(storage.devices.n, 0);
	storage_done(&storage);
	storage_done(NULL);
}

TEST(contents_as_text)
{
	struct storage storage = {};
	_cleanup_free_ char *text = NULL;

	storage_devices(&storage, "sda 8:0 table\nsda1 8:1 type=ext4 uuid=1-2 partuuid=3-4\n"
				  "sdb 8:16 unread\nsdc 8:32 type=vfat label=- partlabel=-x\n"
				  "sdd 8:48 unread\n");
	storage.devices.items[1].label = xstrdup("My Disk\\\n\x7f");
	storage.devices.items[0].claimed = storage.devices.items[3].claimed = true;
	storage.devices.items[4].claimed = true;
	text = contents_format(&storage);
	check_text("contents", text,
		   "sda 3 - - - - -\n"
		   "sda1 0 ext4 1-2 My\\040Disk\\134\\012\\177 3-4 -\n"
		   "sdc 2 vfat - \\055 - \\055x\n"
		   "sdd 6 - - - - -\n");
	storage_done(&storage);
}

/* libblkid never says so, but a snapshot from elsewhere may: its line has all fields all the same. */
TEST(empty_contents_are_none)
{
	struct storage storage = {};
	_cleanup_free_ char *text = NULL;

	storage_devices(&storage, "sda 8:0 unread\n");
	contents_parse("sda 0 \\000 - x - -\n", &storage);
	text = contents_format(&storage);
	assert_string_equal(text, "sda 0 - - x - -\n");
	storage_done(&storage);
}

/* Empty text too, which cannot be told from none. */
static const char *some(const char *text)
{
	return text && *text ? text : NULL;
}

TEST(contents_are_read_back)
{
	static const char devices[] = "sda 8:0\nsdb 8:16\nsdc 8:32\nsdd 8:48\n";
	static const char *const values[] = {NULL,   "x",    "-",        "a b", "\\040",
					     "\t\n", "\xff", "\x01\x7f", "--",  "caf\xc3\xa9"};
	struct storage before = {}, after = {};
	_cleanup_free_ char *text = NULL;

	storage_devices(&before, devices);
	storage_devices(&after, devices);
	for (size_t i = 0; i < before.devices.n; i++) {
		struct block_device *device = &before.devices.items[i];

		after.devices.items[i].probed = false;
		device->probed = i != 1;
		device->claimed = i < 2;
		device->has_partitions = i == 2;
		device->type = xstrdup_null(values[i]);
		device->uuid = xstrdup_null(values[i + 1]);
		device->label = xstrdup_null(values[i + 2]);
		device->partuuid = xstrdup_null(values[i + 4]);
		device->partlabel = xstrdup_null(values[i + 6]);
	}
	text = contents_format(&before);
	contents_parse(text, &after);
	for (size_t i = 0; i < before.devices.n; i++) {
		const struct block_device *a = &before.devices.items[i],
					  *b = &after.devices.items[i];

		assert_int_equal(a->probed, b->probed);
		assert_int_equal(a->claimed, b->claimed);
		if (!a->probed)
			continue;
		assert_int_equal(a->has_partitions, b->has_partitions);
		check_text(a->name, b->type, some(a->type));
		check_text(a->name, b->uuid, some(a->uuid));
		check_text(a->name, b->label, some(a->label));
		check_text(a->name, b->partuuid, some(a->partuuid));
		check_text(a->name, b->partlabel, some(a->partlabel));
	}
	storage_done(&before);
	storage_done(&after);
}

TEST(contents_that_are_no_line_of_ours)
{
	struct storage storage = {};

	storage_devices(&storage, "sda 8:0 unread\n");
	contents_parse("", &storage);
	contents_parse("sdz 0 ext4 - - - -\nsda 0 ext4 - - -\nsda 0 ext4 - - - - -\n", &storage);
	assert_false(storage.devices.items[0].probed);
	/* The first line for a device counts. */
	contents_parse("sda 1 ext4 - - - -\nsda 0 xfs - - - -\n", &storage);
	assert_true(storage.devices.items[0].has_partitions);
	assert_string_equal(storage.devices.items[0].type, "ext4");
	storage_done(&storage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mountinfo),
		cmocka_unit_test(fstab),
		cmocka_unit_test(crypttab),
		cmocka_unit_test(swaps),
		cmocka_unit_test(escapes_that_are_none_stay),
		cmocka_unit_test(devices_are_found_by_name),
		cmocka_unit_test(contents_as_text),
		cmocka_unit_test(empty_contents_are_none),
		cmocka_unit_test(contents_are_read_back),
		cmocka_unit_test(contents_that_are_no_line_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
