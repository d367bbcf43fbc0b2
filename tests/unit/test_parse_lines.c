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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
