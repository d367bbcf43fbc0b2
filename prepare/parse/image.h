/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes of the names and a few contents of an archive what an image of the initramfs holds. */
#pragma once

#include "model/image.h"

/* What an entry of the archive is worth. */
enum image_content { IMAGE_CONTENT_NONE, IMAGE_CONTENT_ORDER, IMAGE_CONTENT_PROFILE };

/* Takes notice of a name of the archive, and says whether its content matters, too. */
enum image_content image_see(struct image *image, const char *name);
/* The content of initramfs-tools' scripts/init-top/ORDER. */
void image_see_order(struct image *image, const char *text);
/*
 * What lsinitramfs or lsinitrd print: names, or lines as of ls -l. Contents stay unknown; the image is
 * named afterwards, if it holds anything.
 */
void image_see_listing(struct image *image, const char *text);
/* All was seen. */
void image_end(struct image *image);

/* Adds what a snapshot says of images (render_images()). */
void images_parse(const char *text, struct images *images);
