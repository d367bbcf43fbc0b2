/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_words.h"

#include "shell_events.h"

TEST(test_elements)
{
	static const struct told_row rows[] = {
		{"A[1]=y; A[0]=x; a ${A[@]} ${A[0]} ${A[1]}", "1: [a][x][y][x][y]\n"},
		{"i=1; A[$i]=x; a ${A[0]} ${A[i]}", "1: [a][@][x]\n"},
		{"A=(x y); A[1]=z; A[0]+=w; a ${A[@]}", "1: [a][xw][z]\n"},
		{"A=(x y); A[$(b)]=z; a ${A[@]}", "1: [b]\n1: [a][@][@][@]\n"},
		{"A[99999999]=x; a ${A[@]}", "1: [a][@]\n"},
		{"A=(x y); for i in ${!A[@]}; do a $i ${A[$i]}; done",
		 "1: [a][0][x]\n1: [a][1][y]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_keys)
{
	static const struct told_row rows[] = {
		{"declare -A M=([a:1.0]=x [b]=y); a ${M[b]} ${M[a:1.0]} ${!M[@]} ${#M[@]} ${M[c]}",
		 "1: [a][y][x][a:1.0][b][2]\n"},
		{"M[k]=1; M[l]=2; M[k]=3; a ${M[@]}", "1: [a][3][2]\n"},
		{"declare -A M; M[k]=1; M=(z); a ${M[0]}", "1: [a][z]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_about)
{
	static const struct told_row rows[] = {
		{"V=W; W=x; a ${!V} ${#W} ${#N} ${#V[@]}", "1: [a][x][1][0][1]\n"},
		{"V=$(b); a ${#V} ${!V}", "1: [b]\n1: [a][@][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
