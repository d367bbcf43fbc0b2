/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_builtins.h"

#include "shell_events.h"

TEST(test_texts)
{
	static const struct told_row rows[] = {
		{"echo -n a b > /x", "1: /x <- a b\n"},
		{"echo -e 'a' > /x", "1: /x <- a\n"},
		{"printf '%s:%s\\n' a b > /x", "1: /x <- a:b\n"},
		{"printf '%s ' a b > /x", "1: /x <- a b \n"},
		{"printf -- '%04d%%' 1 > /x", "1: /x <- 1%\n"},
		{"printf a > /x", "1: /x <- a\n"},
		{"printf -v V a; printf > /x", "1: /x <- @\n"},
		{"echo 1,2 | tr , ' ' > /x", "1: /x <- 1 2\n"},
		{"echo 1,2 | tr -d , > /x", "1: /x <- 12\n"},
		{"echo 1,2 | tr a-z A-Z > /x", "1: /x <- @\n"},
		{"echo -n 0:1.2 | tr ':.' '_' > /x", "1: /x <- 0_1_2\n"},
		{"echo -n 0:1.2 | tr ':.' 'ab' > /x", "1: /x <- 0a1b2\n"},
		{"echo 1 | tr '\\n' ' ' > /x; echo 1 | tr -d '1\\n' > /x",
		 "1: /x <- 1 \n1: /x <- \n"},
		{"basename /a/b > /x", "1: /x <- b\n"},
		{"echo 1 | cat | tee -a /x", "1: /x <- 1\n"},
		{"tee /x", "1: /x <- @\n"},
		{"cat /a > /x", "1: [cat][/a]\n1: /x <- @\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_commands_that_run_commands)
{
	static const struct told_row rows[] = {
		{"sudo -E X=1 a b", "1: [a][b]\n"},
		{"echo 1 | sudo tee /x", "1: /x <- 1\n"},
		{"exec a", "1: [a]\n"},
		{"sh -c 'a $V; b'", "1: [a]\n1: [b]\n"},
		{"sudo /bin/bash -ec \"echo 1 > /x\"", "1: /x <- 1\n"},
		{"bash -x /a.sh b", "1: [/a.sh][b]\n"},
		{"bash -c 'a \"$1\" $2' _ 'x y' z", "1: [a][x y][z]\n"},
		{"timeout -k 5 20s nice -n 5 a", "1: [a]\n"},
		{"python3 /x.py a", "1: [/x.py][a]\n"},
		{"trap 'a $V' EXIT; V=1; b; exit 0; c", "1: [b]\n1: [a][1]\n"},
		{"trap 'a' ERR; trap - EXIT; trap '' 0; b", "1: [b]\n"},
		{"eval \"a b\"", "1: [a][b]\n"},
		{"sudo", "1: [sudo]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_tests)
{
	static const struct told_row rows[] = {
		{"[ a = a ] && b; test a != a && c", "1: [b]\n"},
		{"[ \"$1\" = on ] && b", ""},
		{"[ -z \"$1\" ] && b; [ \"$1\" ] && c; [ x ] && d", "1: [b]\n1: [d]\n"},
		{"[ $# -eq 0 ] && b; [ $# -ne 0 ] && c", "1: [b]\n"},
		{"[ -e /x ] && b", "1? [b]\n"},
		{"[ ! a = b ] && b", "1: [b]\n"},
		{"[ $# -lt 1 ] && b; [ 1 -gt 1 ] && c; [ 1 -ge 1 ] && d; [ 2 -le 1 ] && e",
		 "1: [b]\n1: [d]\n"},
		{"[ 01 -eq 1 ] && b; [ 2 -lt 10 ] && c; [ x -lt 1 ] && d",
		 "1: [b]\n1: [c]\n1? [d]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_variables)
{
	static const struct told_row rows[] = {
		{"read a b <<< '1 2 3'; x $a \"$b\"", "1: [x][1][2 3]\n"},
		{"IFS=, read -ra A <<< 1,2; x ${A[@]}", "1: [x][1][2]\n"},
		{"read -p 'a?' b; x $b", "1: [x][@]\n"},
		{"set -- 1 2; shift; x $@ $#", "1: [x][2][1]\n"},
		{"set -e; x $#", "1: [x][0]\n"},
		{"set -- 1 2 3; shift 2; x $@; shift 2; x $@; shift $(y); x $1",
		 "1: [x][3]\n1: [x][3]\n1: [y]\n1: [x][@]\n"},
		{"set -- 1 2; y && shift; x $1", "1: [y]\n1: [x][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_commands_that_run_commands),
		cmocka_unit_test(test_tests),
		cmocka_unit_test(test_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
