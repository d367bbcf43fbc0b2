/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file systems stand on a device of this host. Pure: by their types and sources, as mount(8), fstab(5)
 * and "nodev" in /proc/filesystems have them.
 */
#pragma once

#include "model/storage.h"

/* Does a network carry file systems of that type? */
bool type_is_of_network(const char *type);
/* Is an entry of fstab one that a device of this host, or what stacks on one, has to be found for? */
bool entry_needs_device(const struct mount *entry);
