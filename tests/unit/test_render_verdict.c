/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/verdict.h"

#include "support.h"

TEST(a_headline_counts_what_is_there)
{
	static const struct {
		enum readiness status;
		unsigned n_right, n_wrong, n_errors, n_warnings, n_notes;
		const char *headline;
	} rows[] = {
		{READY, 2, 0, 0, 0, 0, "ready: 2 of 2 devices on their drivers"},
		{READY, 0, 0, 0, 0, 3, "ready: the profile selects no device"},
		{READINESS_UNKNOWN, 0, 0, 1, 0, 0, "unknown; 1 error"},
		{READY, 1, 0, 0, 1, 0, "ready: 1 of 1 devices on their drivers; 1 warning"},
		{NOT_READY, 1, 2, 2, 2, 1,
		 "not ready: 1 of 3 devices on their drivers; 2 errors, 2 warnings"},
		{REBOOT_REQUIRED, 0, 1, 1, 0, 0,
		 "reboot required: 0 of 1 devices on their drivers; 1 error"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct plan plan = {};
		struct buf buf = {};

		for (unsigned j = 0; j < rows[i].n_right + rows[i].n_wrong; j++)
			((struct planned_device *)vec_add(&plan))->state = j < rows[i].n_right
										   ? DEVICE_RIGHT
										   : DEVICE_REFUSED;
		for (unsigned j = 0; j < rows[i].n_errors; j++)
			finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "x", "y");
		for (unsigned j = 0; j < rows[i].n_warnings; j++)
			finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "x", "y");
		for (unsigned j = 0; j < rows[i].n_notes; j++)
			finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "x", "y");
		verdict_headline(&buf, &(struct verdict){
					       .status = rows[i].status,
					       .plan = &plan,
					       .findings = &findings,
				       });
		check_text(readiness_names[rows[i].status], buf_text(&buf), rows[i].headline);
		buf_done(&buf);
		findings_done(&findings);
		plan_done(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_headline_counts_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
