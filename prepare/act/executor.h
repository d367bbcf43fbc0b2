/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the pieces of a plan in children with deadlines (host/bounded.h). Devices that have a driver are
 * unbound side by side, each in a lane, so that the time of several is that of the slowest: PCI takes no
 * lock above the device (drivers/base/dd.c, need_parent_lock is USB's). Physical functions go one after
 * another, as adding buses for virtual functions takes no lock (drivers/pci/iov.c virtfn_add_bus()).
 */
#pragma once

#include "act/act.h"
#include "act/piece.h"

/* At most so many devices are unbound side by side. */
#define ACT_MAX_LANES 16

enum pass {
	PASS_DEVICES,     /* modules, and devices in DEVICE_BIND */
	PASS_VFS,         /* physical functions in DEVICE_VFS */
	PASS_VFS_RESTORE, /* the final step of those that are done */
};

struct execution {
	struct root *root;
	const struct plan *plan;
	const struct act_limits *limits;
	enum pass pass;
	/* In the order of the plan; modules come before all devices. */
	VEC(struct piece);
	struct slot *slots; /* one for each piece, shared with the children */
	size_t *lanes;      /* one for each piece; lane 0 has what needs no child of its own */
	size_t n_lanes;
	size_t first; /* the piece that the current job begins with */
};

/*
 * Gathers the pieces of a pass. outcomes: of the plan, for PASS_VFS_RESTORE. What it is given must outlive
 * it. execution_done() is due.
 */
void execution_begin(struct root *root, const struct plan *plan, enum pass pass,
		     const struct act_limits *limits, const struct outcomes *outcomes,
		     struct execution *ret);
/* Runs all pieces; 0, or why a child could not be started: -errno. */
int execution_run(struct execution *execution);
void execution_done(struct execution *execution);

/* The slot of a piece; NULL: no child was started for it. */
const struct slot *execution_slot(const struct execution *execution, size_t index);
/* Is it a module from which the device could get the driver that it should have? */
bool module_may_drive(const char *module, const struct planned_device *device);
/* The slot of the module for want of which the device cannot get its driver; NULL: none is missing. */
const struct slot *execution_missing_module(const struct execution *execution,
					    const struct planned_device *device);
