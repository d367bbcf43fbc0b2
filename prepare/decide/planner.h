/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a profile and an inventory to a plan. Pure: the same input gives the same plan. */
#pragma once

#include "decide/match.h"
#include "model/plan.h"

/*
 * Takes the match's claims, holds them against the guards, completes their groups and lists the
 * actions: modules first, then for each device, in the order of their addresses: driver override,
 * unbind, probe; at last what makes virtual functions. Findings of the match move into the plan.
 * Findings of its own: one for each kind of guard, by its name, storage-later (before a boot), disk-waits,
 * network-waits, device-hangs, no-iommu-group, and those of decide/sriov.h. The profile must outlive the plan.
 */
void plan_make(const struct profile *profile, enum phase phase, struct match *match,
	       struct plan *ret);

/* The modules that an initramfs needs for the profile, whatever the host; sorted. */
void plan_modules(const struct plan *plan, const struct profile *profile,
		  const struct inventory *inventory, struct strv *ret);
