/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a profile and an inventory to a plan. Pure: the same input gives the same plan. */
#ifndef DECIDE_PLANNER_H
#define DECIDE_PLANNER_H

#include "decide/match.h"
#include "model/plan.h"

/*
 * Takes the match's claims, completes their groups and lists the actions: modules first, then for
 * each device, in the order of their addresses: driver override, unbind, probe. Findings of the
 * match move into the plan. Finding of its own: no-iommu-group. The profile must outlive the plan.
 */
void plan_make(const struct profile *profile, const struct inventory *inventory,
	       struct match *match, struct plan *ret);

/* The modules that an initramfs needs for the profile, whatever the host; sorted. */
void plan_modules(const struct plan *plan, const struct profile *profile, struct strv *ret);

#endif
