/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the host ready? Compares the inventory with the plan and says what is wrong. Pure. Unknown is
 * not ready.
 */
#pragma once

#include "model/inventory.h"
#include "model/plan.h"
#include "model/profile.h"
#include "model/readiness.h"

struct validation {
	enum readiness status;
	struct findings findings;
};

/* Findings: those of the plan, which move over, and those of decide/check.h. */
void validation_make(const struct profile *profile, const struct inventory *inventory,
		     struct plan *plan, struct validation *ret);
/* The same of the devices alone: is each on its driver, and does nothing stand in the way of one? */
void validation_make_devices(const struct profile *profile, const struct inventory *inventory,
			     struct plan *plan, struct validation *ret);
/*
 * All that the next boot needs is written, and a restart is due: where it takes away all that is wrong,
 * the verdict is reboot-required. Of the unknown it says nothing.
 */
void validation_expect_restart(struct validation *validation);
void validation_done(struct validation *validation);

/* Which kernel argument keeps the tool from working, "vfio_prepare.enable=0"; NULL: none. */
const char *off_switch(const struct kernel_args *args, bool initramfs);
