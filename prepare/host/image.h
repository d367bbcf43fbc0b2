/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads images of the initramfs, as the kernel unpacks them (init/initramfs.c): cpio archives one after
 * the other, such as one with microcode in front, each as it is or compressed, with zeros between.
 *
 * It is read here first and not with the distribution's lsinitramfs(8) or lsinitrd(1), because these give
 * names only, run a shell script over each archive, and know nothing of --root; reading it takes a
 * fraction of a second and no more memory than the compression asks for. For a compression that is not
 * read here they are asked: host/image_lister.h.
 */
#pragma once

#include <stddef.h>

#include "host/root.h"
#include "parse/image.h"

/* A file of the profile as the host has it. */
struct profile_file {
	char *path;
	char *bytes; /* NULL: it cannot be read, or is a mask */
	size_t length;
	bool mask; /* a link to /dev/null */
};

struct profile_file_list {
	struct profile_file *items;
	size_t n, capacity;
};

/*
 * Fills in what the image at image->path holds, its profile beside that of the host. What cannot be read
 * to its end says so in image->unknown. image_end() is the caller's. False: it has a part that is not read
 * here, of which another program may know more.
 */
bool image_read(struct root *root, const struct profile_file_list *profile, struct image *image);
