/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a snapshot says of things that no copy of a file can: block devices, processes, images of the
 * initramfs. The texts are the caller's.
 */
#pragma once

#include "model/inventory.h"

/* A line for each block device that could be read: contents_parse() reads it. */
char *render_contents(const struct storage *storage);
/* What the images hold: images_parse() reads it. */
char *render_images(const struct images *images);
/* A line "ADDRESS PROCESS" for each function that is in use: host/users.c reads it. */
char *render_users(const struct inventory *inventory);
