/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the images of the initramfs and reads what of this tool they hold. */
#pragma once

#include "host/root.h"
#include "model/image.h"

/* Where a snapshot keeps what the images of its host held. */
#define SNAPSHOT_IMAGES "/.vfio-prepare/images"
/*
 * Reads the images that the running kernel and the newest kernel have; takes as long as that takes, up to a
 * second or two.
 */
void images_read(struct root *root, const char *kernel, struct images *ret);
