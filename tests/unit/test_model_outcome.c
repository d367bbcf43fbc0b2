/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/outcome.h"

#include "base/text.h"
#include "support.h"

TEST(everything_in_it_is_freed)
{
	struct outcomes outcomes = {};

	*vec_add(&outcomes) = (struct outcome){.after = xstrdup("nvme"), .error = xstrdup("why")};
	*vec_add(&outcomes) = (struct outcome){};
	outcomes_done(&outcomes);
	assert_int_equal(outcomes.n, 0);
	assert_null(outcomes.items);
	outcomes_done(NULL);
}

TEST(names)
{
	assert_string_equal(result_names[RESULT_DONE], "done");
	assert_string_equal(result_names[RESULT_ALREADY], "already");
	assert_string_equal(result_names[RESULT_FAILED], "failed");
	assert_string_equal(result_names[RESULT_TIMEOUT], "timeout");
	assert_string_equal(result_names[RESULT_SKIPPED], "skipped");
	assert_string_equal(result_names[RESULT_REFUSED], "refused");
	for (enum result result = RESULT_DONE; result <= RESULT_REFUSED; result++)
		assert_int_equal(TEXT_INDEX(result_names, result_names[result]), result);
	assert_int_equal(TEXT_INDEX(result_names, "undone"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_in_it_is_freed),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
