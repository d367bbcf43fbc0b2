/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gets the names in an image of the initramfs that host/image.h cannot read from the lister of a generator:
 * lsinitramfs(8) or lsinitrd(1).
 */
#pragma once

#include "host/root.h"
#include "parse/image.h"

/*
 * Fills in what the names say, and image->named, where the running host has a lister that answers within
 * half a minute; else the image stays as it is.
 */
void image_list(struct root *root, struct image *image);
