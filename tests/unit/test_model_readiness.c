/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/readiness.h"
#include "support.h"

TEST(names)
{
	assert_string_equal(readiness_name(READY), "ready");
	assert_string_equal(readiness_name(NOT_READY), "not-ready");
	assert_string_equal(readiness_name(REBOOT_REQUIRED), "reboot-required");
	assert_string_equal(readiness_name(READINESS_UNKNOWN), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
