/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a child told of a device to the outcome that is reported of it. */
#ifndef ACT_JUDGE_H
#define ACT_JUDGE_H

#include "act/device.h"
#include "model/outcome.h"

/* What the step does, for a message: "unbinding". */
const char *step_text(enum action_type step);
/* The outcome of a device that has no actions; of one that has, what judge_device() completes. */
void outcome_begin(const struct planned_device *device, struct outcome *outcome);

/* module: what became of the device's module, where that did not load; else NULL. */
void judge_device(const struct planned_device *device, const struct slot *slot,
		  const struct slot *module, struct outcome *outcome);

#endif
