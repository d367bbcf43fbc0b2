/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads in what condition chosen functions are: what a guard would look at before one of them is
 * taken from the host.
 */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/* Where a snapshot keeps which processes hold which devices, "ADDRESS NAME (PID)" in a line. */
#define SNAPSHOT_USERS "/.vfio-prepare/users"

/*
 * Live VFs, and of graphics cards physfn, boot_vga, framebuffer and device links, of what chosen() is
 * true for. resets: also physfn of the others, and the reset methods and the port path of all of it; no
 * write hangs on those.
 */
void scan_condition(struct root *root, struct inventory *inventory, bool resets,
		    bool (*chosen)(void *userdata, const struct pci_function *function),
		    void *userdata);

/*
 * Which functions running processes hold: open files of /proc/PID/fd whose device hangs on the
 * function, or is its VFIO group. A look, not a lock: a process may come right after it.
 */
void scan_users(struct root *root, struct inventory *inventory);
