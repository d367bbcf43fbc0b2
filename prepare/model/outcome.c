/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/outcome.h"

#include <errno.h>
#include <string.h>

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

static const char *const result_names[] = {
	[RESULT_DONE] = "done",       [RESULT_ALREADY] = "already", [RESULT_FAILED] = "failed",
	[RESULT_TIMEOUT] = "timeout", [RESULT_SKIPPED] = "skipped", [RESULT_REFUSED] = "refused",
};

const char *result_name(enum result result)
{
	return result_names[result];
}

int result_parse(const char *name, enum result *ret)
{
	for (enum result result = RESULT_DONE; result <= RESULT_REFUSED; result++)
		if (strcmp(result_names[result], name) == 0) {
			*ret = result;
			return 0;
		}
	return -EINVAL;
}
