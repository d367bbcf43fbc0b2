/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/guarded.h"

#include "support.h"

TEST(what_is_kept_is_a_guard)
{
	for (size_t i = 0; i < N_GUARDED_TYPES; i++)
		check(finding_name(guarded_types[i]), finding_is(guarded_types[i], KIND_GUARD));
}

TEST(lists_own_their_parts)
{
	struct guarded_list list = {};

	*vec_add(&list) = (struct guarded){.path = xstrdup("00:01.0")};
	strv_add(&list.items->contents, "uuid");
	guarded_list_done(&list);
	assert_int_equal(list.n, 0);
	assert_null(list.items);
	guarded_list_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_is_a_guard),
		cmocka_unit_test(lists_own_their_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
