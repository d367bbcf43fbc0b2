/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/network.h"

#include "support.h"

TEST(interfaces_are_found_by_name)
{
	struct network network = {};

	assert_null(network_find(&network, "eth0"));
	vec_add(&network)->name = xstrdup("br0");
	vec_add(&network)->name = xstrdup("eth0");
	strv_add(&network.items[0].lower, "eth0");
	strv_add(&network.items[1].upper, "br0");
	*vec_add(&network.items[1].carriers) = address("01:00.0");
	assert_ptr_equal(network_find(&network, "eth0"), &network.items[1]);
	assert_null(network_find(&network, "eth"));
	network_done(&network);
	assert_int_equal(network.n, 0);
	network_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
