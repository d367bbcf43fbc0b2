/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/storage.h"

#include "storage.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
