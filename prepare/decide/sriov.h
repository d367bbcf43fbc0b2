/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions that a section wants of a physical one: can they be made, and what has to be written
 * for it. Pure. The physical function stays with its own driver, which makes them (drivers/pci/iov.c).
 */
#pragma once

#include "decide/guards.h"
#include "decide/match.h"
#include "model/plan.h"

/*
 * Holds the physical functions of sections with the key vfs against the host. Those that cannot have so
 * many are refused; before PHASE_SYSTEM all of them wait. Virtual functions that will have to give way to
 * another number of them are claimed no longer. Findings: vfs-unsupported, vfs-too-many, vfs-driver,
 * vfs-in-use, vfs-unknown, vfs-waits, vfs-link-down.
 */
void vfs_decide(enum phase phase, const struct guards *guards, struct match *match);

/* Is it a physical function whose driver makes virtual ones only while its interface is switched on? */
bool vfs_want_link(const struct claim *claim);

/* Are the virtual functions all there that a claim on a physical one is for? */
bool vfs_stand(const struct match *match, const struct claim *claim);

/* Adds what has to be written for a device in DEVICE_VFS; autoprobe's second write is for afterwards. */
void vfs_add_actions(const struct pci_function *function, const char *driver, struct plan *plan,
		     size_t device);

/*
 * Adds the devices of a second plan, which gives them away, in place of those of the same address, and its
 * findings as far as they are new. Actions are not merged.
 */
void plan_merge(struct plan *plan, struct plan *other);
