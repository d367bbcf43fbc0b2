/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads images of the initramfs. They are read here first and not with the distribution's lsinitramfs(8) or
 * lsinitrd(1), because these give names only, run a shell script over each archive, and know nothing of
 * --root. For a compression that is not read here they are asked.
 */
#pragma once

#include "host/root.h"
#include "parse/initramfs.h"

/*
 * Fills in what the files hold that are unpacked one behind the other, as initramfs_parse() does. Of a unified
 * kernel image it is the initramfs in it. What is not read by the deadline (base/clock.h) is unknown.
 */
bool image_read(struct root *root, const struct profile_file_list *profile,
		const struct strv *paths, int64_t deadline_ms, struct image *image);
/*
 * Fills in what the names in the image say, and image->named, where the running host has the lister of a
 * generator and that answers within half a minute; else the image stays as it is.
 */
void image_list(struct root *root, struct image *image);
