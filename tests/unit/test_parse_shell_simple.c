/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_simple.h"

#include "shell_events.h"

TEST(test_redirections)
{
	static const struct told_row rows[] = {
		{"echo 1 > /x", "1: /x <- 1\n"},
		{"echo 1 >> /x 2>/dev/null", "1: /x <- 1\n"},
		{"> /x echo 1", "1: /x <- 1\n"},
		{"echo 1 >/x 2>&1 &", "1: /x <- 1\n"},
		{"echo 1 &>/x", "1: /x <- 1\n"},
		{"echo 1 1>| /x", "1: /x <- 1\n"},
		{"b > /x", "1: [b]\n1: /x <- @\n"},
		{"cat <<< 1 > /x", "1: /x <- 1\n"},
		{"tee /x <<< \"$(known)\"", "1: [known]\n1: /x <- known\n"},
		{"V=1; cat > /x <<E\n$V b\nE\na", "1: /x <- 1 b\n4: [a]\n"},
		{"V=1; cat > /x <<-'E'\n\t$V\n\tE\na", "1: /x <- $V\n4: [a]\n"},
		{"cat <<A > /x; cat <<B > /y\n1\nA\n2\nB\na", "1: /x <- 1\n1: /y <- 2\n6: [a]\n"},
		{"cat < /x > /y", "1: /y <- @\n"},
		{"b < <(c) > >(d)", "1: [b]\n1: (d) <- @\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_conditions)
{
	static const struct told_row rows[] = {
		{"[[ a == a ]] && b", "1: [b]\n"},
		{"[[ abc == a* ]] && b; [[ abc != a* ]] && c", "1: [b]\n"},
		{"[[ -n $V ]] && b; [[ ! -n $V ]] && c", "1: [c]\n"},
		{"[[ a == a &&\n b == c ]] && d", "2? [d]\n"},
		{"[[ $(x) == a ]] && b", "1: [x]\n1? [b]\n"},
		{"[[ a =~ ^(a|b)$ ]] && b", "1? [b]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_redirections),
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
