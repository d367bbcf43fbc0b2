/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guards of the running host keep from the profile, and those of a boot could not. Pure. */
#pragma once

#include "decide/match.h"
#include "model/guarded.h"

/*
 * What the profile would take, for its own sake or as a companion of a group, and what is guarded now as a way
 * to the network, as data, or as a disk of the host that neither fstab, crypttab nor the kernel's arguments
 * name: mounted by a unit or by hand, in a pool, a volume group or an array. Sorted by address.
 */
void guarded_make(const struct match *match, struct guarded_list *ret);
