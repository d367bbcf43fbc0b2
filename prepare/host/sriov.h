/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SR-IOV as sysfs shows it (Documentation/ABI/testing/sysfs-bus-pci: sriov_totalvfs, sriov_numvfs,
 * sriov_drivers_autoprobe, virtfnN, physfn; drivers/pci/iov.c).
 */
#pragma once

#include "host/pci_bounded.h"

/*
 * Reads how many virtual functions a function has and may have, which waits for the device's lock. What cannot
 * be read in time stays unknown (FUNCTION_VFS).
 */
extern const struct bounded_read pci_vfs;

/* The attributes of a physical function; -1: it does not have this one, or it cannot be read. */
struct vfs_state {
	int total, number, autoprobe;
	int device; /* id of the virtual ones; not read by vfs_read() */
};

/* Reads the attributes of the function whose directory is dir. May block for ever: see host/bounded.h. */
void vfs_read(struct root *root, int dir, struct vfs_state *ret);

/*
 * Are n virtual functions there with all that a bind needs of them? grouped: in an IOMMU group, too.
 * dir: the physical function's.
 */
bool vfs_complete(struct root *root, int dir, int n, bool grouped);
