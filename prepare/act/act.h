/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out a plan: modules are loaded, then each device gets its override, is unbound, probed and read
 * back; virtual functions are made at the end. A step that fails is taken back, so that a device that had a
 * driver is not left without one. All that the kernel may not answer runs in children with deadlines
 * (act/executor.h).
 */
#pragma once

#include "host/root.h"
#include "model/outcome.h"
#include "model/plan.h"

struct act_limits {
	int piece_ms; /* that the kernel has for one module or device */
	int total_ms; /* after which no further one is begun */
};

/* The niceness of the process from its first write on. */
#define ACT_NICE (-10)

/*
 * Gives one outcome for each planned device, in the plan's order; the plan must outlive them. Devices in
 * DEVICE_VFS are for act_vfs_make(). Finding: iommu-backend.
 */
void act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
	     struct outcomes *ret, struct findings *findings);

/*
 * Makes the virtual functions that the plan wants, for each physical function all or none: autoprobe is off
 * while they have no override. Completes the outcomes that act_run() gave; returns how many physical
 * functions are done. Findings: vfs-driver, vfs-missing.
 */
size_t act_vfs_make(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *outcomes, struct findings *findings);

/*
 * Sets autoprobe to what it was where virtual functions were made, once these have their overrides. Finding:
 * vfs-autoprobe.
 */
void act_vfs_restore(struct root *root, const struct plan *plan, const struct act_limits *limits,
		     const struct outcomes *outcomes, struct findings *findings);
