/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was on its driver in this boot and has left it since, because a program that uses the devices gave it away.
 * Pure.
 */
#pragma once

#include "model/boot_log.h"
#include "model/finding.h"
#include "model/plan.h"
#include "model/profile.h"

/*
 * Adds to the findings of the checks a note for each device that they find on another driver or without its override
 * though the bindings have it: what its section's consumer does, and how that one is kept from it.
 */
void drift_explain(const struct profile *profile, const struct plan *plan,
		   const struct bindings *bindings, struct findings *findings);
