/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"
#include "support.h"

TEST(a_finding_owns_its_texts)
{
	struct findings findings = {};
	char subject[] = "host", detail[] = "gone";
	struct finding *finding = finding_add(&findings, SEVERITY_WARNING, "iommu", subject,
					      "%s %d", detail, 7);

	subject[0] = detail[0] = 'X';
	assert_string_equal(finding->check, "iommu");
	assert_int_equal(finding->severity, SEVERITY_WARNING);
	assert_string_equal(finding->subject, "host");
	assert_string_equal(finding->detail, "gone 7");
	assert_string_equal(finding->remedy, "");
	finding_remedy(finding, "turn %s", "it on");
	assert_string_equal(finding->remedy, "turn it on");
	finding_remedy(finding, "%s", "another");
	assert_string_equal(finding->remedy, "another");
	findings_done(&findings);
	assert_int_equal(findings.n, 0);
	findings_done(NULL);
}

TEST(severities_are_looked_for)
{
	struct findings findings = {};

	assert_false(findings_have(&findings, SEVERITY_NOTE));
	finding_add(&findings, SEVERITY_NOTE, "a", "b", "c");
	finding_add(&findings, SEVERITY_ERROR, "a", "b", "c");
	assert_true(findings_have(&findings, SEVERITY_NOTE));
	assert_false(findings_have(&findings, SEVERITY_WARNING));
	assert_true(findings_have(&findings, SEVERITY_ERROR));
	findings_done(&findings);
}

TEST(findings_move_behind_others)
{
	struct findings from = {}, to = {};

	finding_add(&to, SEVERITY_NOTE, "a", "1", "c");
	finding_add(&from, SEVERITY_ERROR, "b", "2", "c");
	findings_move(&from, &to);
	check_findings("all", &to, "a 1; b 2");
	check_findings("none", &from, "");
	findings_move(&from, &to);
	assert_int_equal(to.n, 2);
	findings_done(&to);
}

TEST(severity_names)
{
	assert_string_equal(severity_name(SEVERITY_NOTE), "note");
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_ERROR), "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_owns_its_texts),
		cmocka_unit_test(severities_are_looked_for),
		cmocka_unit_test(findings_move_behind_others),
		cmocka_unit_test(severity_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
