/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at what is made of the configuration: images of the initramfs and the boot loader's files. */
#pragma once

#include "host/root.h"
#include "model/rebuild.h"

/*
 * Goes by the times of files: an image is stale if a file that goes into it, or the directory of one
 * that is gone, is newer. Images of kernels that the host's tool does not look after are left out.
 */
void scan_rebuild(struct root *root, struct rebuild *ret);
