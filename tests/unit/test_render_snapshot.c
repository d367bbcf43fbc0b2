/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/snapshot.h"

#include "parse/tables.h"
#include "storage.h"

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
	text = render_contents(&storage);
	check_text("contents", text,
		   "sda 3 - - - - -\n"
		   "sda1 0 ext4 1-2 My\\040Disk\\134\\012\\177 3-4 -\n"
		   "sdc 2 vfat - \\055 - \\055x\n"
		   "sdd 6 - - - - -\n");
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
	text = render_contents(&before);
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

TEST(images_as_text)
{
	struct images images = {.searched = true};
	struct image *image = vec_add(&images);
	_cleanup_free_ char *text = NULL;

	image->path = xstrdup("/boot/initrd.img");
	image->unknown = xstrdup("two\nlines");
	image->start = IMAGE_START_LATE;
	strv_add(&image->modules, "vfio_pci");
	image_file(image, "/a")->state = IMAGE_FILE_GONE;
	text = render_images(&images);
	assert_string_equal(text, "searched\nimage /boot/initrd.img\nmaker unknown\nstart late\n"
				  "module vfio_pci\ngone /a\n");
	images_done(&images);
}

TEST(users_as_text)
{
	struct inventory inventory = {};
	_cleanup_free_ char *text = NULL;

	add_function(&inventory, "0000:01:00.0", 0x10de, 0x1bb0, 0x030000, 1, NULL)->user = xstrdup(
		"qemu (812)");
	add_function(&inventory, "0000:02:00.0", 0x10de, 0x1bb0, 0x030000, 2, NULL);
	text = render_users(&inventory);
	assert_string_equal(text, "0000:01:00.0 qemu (812)\n");
	inventory_done(&inventory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_as_text),
		cmocka_unit_test(contents_are_read_back),
		cmocka_unit_test(images_as_text),
		cmocka_unit_test(users_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
