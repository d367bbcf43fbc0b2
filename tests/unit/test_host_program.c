/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/program.h"
#include "support.h"

/* The tests need libraries, which no other host may be thought to have; tests/exports has the static program. */
TEST(programs_with_libraries)
{
	char *program = NULL;

	assert_int_equal(program_pack(&program), -ENOEXEC);
	assert_null(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_with_libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
