/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_arithmetic.h"

#include "shell_events.h"

TEST(test_values)
{
	static const struct told_row rows[] = {
		{"a $((1 + 2 * 3)) $(((1+2)*3)) $((7/2)) $((7%4)) $((-3)) $((0x1f))",
		 "1: [a][7][9][3][3][-3][31]\n"},
		{"a $((2>1)) $((2<=1)) $((1==1)) $((1!=1)) $((1&&0)) $((1||0)) $((!1)) $((3-1-1))",
		 "1: [a][1][0][1][0][0][1][0][1]\n"},
		{"i=2; a $((i+1)) $(( $i * 2 )) $((j)) $((+i))", "1: [a][3][4][0][2]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_assignments)
{
	static const struct told_row rows[] = {
		{"((i=1)); ((i++)); ((++i)); ((i+=2)); ((i-=1)); ((i--)); a $i", "1: [a][3]\n"},
		{"a $((i=4,i+1)) $i $((--i))", "1: [a][5][4][3]\n"},
		{"let i=1 i++; a $i; let x=y/0; b", "1: [a][2]\n1: [b]\n"},
		{"i=$(b); ((j=i+1)); a $j", "1: [b]\n1: [a][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_unknown)
{
	static const struct told_row rows[] = {
		{"a $((1/0)) $((1%0)) $((010)) $((1+)) $((x.y)) $((99999999999)) $((2147483647+1))",
		 "1: [a][@][@][@][@][@][@][@]\n"},
		{"i=x; a $((i)); ((i)) && b", "1: [a][@]\n1? [b]\n"},
		{"a $((((((((((((((((((1))))))))))))))))))", "1: [a][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_conditions)
{
	static const struct told_row rows[] = {
		{"((1)) && a; ((0)) && b; ((0)) || c", "1: [a]\n1: [c]\n"},
		{"if (( $(x) > 1 )); then a; fi", "1: [x]\n1? [a]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_assignments),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
