/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/text.h"
#include "support.h"

TEST(a_finding_is_a_line_and_its_remedy_another)
{
	struct findings findings = {};
	struct buf buf = {};

	finding_remedy(finding_add(&findings, SEVERITY_ERROR, "count", "device x", "2 match"),
		       "narrow it");
	finding_add(&findings, SEVERITY_NOTE, "a", "b", "c");
	text_finding(&buf, &findings.items[0]);
	text_finding(&buf, &findings.items[1]);
	assert_string_equal(buf_text(&buf), "error: device x: 2 match [count]\n"
					    "  -> narrow it\n"
					    "note: b: c [a]\n");
	buf_done(&buf);
	findings_done(&findings);
}

TEST(errors_come_first_and_the_order_of_each_kind_stays)
{
	struct findings findings = {};
	struct buf buf = {};

	text_findings(&buf, &findings);
	assert_string_equal(buf_text(&buf), "");
	finding_add(&findings, SEVERITY_NOTE, "n", "1", "x");
	finding_add(&findings, SEVERITY_ERROR, "e", "2", "x");
	finding_add(&findings, SEVERITY_WARNING, "w", "3", "x");
	finding_add(&findings, SEVERITY_ERROR, "e", "4", "x");
	text_findings(&buf, &findings);
	assert_string_equal(buf_text(&buf), "error: 2: x [e]\n"
					    "error: 4: x [e]\n"
					    "warning: 3: x [w]\n"
					    "note: 1: x [n]\n");
	buf_done(&buf);
	findings_done(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_a_line_and_its_remedy_another),
		cmocka_unit_test(errors_come_first_and_the_order_of_each_kind_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
