/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a child told of a device to the outcome that is reported of it. */
#pragma once

#include "act/device.h"
#include "model/outcome.h"

/* What the step does, for a message: "unbinding". */
const char *step_text(enum action_type step);
/* The outcome of a device that has no actions; of one that has, what judge_device() completes. */
void outcome_begin(const struct planned_device *device, struct outcome *outcome);

/*
 * How long it took, and what it is on now; true: its child did not come to its end, and the outcome says
 * so. Else the result is RESULT_FAILED until what it told is judged.
 */
bool judge_end(const struct planned_device *device, const struct slot *slot,
	       struct outcome *outcome);
/* Of one for which there is no child; error: -errno. */
void judge_not_started(const struct planned_device *device, int error, struct outcome *outcome);

/* module: what became of the device's module, where that did not load; else NULL. */
void judge_device(const struct planned_device *device, const struct slot *slot,
		  const struct slot *module, struct outcome *outcome);
