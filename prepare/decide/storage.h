/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On which PCI functions the host stands: each thing that it needs (root, mounts, swap, resume, the
 * entries of fstab and crypttab) is followed through what stacks on what down to the functions that
 * carry it. Pure. What cannot be followed to its end is told as such, for the guards fail closed.
 */
#pragma once

#include "model/kernel_args.h"
#include "model/storage.h"

/* A PCI function that the host stands on, and through what. */
struct carrier {
	struct pci_address address;
	char *what; /* "/ (nvme0n1p2 on dm-0)" */
};

struct carriers {
	VEC(struct carrier);
	char *lost;          /* the first need that cannot be followed; NULL: none */
	char *lost_optional; /* the same for a noauto or nofail entry, or resume */
	char *network;       /* what of the host comes over the network; NULL: nothing */
};

/* started: the host has left its initramfs, so that what is mounted as / is its root. */
void carriers_make(const struct storage *storage, const struct kernel_args *args, bool started,
		   struct carriers *ret);
void carriers_done(struct carriers *carriers);
/* What of the host stands on the function, or NULL. */
const char *carriers_find(const struct carriers *carriers, const struct pci_address *address);
