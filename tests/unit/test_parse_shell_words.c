/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_words.h"

#include "shell_events.h"

TEST(test_length)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
		{"", 0},
		{"a b", 1},
		{"a;b", 1},
		{"'a b'c d", 6},
		{"\"a $(b \"c\")\" d", 12},
		{"${a:-b c}d e", 10},
		{"`a b` c", 5},
		{"a\\ b c", 4},
		{"A=(1 2) b", 7},
		{"A+=(1) b", 6},
		{"a(b)", 1},
		{"$'a b' c", 6},
		{"'a", 2},
		{">x", 0},
		{"$(a # ')\n) b", 10},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_int(rows[i].text, shell_word_length(rows[i].text), rows[i].length);
	check_int("name", shell_name_length("a_1-b"), 3);
	check_int("number", shell_name_length("1a"), 0);
	check_int("nested", shell_balanced("(a(b)c)d", '(', ')'), 7);
	check_int("open", shell_balanced("{a", '{', '}'), 2);
}

TEST(test_expansion)
{
	static const struct told_row rows[] = {
		{"a 'b $c' \"d $$\" e\\ f ''", "1: [a][b $c][d @][e f][]\n"},
		{"V='1 2'; a $V \"$V\" x$V", "1: [a][1][2][1 2][x1][2]\n"},
		{"a $V \"$V\"", "1: [a][]\n"},
		{"IFS=,; V=1,2; a $V", "1: [a][1][2]\n"},
		{"a b{1,2}c 0000:01:00.{0..2} {x} $V{1}",
		 "1: [a][b1c][b2c][0000:01:00.0][0000:01:00.1][0000:01:00.2][{x}][{1}]\n"},
		{"a /known/* /x/* '/y/*'", "1: [a][</known/*>][@][/y/*]\n"},
		{"a $(known) $(b) `known` $((1+1))",
		 "1: [known]\n1: [b]\n1: [known]\n1: [a][known][@][known][2]\n"},
		{"a $'b' $\"c\"", "1: [a][b][c]\n"},
		{"V=1; a ${V}2 \"${V}x\" \\$V '$V'", "1: [a][12][1x][$V][$V]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_assignments)
{
	static const struct told_row rows[] = {
		{"A=(1 \"2 3\" # 4\n 5); a ${A[@]} \"${A[@]}\" ${A[1]} $A",
		 "2: [a][1][2][3][5][1][2 3][5][2][3][1]\n"},
		{"A=1; A+=2; B=(1); B+=(2); a $A ${B[*]}", "1: [a][12][1][2]\n"},
		{"A[0]=1; A[1]=2; a ${A[@]} ${A[x]}", "1: [a][1][2][1]\n"},
		{"local A=1; export B=2; declare -a C=(3 4); a $A $B ${C[@]}",
		 "1: [a][1][2][3][4]\n"},
		{"V=1 a $V", "1: [a][1]\n"},
		{"V=$(b)", "1: [b]\n"},
		{"A=1; unset A; a ${A:-2}", "1: [a][2]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_expansion),
		cmocka_unit_test(test_assignments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
