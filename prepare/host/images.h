/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the images of the initramfs and reads what of this tool they hold. */
#pragma once

#include "host/root.h"
#include "model/boot_files.h"
#include "model/image.h"

/* Where a snapshot keeps what the images of its host held. */
#define SNAPSHOT_IMAGES "/.vfio-prepare/images"
/*
 * Reads the image that the boot loader starts next, and that of the running kernel, if it is another; where it
 * is not known what is started, those of the running kernel and of the newest. Takes as long as that takes,
 * up to a second or two.
 */
void images_read(struct root *root, const char *kernel, const struct bootloader *bootloader,
		 struct images *ret);
