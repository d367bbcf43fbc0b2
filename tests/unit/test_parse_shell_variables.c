/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_variables.h"

#include "shell_events.h"

TEST(test_defaults)
{
	static const struct told_row rows[] = {
		{"a ${V:-1} ${V-2} ${V:=3} $V ${V:+4} ${W+5}", "1: [a][1][2][3][3][4]\n"},
		{"V=; a ${V:-1} x${V-2} ${V:+3}", "1: [a][1][x]\n"},
		{"a ${V:-$(known) x} \"${V:-y z}\"", "1: [known]\n1: [a][known][x][y z]\n"},
		/* A file that is read may set it. */
		{". /x; a $V ${V:-1}", "1: [a][@][@]\n"},
		{"V=1; . /x; a $V", "1: [a][@]\n"},
		{"V=1; . /scripts/functions; a $V $W", "1: [a][1]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_trimming)
{
	static const struct told_row rows[] = {
		{"V=/a/b.c; a ${V##*/} ${V#*/} ${V%/*} ${V%.c} ${V%%/*}x",
		 "1: [a][b.c][a/b.c][/a][/a/b][x]\n"},
		{"V=a_b_c; a ${V/_/:} ${V//_/:} ${V//_} ${V//[_b]/x} ${V/b*/y}",
		 "1: [a][a:b_c][a:b:c][abc][axxxc][a_y]\n"},
		{"A=(1.x 2.x); a ${A[@]%.x} ${#A[@]} ${#V} ${!V}", "1: [a][1][2][2][0]\n"},
		{"V=abcd; a ${V:1:2} ${V:2} ${V: -3:1} ${V:0:-1} ${V:9}x ${V:$(b)}",
		 "1: [b]\n1: [a][bc][cd][b][abc][x][@]\n"},
		{"V=aBc; a ${V^^} ${V,,} ${V^}", "1: [a][ABC][abc][ABc]\n"},
		{"A=(1 2 3); a ${A[@]:1} \"${A[*]}\"", "1: [a][@][1 2 3]\n"},
		{"V=$(b); a ${V##*/} x${V}y", "1: [b]\n1: [a][@][x@y]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_trimming),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
