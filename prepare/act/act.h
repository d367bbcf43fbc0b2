/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out a plan: modules are loaded, then each device gets its override, is unbound, probed
 * and read back. A step that fails is undone, so that a device that had a driver is not left
 * without one. Everything that the kernel may not answer runs in a child with a deadline. Devices that
 * have to be unbound are so side by side, each in a child, so that the time of several is that of the
 * slowest (PCI takes no lock above the device: drivers/base/dd.c, need_parent_lock is USB's).
 */
#pragma once

#include "host/root.h"
#include "model/outcome.h"
#include "model/plan.h"

/*
 * How long the kernel has for one module or device, and after which time no further one is begun, in
 * milliseconds.
 */
struct act_limits {
	int piece_ms;
	int total_ms;
};

/* The niceness of a run from its first write on. */
#define ACT_NICE (-10)

/* So many devices at most are unbound side by side. */
#define ACT_MAX_LANES 16

/*
 * One outcome for each planned device, in the plan's order. The plan must outlive them. What went wrong
 * beside the devices is added to findings: iommu-backend. Virtual functions are for act/sriov.h to make.
 */
void act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
	     struct outcomes *ret, struct findings *findings);
