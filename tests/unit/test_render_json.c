/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/json.h"
#include "support.h"

/* A value alone, as it is written. */
static void expect(json_t *value, const char *text)
{
	_cleanup_free_ char *got = json_dumps(value, JSON_ENCODE_ANY);

	json_decref(value);
	check_text("value", got, text);
}

TEST(values)
{
	struct pci_address place = address("10000:01:02.3");
	struct strv strv = {};

	expect(json_text(NULL), "null");
	expect(json_text(""), "\"\"");
	expect(json_text("a \"b\"\n"), "\"a \\\"b\\\"\\n\"");
	expect(json_count(-1), "null");
	expect(json_count(0), "0");
	expect(json_hex(0x86, 4), "\"0086\"");
	expect(json_hex(0xffffff, 6), "\"ffffff\"");
	expect(json_hex(0, 2), "\"00\"");
	expect(json_address(&place), "\"10000:01:02.3\"");
	expect(json_strv(&strv), "[]");
	strv_split(&strv, "b a", " ");
	expect(json_strv(&strv), "[\"b\", \"a\"]");
	strv_done(&strv);
}

TEST(text_that_is_no_utf8_loses_what_is_none)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{"caf\xc3\xa9", "\"caf\xc3\xa9\""},
		{"caf\xe9", "\"caf\\\\xe9\""},
		{"\xff\xfe", "\"\\\\xff\\\\xfe\""},
		{"\xc3\xa9 \xe9", "\"\xc3\xa9 \\\\xe9\""},
		{"\xc0\x80", "\"\\\\xc0\\\\x80\""},
		{"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(json_text(rows[i].text), rows[i].written);
}

TEST(findings)
{
	struct findings findings = {};

	expect(json_findings(&findings), "[]");
	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_COUNT, "device x", "is \xe9"),
		       "fix");
	finding_add(&findings, SEVERITY_NOTE, FINDING_RESET, "b", "c");
	expect(json_findings(&findings),
	       "[{\"check\": \"count\", \"severity\": \"error\", \"subject\": \"device x\", "
	       "\"detail\": \"is \\\\xe9\", \"remedy\": \"fix\"}, "
	       "{\"check\": \"reset\", \"severity\": \"note\", \"subject\": \"b\", \"detail\": \"c\", "
	       "\"remedy\": \"\"}]");
	findings_done(&findings);
}

TEST(reports_have_a_version_and_a_final_newline)
{
	_cleanup_free_ char *text = json_finish(json_report());

	assert_string_equal(text, "{\n \"version\": 1\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(text_that_is_no_utf8_loses_what_is_none),
		cmocka_unit_test(findings),
		cmocka_unit_test(reports_have_a_version_and_a_final_newline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
