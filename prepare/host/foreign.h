/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what a host was told about PCI passthrough by other means than this tool. */
#pragma once

#include "host/root.h"
#include "model/foreign.h"
#include "model/kernel_args.h"

/*
 * Reads the files of the recipes; in boot order, those of a directory by name. What is there and
 * cannot be read is told in unread. Of scripts, units and udev rules a recorder gets only those that
 * have something to do with it: the others may hold secrets.
 */
void scan_foreign(struct root *root, const struct kernel_args *args, struct foreign *ret);
