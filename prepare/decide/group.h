/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU groups: a guest gets a whole group or nothing of it. The kernel lets a group be used only
 * while each of its functions is on a vfio driver, pci-stub, pcieport or no driver at all
 * (drivers/iommu/iommu.c iommu_device_use_default_domain(); Documentation/driver-api/vfio.rst).
 */
#ifndef DECIDE_GROUP_H
#define DECIDE_GROUP_H

#include "decide/match.h"

/* May a function on this driver (NULL: none) stay in a group that a guest uses? */
bool driver_leaves_group_viable(const char *driver);

/*
 * Completes the claims by the sections' key group: require refuses what stands in an incomplete
 * group, expand lets the others join, ignore only warns. Finding: group-incomplete. Needs the
 * candidate modules of the functions that match_asks_modules() names.
 */
void group_complete(const struct inventory *inventory, struct match *match);

#endif
