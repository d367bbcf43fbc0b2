/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_lines.h"

#include "shell_events.h"

TEST(test_sequences)
{
	static const struct told_row rows[] = {
		{"a $(seq 3) $(seq 2 3) $(seq 4 -2 0)", "1: [a][1][2][3][2][3][4][2][0]\n"},
		{"a $(seq x) $(seq) $(seq 1 0 2)x $(seq 1 9999 | known)",
		 "1: [known]\n1: [a][@][@][@x][known]\n"},
		{"a $(expr 1 + 2) $(expr 1 / 0)", "1: [a][3][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_mapfile)
{
	static const struct told_row rows[] = {
		{"mapfile -t A <<E\n1 2\n3\nE\na \"${A[@]}\"", "5: [a][1 2][3]\n"},
		{"readarray -t A < /x; a \"${A[@]}\"", "1: [a][@]\n"},
		{"mapfile <<< x; a ${MAPFILE[0]}", "1: [a][x]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_mapfile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
