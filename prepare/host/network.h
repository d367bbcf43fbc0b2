/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the network interfaces, what they stand on, and which of them have the default routes. */
#pragma once

#include "host/root.h"
#include "model/guarded.h"
#include "model/kernel_args.h"
#include "model/network.h"

/* args: BOOTIF= is looked for. flags: also which interfaces of devices are switched on. */
void scan_network(struct root *root, const struct kernel_args *args, bool flags,
		  struct network *ret);

/* Reads the file that apply has left for the phases of a boot. */
void scan_guarded(struct root *root, struct guarded_list *ret);
