/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"
#include "verbs/verb.h"

TEST(status_of_what_went_well_was_refused_and_failed)
{
	static const struct {
		size_t good, refused, failed;
		enum exit_status status;
	} rows[] = {
		{0, 0, 0, STATUS_DONE},   {3, 0, 0, STATUS_DONE},   {0, 1, 0, STATUS_REFUSED},
		{0, 0, 1, STATUS_FAILED}, {0, 1, 1, STATUS_FAILED}, {1, 1, 0, STATUS_PARTLY},
		{1, 0, 1, STATUS_PARTLY}, {1, 1, 1, STATUS_PARTLY},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("row %zu", i);

		check_int(what, status_of_counts(rows[i].good, rows[i].refused, rows[i].failed),
			  rows[i].status);
	}
}

TEST(a_report_goes_to_standard_output)
{
	struct capture capture;
	int status;

	capture_begin(&capture, STDOUT_FILENO);
	status = report(xstrdup("text\n"), STATUS_PARTLY);
	assert_string_equal(capture_end(&capture), "text\n");
	assert_int_equal(status, STATUS_PARTLY);
}

TEST(a_report_that_cannot_be_written_is_a_failure)
{
	struct capture out, error;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), status;

	assert_true(full >= 0);
	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&error, STDERR_FILENO);
	dup2(full, STDOUT_FILENO);
	close(full);
	status = report(xstrdup("text\n"), STATUS_DONE);
	check_text("error", capture_end(&error),
		   "vfio-prepare: the report cannot be written: No space left on device\n");
	capture_end(&out);
	clearerr(stdout);
	assert_int_equal(status, STATUS_FAILED);
}

TEST(findings_are_logged_with_their_remedy)
{
	struct findings findings = {};
	struct capture capture;

	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "f:2", "is wrong"),
		       "fix it");
	capture_begin(&capture, STDERR_FILENO);
	log_findings(&findings);
	assert_string_equal(capture_end(&capture), "vfio-prepare: f:2: is wrong; fix it\n");
	findings_done(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_of_what_went_well_was_refused_and_failed),
		cmocka_unit_test(a_report_goes_to_standard_output),
		cmocka_unit_test(a_report_that_cannot_be_written_is_a_failure),
		cmocka_unit_test(findings_are_logged_with_their_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
