/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One device's actions, one after another, in the child that may not come back: the device is read
 * before and after, and what did not bring it to its driver is taken back.
 */
#pragma once

#include <stdint.h>

#include "host/bounded.h"
#include "host/root.h"
#include "model/plan.h"
#include "model/profile.h"

/* In place of -errno: the kernel said yes, and nothing happened. */
#define SLOT_IGNORED (-10000)

/* What the child tells of a device or module, in memory that outlives it. */
struct slot {
	enum action_type step; /* the one that it is at, or at which it failed */
	bool ended;            /* as bounded_run() saw it */
	enum bounded_end end;
	int error;      /* -errno of the step; 0: the kernel took all writes */
	bool undoing;   /* it is past that step, and takes back what was done */
	int undo_error; /* why that did not succeed */
	bool after_known;
	char after[DRIVER_NAME_MAX]; /* "": no driver */
	bool right;          /* the device is where the plan wants it, as it was read back */
	bool override_known; /* only of one that is not */
	char override[DRIVER_NAME_MAX]; /* "": none */
	uint32_t elapsed_ms;
};

/* Which driver the device has now; dir: its directory. */
void device_read_back(struct root *root, int dir, struct slot *slot);

/* Carries out the device's actions; -ESTALE in slot->error: it is not as it was planned on. */
void device_run(struct root *root, const struct planned_device *device,
		const struct action *actions, size_t n_actions, struct slot *slot);
