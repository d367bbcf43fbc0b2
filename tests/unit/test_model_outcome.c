/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/outcome.h"
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
	assert_string_equal(result_name(RESULT_DONE), "done");
	assert_string_equal(result_name(RESULT_ALREADY), "already");
	assert_string_equal(result_name(RESULT_FAILED), "failed");
	assert_string_equal(result_name(RESULT_TIMEOUT), "timeout");
	assert_string_equal(result_name(RESULT_SKIPPED), "skipped");
	assert_string_equal(result_name(RESULT_REFUSED), "refused");
	for (enum result result = RESULT_DONE; result <= RESULT_REFUSED; result++) {
		enum result parsed;

		assert_int_equal(result_parse(result_name(result), &parsed), 0);
		assert_int_equal(parsed, result);
	}
	assert_int_equal(result_parse("undone", &(enum result){0}), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_in_it_is_freed),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
