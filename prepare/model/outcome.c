/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/outcome.h"

#include "base/alloc.h"

void outcome_done(struct outcome *outcome)
{
	free(outcome->after);
	free(outcome->error);
}

void outcomes_done(struct outcomes *outcomes)
{
	if (!outcomes)
		return;
	vec_foreach(outcome, outcomes)
		outcome_done(outcome);
	free(outcomes->items);
	*outcomes = (struct outcomes){};
}

const char *const result_names[N_RESULTS] = {
	[RESULT_DONE] = "done",       [RESULT_ALREADY] = "already", [RESULT_FAILED] = "failed",
	[RESULT_TIMEOUT] = "timeout", [RESULT_SKIPPED] = "skipped", [RESULT_REFUSED] = "refused",
};
