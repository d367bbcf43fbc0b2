/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that vfio-pci refuses (EINVAL), as a guest could harm the host with them: drivers/vfio/pci/vfio_pci.c
 * vfio_pci_dev_in_denylist(). Pure.
 */
#pragma once

#include "decide/match.h"
#include "decide/planner.h"

/* Is the function such a device, and is vfio-pci known to refuse it on this host, or not known not to? */
bool function_is_denylisted(const struct inventory *inventory, const struct pci_function *function);
/* Has the host such a device, or one whose virtual functions are? */
bool denylist_may_matter(const struct inventory *inventory);
/* Does a claim bring such a device, or virtual functions that are such devices, to vfio-pci? */
bool denylist_concerns(const struct claim *claim);
/*
 * Refuses these claims, unless vfio-pci takes them on this host; in a boot only where it is known not to, as
 * modprobe.d has its say when the module is loaded. Finding: denylisted.
 */
void denylist_decide(enum phase phase, struct match *match);
