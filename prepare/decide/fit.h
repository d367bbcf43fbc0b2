/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could this machine do what a profile asks for, as opposed to: is it done? What apply, bind and a restart settle does
 * not count; what firmware, hardware, IOMMU groups and the host's own use of its devices say does. Pure.
 */
#pragma once

#include "model/finding.h"
#include "model/inventory.h"
#include "model/plan.h"
#include "model/profile.h"

/*
 * The verdict on the findings of checks_make_fit(): READY: the devices can be given away now; REBOOT_REQUIRED: after
 * a restart, with what apply writes for it, or with an argument that a remedy names; NOT_READY: not at all, as long as
 * machine, firmware setup and profile stay as they are.
 */
enum readiness fitness_of(const struct profile *profile, const struct inventory *inventory,
			  const struct findings *findings, const struct plan *plan);

/* The first error that makes the fitness what it is; NULL: none does. */
const struct finding *fitness_reason(const struct profile *profile,
				     const struct inventory *inventory,
				     const struct findings *findings, const struct plan *plan,
				     enum readiness fitness);

/*
 * Is the host a system in memory, whose changes are lost at the next boot, as that in which MAAS commissions and tests
 * machines (root=squash:URL, overlayroot=tmpfs)? Nothing can be prepared there.
 */
bool system_is_ephemeral(const struct kernel_args *args);
