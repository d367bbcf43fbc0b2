/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/lines.h"

#include "base/buf.h"
#include "support.h"

static void expect(const char *text, bool unescape, const char *want)
{
	_cleanup_(lines_done) struct lines lines = {.rest = text, .unescape = unescape};
	_cleanup_(buf_done) struct buf got = {};

	while (lines_next(&lines))
		buf_addf(&got, "%u-%u <%s>\n", lines.first, lines.last, lines.text);
	check_text(text, buf_text(&got), want);
}

TEST(lines)
{
	expect("", false, "");
	expect("a", false, "1-1 <a>\n");
	expect("\n\nb\n", false, "1-1 <>\n2-2 <>\n3-3 <b>\n");
	expect("a\\\nb\\\n\nc", false, "1-3 <ab>\n4-4 <c>\n");
	expect("a\\", false, "1-1 <a\\>\n");
	expect("black\\list\\\\", false, "1-1 <black\\list\\\\>\n");
	expect("black\\list\\\\", true, "1-1 <blacklist\\>\n");
}

static void expect_word(const char *text, const char *want, const char *want_rest)
{
	_cleanup_(buf_done) struct buf value = {};
	const char *rest = shell_word(text, NULL, NULL, &value);

	check_text(text, buf_text(&value), want);
	check_text(text, rest, want_rest);
}

static const char *expand_x(void *userdata _unused_, const char *dollar, struct buf *value)
{
	buf_add(value, "X");
	return dollar[1] == 'x' ? dollar + 2 : NULL;
}

TEST(words_of_a_shell)
{
	_cleanup_(buf_done) struct buf value = {};

	expect_word("", "", "");
	expect_word("a b", "a", " b");
	expect_word("a;b", "a", ";b");
	expect_word("'a \"b'c\" d\"\n", "a \"bc d", "\n");
	expect_word("\"a\\\"b\\x\\\nc\"\\ d", "a\"b\\xc d", "");
	expect_word("'a\\' $x`y`&", "a\\", " $x`y`&");
	expect_word("$x&(", "$x&(", "");
	expect_word("\"open", "open", "");
	assert_string_equal(shell_word("a$x'$x' b", expand_x, NULL, &value), " b");
	assert_string_equal(buf_text(&value), "aX$x");
	assert_null(shell_word("$y", expand_x, NULL, &value));
	assert_null(shell_word("a;b", expand_x, NULL, &value));
	assert_null(shell_word("`a`", expand_x, NULL, &value));
	assert_null(shell_word("\"a", expand_x, NULL, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(words_of_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
