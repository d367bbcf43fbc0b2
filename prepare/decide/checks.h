/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the host ready? Compares the inventory with the plan and says what is wrong. Pure. Unknown is
 * not ready.
 */
#pragma once

#include "model/boot_log.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "model/plan.h"
#include "model/profile.h"

/*
 * bindings: what was done in this boot, of which checks tell what somebody undid. *ret: the findings of the plan, which
 * move over, and those of decide/check.h; the caller's.
 */
void checks_make(const struct profile *profile, const struct inventory *inventory,
		 const struct bindings *bindings, struct plan *plan, struct findings *ret);
/* Of the devices alone: is each on its driver, and does nothing stand in the way of one? */
void checks_make_devices(const struct profile *profile, const struct inventory *inventory,
			 const struct bindings *bindings, struct plan *plan, struct findings *ret);

/* Of what the machine can do alone, as fitness_of() judges it. */
void checks_make_fit(const struct profile *profile, const struct inventory *inventory,
		     struct plan *plan, struct findings *ret);

/*
 * The verdict on the plan's host. Only errors count, by what the table says of their types
 * (finding_verdict()): what is known to be wrong says more than what is not known. A finding that a
 * restart is due (KIND_RESTART) makes reboot-required of what a restart takes away, and of ready.
 */
enum readiness readiness_of(const struct findings *findings, const struct plan *plan);
