/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_loops.h"

#include "shell_events.h"

TEST(test_counted)
{
	static const struct told_row rows[] = {
		{"for ((i = 0; i < 2; i++)); do a $i; done; b $i",
		 "1: [a][0]\n1: [a][1]\n1: [b][2]\n"},
		{"for ((;;)); do a; break; done", "1? [a]\n"},
		{"for ((i=0;i<$(x);i++)); do a $i; done", "1: [x]\n1? [a][0]\n"},
		{"for ((i=0;i<3;i++)); do ((i==1)) && break; a $i; done", "1: [a][0]\n"},
		{"for ((x)); do a; done; b", "1? [a]\n1: [b]\n"},
		{"for ((i=3;i<3;i++)); do a; done; b", "1: [b]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_while)
{
	static const struct told_row rows[] = {
		{"i=0; while [ $i -lt 2 ]; do a $i; i=$((i+1)); done; b",
		 "1: [a][0]\n1: [a][1]\n1: [b]\n"},
		{"i=0; until [ $i -ge 2 ]; do a $i; let i++; done", "1: [a][0]\n1: [a][1]\n"},
		{"while [ -e /x ]; do a; done", "1? [a]\n"},
		{"while true; do a; done; b", "1: [a]\n1: [b]\n"},
		{"while getopts x: o; do a $o $OPTARG; done; b $o", "1? [a][@][@]\n1: [b][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
