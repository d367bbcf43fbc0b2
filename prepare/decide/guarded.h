/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a function one that apply found guarded (model/guarded.h)? Pure. */
#pragma once

#include "model/inventory.h"

/*
 * By what lies on its disks, where that can be seen; else by serial number, path or address, and its ids. If
 * none of the functions that are known is the one, each with its ids may be: it has been moved, or is gone.
 */
bool guarded_is(const struct guarded *guarded, const struct inventory *inventory,
		const struct pci_function *function);
/* Adds what tells the contents of its disks apart, at most GUARDED_MAX_CONTENTS. */
void guarded_contents(const struct storage *storage, const struct pci_function *function,
		      struct strv *ret);
