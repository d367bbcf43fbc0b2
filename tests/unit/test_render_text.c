/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/text.h"
#include "support.h"

TEST(a_finding_is_a_line_and_its_remedy_another)
{
	struct findings findings = {};
	struct buf buf = {};

	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_COUNT, "device x", "2 match"),
		       "narrow it");
	finding_add(&findings, SEVERITY_NOTE, FINDING_RESET, "b", "c");
	text_findings(&buf, &findings);
	assert_string_equal(buf_text(&buf), "error: device x: 2 match [count]\n"
					    "  -> narrow it\n"
					    "note: b: c [reset]\n");
	buf_done(&buf);
	findings_done(&findings);
}

TEST(errors_come_first_and_the_order_of_each_kind_stays)
{
	struct findings findings = {};
	struct buf buf = {};

	text_findings(&buf, &findings);
	assert_string_equal(buf_text(&buf), "");
	finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "1", "x");
	finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "2", "x");
	finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "3", "x");
	finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "4", "x");
	text_findings(&buf, &findings);
	assert_string_equal(buf_text(&buf), "error: 2: x [profile]\n"
					    "error: 4: x [profile]\n"
					    "warning: 3: x [console]\n"
					    "note: 1: x [companion]\n");
	buf_done(&buf);
	findings_done(&findings);
}

TEST(long_texts_are_broken_at_blanks)
{
	struct buf buf = {}, text = {};

	for (int i = 0; i < 20; i++)
		buf_addf(&text, "%sword-%02d", i ? " " : "", i);
	text_wrap(&buf, buf_text(&text), 2, 4);
	text_wrap(&buf, "short", 1, 4);
	text_wrap(&buf, "", 0, 4);
	assert_string_equal(
		buf_text(&buf),
		"  word-00 word-01 word-02 word-03 word-04 word-05 word-06 word-07 word-08 word-09 "
		"word-10\n"
		"    word-11 word-12 word-13 word-14 word-15 word-16 word-17 word-18 word-19\n"
		" short\n"
		"\n");
	buf_done(&buf);
	buf_done(&text);
}

TEST(a_word_that_is_too_long_stays_whole)
{
	_cleanup_free_ char *wanted = NULL;
	char word[200] = {};
	struct buf buf = {};
	_cleanup_free_ char *text = NULL;

	memset(word, 'x', sizeof(word) - 1);
	text = xasprintf("a %s b", word);
	wanted = xasprintf("a\n  %s\n  b\n", word);
	text_wrap(&buf, text, 0, 2);
	assert_string_equal(buf_text(&buf), wanted);
	buf_done(&buf);
}

TEST(a_table_is_as_wide_as_it_must_be)
{
	struct strv cells = {};
	struct buf buf = {};

	strv_split(&cells, "A,-,LONG,1,x,2,333,x,4", ",");
	*cells.items[1] = '\0';
	text_table(&buf, &cells, 3, "> ", 0);
	text_table(&buf, &cells, 3, "", 7);
	assert_string_equal(buf_text(&buf), "> A    LONG\n"
					    "> 1    2\n"
					    "> 333  4\n"
					    "A    LO\n"
					    "1    2\n"
					    "333  4\n");
	strv_done(&cells);
	buf_done(&buf);
}

TEST(columns_of_utf8)
{
	static const struct {
		const char *text;
		size_t columns, of_two; /* bytes of the first two columns */
	} rows[] = {{"", 0, 0},
		    {"a", 1, 1},
		    {"abc", 3, 2},
		    {"\u2514\u2500 x", 4, 6},
		    {"a\u00e9", 2, 3}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].text, text_columns(rows[i].text), rows[i].columns);
		check_int(rows[i].text, text_bytes_of(rows[i].text, 2), rows[i].of_two);
		check_int(rows[i].text, text_bytes_of(rows[i].text, 0), 0);
	}
}

TEST(sizes_and_classes)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {{0, "0"},
		     {1, "1"},
		     {1023, "1023"},
		     {4096, "4K"},
		     {(1 << 20) + 1024, "1025K"},
		     {256 << 20, "256M"},
		     {UINT64_C(96) << 30, "96G"},
		     {UINT64_C(1) << 63, "8E"}};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_free_ char *got = text_bytes(sizes[i].bytes);

		check_text("size", got, sizes[i].text);
	}
	assert_string_equal(text_class(0x010802), "NVMe disk");
	assert_string_equal(text_class(0x018000), "storage controller");
	assert_string_equal(text_class(0xff0000), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_of_utf8),
		cmocka_unit_test(sizes_and_classes),
		cmocka_unit_test(a_finding_is_a_line_and_its_remedy_another),
		cmocka_unit_test(errors_come_first_and_the_order_of_each_kind_stays),
		cmocka_unit_test(long_texts_are_broken_at_blanks),
		cmocka_unit_test(a_word_that_is_too_long_stays_whole),
		cmocka_unit_test(a_table_is_as_wide_as_it_must_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
