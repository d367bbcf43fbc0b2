/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out a plan: modules are loaded, then each device gets its override, is unbound, probed
 * and read back. A step that fails is undone, so that a device that had a driver is not left
 * without one. Everything that the kernel may not answer runs in a child with a deadline.
 */
#ifndef ACT_ACT_H
#define ACT_ACT_H

#include "host/root.h"
#include "model/outcome.h"
#include "model/plan.h"

/* How long the kernel has for one module or device, and for all of them, in milliseconds. */
#define ACT_PIECE_MS 10000
#define ACT_TOTAL_MS 45000

/*
 * One outcome for each planned device, in the plan's order. The plan must outlive them. What went wrong
 * beside the devices is added to findings: iommu-backend.
 */
void act_run(struct root *root, const struct plan *plan, struct outcomes *ret,
	     struct findings *findings);

#endif
