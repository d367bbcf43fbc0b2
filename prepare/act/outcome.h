/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a child told of a device to the outcome, and the findings, that are reported of it. */
#pragma once

#include "act/step.h"
#include "model/finding.h"
#include "model/outcome.h"

/* The outcome of a device that has no actions; of one that has, what outcome_judge() completes. */
void outcome_begin(const struct planned_device *device, struct outcome *outcome);

/* The outcome of a device whose child could not be started; error: -errno. */
void outcome_not_started(int error, struct outcome *outcome);

/*
 * module: the slot of the device's module where that did not load; else NULL. Findings, of physical
 * functions: vfs-driver, vfs-missing.
 */
void outcome_judge(const struct planned_device *device, const struct slot *slot,
		   const struct slot *module, struct outcome *outcome, struct findings *findings);
