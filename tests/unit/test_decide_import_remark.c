/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import_remark.h"

#include "support.h"

TEST(test_remarks)
{
	struct import import = {};
	struct foreign foreign = {};
	const struct foreign_setting *setting = foreign_add(&foreign, FOREIGN_RC_LOCAL,
							    FOREIGN_ADDRESSES, "/r", 3, "TEXT",
							    "vfio-pci");

	import_add_remark(&import, setting, true, "%s is no address", "x");
	import_add_remark(&import, NULL, false, "modules");
	assert_string_equal(import.remarks.items[0].text, "/r:3: \"TEXT\": x is no address");
	assert_true(import.remarks.items[0].lost);
	assert_string_equal(import.remarks.items[1].text, "modules");
	assert_false(import.remarks.items[1].lost);
	import_done(&import);
	foreign_done(&foreign);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remarks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
