/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads an image of the initramfs as the kernel unpacks it (init/initramfs.c): cpio archives one after the
 * other, such as one with microcode in front, each as it is or compressed, with zeros between. It needs no
 * more memory than the compression asks for.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "model/image.h"

/* A file of the profile as the host has it. */
struct profile_file {
	char *path;
	char *bytes; /* NULL: it cannot be read, or is a mask */
	size_t length;
	bool mask; /* a link to /dev/null */
};

struct profile_file_list {
	VEC(struct profile_file);
};

/*
 * Fills in what an image holds, its profile beside that of the host; image_end() is the caller's. What
 * cannot be read to its end says so in image->unknown. read: gives the next bytes of the image, at most n;
 * 0: there are no more, or -errno. False: the image has a part that is not read here, of which another
 * program may know more.
 */
bool initramfs_parse(ssize_t (*read)(void *userdata, void *bytes, size_t n), void *userdata,
		     const struct profile_file_list *profile, struct image *image);
