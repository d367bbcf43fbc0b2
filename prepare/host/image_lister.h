/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names in an image of the initramfs that is not read here (host/image.h), from the distribution's
 * own lister: lsinitramfs(8) or lsinitrd(1).
 */
#pragma once

#include "host/root.h"
#include "parse/image.h"

/*
 * Fills in what the names say, with image->named, where the running host has a lister that knows them
 * in half a minute; else the image stays as it is.
 */
void image_list(struct root *root, struct image *image);
