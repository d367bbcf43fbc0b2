/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads which processes hold which functions: what a guard looks at before one is taken from the host. */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/* Where a snapshot keeps which processes hold which devices, "ADDRESS NAME (PID)" in a line. */
#define SNAPSHOT_USERS "/.vfio-prepare/users"

/*
 * Which functions running processes hold: open files of /proc/PID/fd whose device hangs on the
 * function, or is its VFIO group. A look, not a lock: a process may come right after it.
 */
void scan_users(struct root *root, struct inventory *inventory);
