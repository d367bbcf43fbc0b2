/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at the files that are made of the configuration: images of the initramfs, the boot loader's files. */
#pragma once

#include "host/root.h"
#include "model/boot_files.h"

/*
 * Compares the times of files: an image is stale if a file that goes into it, or the directory of such
 * files, is newer. Leaves out images of kernels that the host's generator does not look after.
 * rebuild_done() is due.
 */
void scan_rebuild(struct root *root, const struct bootloader *bootloader, struct rebuild *ret);
