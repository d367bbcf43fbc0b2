/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes together. A guest gets a whole IOMMU group or nothing of it: the kernel lets a group be
 * used only while each of its functions is on a vfio driver, pci-stub, pcieport or no driver at all
 * (drivers/iommu/iommu.c iommu_device_use_default_domain(); Documentation/driver-api/vfio.rst). The
 * functions of a graphics card, and those that device links tie together, work only as one.
 */
#pragma once

#include "decide/guards.h"
#include "decide/match.h"

/* May a device on this driver stay in a group that a guest uses? */
bool driver_leaves_group_viable(const char *driver);
/* The same of a function with the driver that it has. */
bool function_leaves_group_viable(const struct inventory *inventory,
				  const struct pci_function *function);

/*
 * Completes the claims by the sections' key group: require refuses what stands in an incomplete
 * group, expand lets the others join, ignore only warns. What a guard puts off in this phase joins, and
 * its group waits with it. Findings: group-incomplete, card-incomplete,
 * reset. Needs the candidate modules and the condition of what the match is concerned with.
 */
void group_complete(const struct guards *guards, enum phase phase, struct match *match);

/*
 * As match_takes(), of what would join the claims if no guard kept it: what is listed
 * may be right already, and not what goes along with it. Needs what group_complete() needs but the guards.
 */
bool group_takes(const struct match *match, bool bound);

/* The inventory's functions, ordered by group. */
struct group_index {
	VEC(const struct pci_function *);
};

void group_index_make(const struct inventory *inventory, struct group_index *ret);
void group_index_done(struct group_index *index);
/* A part of the index, which stays its owner: the functions of a group; none where group is negative. */
struct group_index group_members(const struct group_index *index, int group);
