/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell.h"

#include <errno.h>

#include "shell_events.h"

TEST(test_lists)
{
	static const struct told_row rows[] = {
		{"", ""},
		{"a; b & c\nd # e\n#f\n\ng \\\n h", "1: [a]\n1: [b]\n1: [c]\n2: [d]\n5: [g][h]\n"},
		{"true && a || b; false && c; false || d", "1: [a]\n1? [b]\n1: [d]\n"},
		{"x && a || b", "1: [x]\n1? [a]\n1? [b]\n"},
		{"! true || a; ! false && b", "1: [a]\n1: [b]\n"},
		{"( exit 1; a ); { b; }; c", "1: [b]\n1: [c]\n"},
		{"a; exit 0; b", "1: [a]\n"},
		{"x || exit 1; a", "1: [x]\n1: [a]\n"},
		{"echo 1 | tee /x /y >/dev/null", "1: /x <- 1\n1: /y <- 1\n1: /dev/null <- 1\n"},
		{"{ echo 1; echo 2; } > /x", "1: /x <- 1\n2\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_branches)
{
	static const struct told_row rows[] = {
		{"if true; then a; else b; fi", "1: [a]\n"},
		{"if false; then a; elif true; then b; else c; fi", "1: [b]\n"},
		{"if x; then a; elif true; then b; else c; fi", "1: [x]\n1? [a]\n1? [b]\n"},
		{"if x; then a; else\n b\nfi\nc", "1: [x]\n1? [a]\n2? [b]\n4: [c]\n"},
		{"case b in a|b) x;; *) y;; esac", "1: [x]\n"},
		{"case c in (a) x;; b*) y;; *) z; esac; w", "1: [z]\n1: [w]\n"},
		{"case $(x) in a) y;; *) z;; esac", "1: [x]\n1? [y]\n1? [z]\n"},
		{"case $1 in\n prereqs) p; exit 0 ;;\nesac\na", "4: [a]\n"},
		/* What was set in a branch that may not be taken is unknown behind it. */
		{"V=1; if x; then V=2; a $V; fi; b $V", "1: [x]\n1? [a][2]\n1: [b][@]\n"},
		{"x && V=2; b $V", "1: [x]\n1: [b][@]\n"},
		{"V=1; if x; then V=1; fi; b $V", "1: [x]\n1: [b][1]\n"},
		{"A=(1); if x; then A+=(2); fi; b ${A[@]}", "1: [x]\n1: [b][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_loops)
{
	static const struct told_row rows[] = {
		{"for i in 1 2; do a $i; done; b", "1: [a][1]\n1: [a][2]\n1: [b]\n"},
		{"for i in; do a $i; done; b", "1: [b]\n"},
		{"for i in 1 2; do\n for j in 3 4\n do a $i$j; done; done",
		 "3: [a][13]\n3: [a][14]\n3: [a][23]\n3: [a][24]\n"},
		{"for i in 1 2 3; do test $i = 2 && continue; test $i = 3 && break; a $i; done",
		 "1: [a][1]\n"},
		{"for ((i=0;i<2;i++)); do a $i; done", "1: [a][0]\n1: [a][1]\n"},
		{"while x; do a; done", "1: [x]\n1? [a]\n"},
		{"while true; do a; done; b", "1: [a]\n1: [b]\n"},
		{"while false; do a; done; b", "1: [b]\n"},
		{"until x; do a; done", "1: [x]\n1? [a]\n"},
		{"while read -r d; do a $d; done <<E\n1\n2\nE\nb",
		 "1: [a][1]\n1: [a][2]\n5: [b]\n"},
		{"echo '1\n2' | while read d; do a $d; done", "2: [a][1]\n2: [a][2]\n"},
		{"while read d; do a $d; done < /x", "1? [a][@]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_functions)
{
	static const struct told_row rows[] = {
		/* The line is that of the call. */
		{"f() {\n a $1 $#\n return\n b\n}\nf 1 2\nf\n", "6: [a][1][2]\n7: [a][0]\n"},
		{"function f { a \"$@\"; }\nf 'x y'", "2: [a][x y]\n"},
		{"f() { a; }", ""},
		{"f() { echo v$1; }\nb $(f 1)", "2: [b][v1]\n"},
		/* What is called behind the script, and not in it. */
		{"a\nentry() {\n b $1 $#\n}", "1: [a]\n3: [b][0]\n"},
		{"f() if true; then a; fi\nf", "2: [a]\n"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
	expect_told("set -- x y", "case $1 in x) a $2; shift; b $1 $#;; esac", 0,
		    "1: [a][y]\n1: [b][y][1]\n");
	expect_told("V=1", "a $V $1 $#", 0, "1: [a][1][0]\n");
	expect_told(NULL, "a $1 $#; b \"$@\"", 0, "1: [a][@][@]\n1: [b][@]\n");
}

/* What it cannot follow has no end, or no sense. */
TEST(values_that_grow_at_the_limit)
{
	struct buf script = {};

	/* What would take a gigabyte. */
	buf_add(&script, "V=aaaaaaaaaaaaaaaa; for i in $(seq 26); do V=$V$V; done");
	expect_told("", buf_text(&script), -E2BIG, "");
	buf_done(&script);
	buf_add(&script, "V=$(seq 250); x=$(for ((i=0;i<200;i++)); do for ((j=0;j<90;j++)); do "
			 "echo $V; done; done)");
	expect_told("", buf_text(&script), -E2BIG, "");
	buf_done(&script);
}

TEST(test_limits)
{
	struct buf buf = {};

	expect_told("", "if true; then a", -EINVAL, "");
	expect_told("", "a; done", -EINVAL, "1: [a]\n");
	expect_told("", "case x y", -EINVAL, "");
	expect_told("", "[[ a", -EINVAL, "");
	expect_told("", "a )", -EINVAL, "1: [a]\n");
	expect_told("", "f() { f; }; f", -E2BIG, "");
	expect_told("", "exit; if", 0, "");
	expect_told("", "a\nexit\ncase x in a) for b in c; do d;; esac\n", 0, "1: [a]\n");
	for (int i = 0; i < 100; i++)
		buf_add(&buf, "( ");
	expect_told("", buf_text(&buf), -E2BIG, "");
	buf_done(&buf);
	for (int i = 0; i < 70000; i++)
		buf_add(&buf, "#");
	expect_told("", buf_text(&buf), -E2BIG, "");
	buf_done(&buf);
	/* Control characters do not pass for marks. */
	expect_told("", "a \1\2", 0, "1: [a]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(values_that_grow_at_the_limit),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
