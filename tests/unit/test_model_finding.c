/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"
#include "support.h"

TEST(a_finding_owns_its_texts)
{
	struct findings findings = {};
	char subject[] = "host", detail[] = "gone";
	struct finding *finding = finding_add(&findings, SEVERITY_WARNING, FINDING_IOMMU, subject,
					      "%s %d", detail, 7);

	subject[0] = detail[0] = 'X';
	assert_int_equal(finding->type, FINDING_IOMMU);
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
	finding_add(&findings, SEVERITY_NOTE, FINDING_RESET, "b", "c");
	finding_add(&findings, SEVERITY_ERROR, FINDING_RESET, "b", "c");
	assert_true(findings_have(&findings, SEVERITY_NOTE));
	assert_false(findings_have(&findings, SEVERITY_WARNING));
	assert_true(findings_have(&findings, SEVERITY_ERROR));
	findings_done(&findings);
}

TEST(findings_move_behind_others)
{
	struct findings from = {}, to = {};

	finding_add(&to, SEVERITY_NOTE, FINDING_RESET, "1", "c");
	finding_add(&from, SEVERITY_ERROR, FINDING_COUNT, "2", "c");
	findings_move(&from, &to);
	check_findings("all", &to, "reset 1; count 2");
	check_findings("none", &from, "");
	findings_move(&from, &to);
	assert_int_equal(to.n, 2);
	findings_done(&to);
}

TEST(each_type_has_a_name_of_its_own)
{
	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		const char *name = finding_name(type);

		assert_non_null(name);
		check_int(name, strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (enum finding_type other = 0; other < type; other++)
			check(name, strcmp(name, finding_name(other)) != 0);
	}
}

/* The manual promises the suffix. */
TEST(unknown_shows_in_the_name)
{
	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		const char *name = finding_name(type), *suffix = strstr(name, "-unknown");

		if (type != FINDING_NOT_VALIDATED)
			check_int(name, finding_verdict(type) == READINESS_UNKNOWN,
				  suffix && !suffix[strlen("-unknown")]);
	}
}

TEST(kinds)
{
	static const struct {
		enum finding_type type;
		enum readiness verdict;
		unsigned kinds;
	} rows[] = {
		{FINDING_PROFILE, NOT_READY, 0},
		{FINDING_NOT_VALIDATED, READINESS_UNKNOWN, 0},
		{FINDING_HOST_DISK_UNKNOWN, READINESS_UNKNOWN, KIND_GUARD},
		{FINDING_IN_USE, REBOOT_REQUIRED, KIND_GUARD},
		{FINDING_WRONG_DRIVER, REBOOT_REQUIRED, 0},
		{FINDING_ARGUMENT_MISSING, NOT_READY, KIND_DUE},
		{FINDING_FOREIGN_IDS, NOT_READY, KIND_FOREIGN},
		{FINDING_FOREIGN_FILE, NOT_READY, 0},
	};
	static const enum finding_kind kinds[] = {KIND_GUARD, KIND_DUE, KIND_FOREIGN};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = finding_name(rows[i].type);

		check_int(name, finding_verdict(rows[i].type), rows[i].verdict);
		for (size_t j = 0; j < ARRAY_SIZE(kinds); j++)
			check_int(name, finding_is(rows[i].type, kinds[j]),
				  (rows[i].kinds & kinds[j]) != 0);
	}
}

TEST(names)
{
	assert_string_equal(readiness_names[READY], "ready");
	assert_string_equal(readiness_names[NOT_READY], "not-ready");
	assert_string_equal(readiness_names[REBOOT_REQUIRED], "reboot-required");
	assert_string_equal(readiness_names[READINESS_UNKNOWN], "unknown");
	assert_string_equal(severity_names[SEVERITY_NOTE], "note");
	assert_string_equal(severity_names[SEVERITY_WARNING], "warning");
	assert_string_equal(severity_names[SEVERITY_ERROR], "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_owns_its_texts),
		cmocka_unit_test(severities_are_looked_for),
		cmocka_unit_test(findings_move_behind_others),
		cmocka_unit_test(each_type_has_a_name_of_its_own),
		cmocka_unit_test(unknown_shows_in_the_name),
		cmocka_unit_test(kinds),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
