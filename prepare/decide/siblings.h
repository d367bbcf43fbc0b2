/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that no section lists, or that a guard keeps from it, and that a boot would take from the host all the same: what apply wrote to
 * modprobe.d was right for the cards that the host had then. Pure.
 *
 *   ids=       vfio-pci takes each unbound function of these ids, when it is loaded and later
 *              (drivers/vfio/pci/vfio_pci.c vfio_pci_fill_ids(), drivers/pci/pci-driver.c pci_match_device()).
 *              The tool loads it with an empty list (host/modules.h), and first; what had it before, an image or
 *              a kernel that has it built in, is undone: the id is removed, and the function given back.
 *   blacklist  keeps a native module from all its functions: it is loaded by its name.
 */
#pragma once

#include "decide/match.h"
#include "decide/release.h"

struct siblings {
	struct release release; /* of these functions */
	struct strv blacklist;  /* of the tool's own, without what others keep out, too */
};

/* Does the tool's own file for modprobe name ids, or modules to keep out? As far as it was read. */
bool siblings_may_exist(const struct inventory *inventory);
bool siblings_have_ids(const struct inventory *inventory);
/* Adds the modules that it keeps out. */
void own_blacklist(const struct inventory *inventory, struct strv *ret);
/* Could the function be one, as far as is known? Then its override, modules and users matter. */
bool sibling_may_be(const struct match *match, const struct claim *claim);
/* Does it lack a driver for want of a module that the file keeps out? */
bool sibling_starves(const struct match *match, const struct claim *claim);
void siblings_find(const struct match *match, struct siblings *ret);
void siblings_done(struct siblings *siblings);
