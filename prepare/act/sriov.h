/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the virtual functions that a plan wants, all of them or none: the physical function's driver is
 * seen to, autoprobe is off while they have no override, and each step is read back. What fails is undone.
 * Physical functions go one after another, as adding buses for virtual functions takes no lock
 * (drivers/pci/iov.c virtfn_add_bus()); each in a child with a deadline.
 */
#pragma once

#include "act/act.h"

/*
 * Completes the outcomes, which act_run() made of that plan, of those in DEVICE_VFS; returns how many got
 * their virtual functions. Findings: vfs-driver, vfs-missing.
 */
size_t act_vfs_make(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *outcomes, struct findings *findings);

/*
 * Once the virtual functions have their overrides: autoprobe again as it was, where they were made.
 * Finding: vfs-autoprobe.
 */
void act_vfs_restore(struct root *root, const struct plan *plan, const struct act_limits *limits,
		     const struct outcomes *outcomes, struct findings *findings);
