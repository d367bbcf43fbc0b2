/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What modprobe.d should say, so that no native module is at a listed device first and no other
 * device loses its own. Pure.
 */
#pragma once

#include "model/inventory.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/profile.h"

/*
 * Needs the candidate modules of all functions. Findings are added to the plan's: ids-left-out,
 * ids-too-long, module-built-in. An empty policy where the plan gives nothing away.
 */
void module_policy_make(const struct profile *profile, const struct inventory *inventory,
			struct plan *plan, struct module_policy *ret);
