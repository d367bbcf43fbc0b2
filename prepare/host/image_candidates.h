/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the images of the initramfs by their places and names, whoever looks into them or at their age. */
#pragma once

#include "host/root.h"

/* Where kernels and their images lie; the second and third are the EFI system partition. */
#define IMAGE_PLACES "/boot", "/efi", "/boot/efi"

struct image_candidate {
	char *path, *kernel;
};

struct image_candidates {
	VEC(struct image_candidate);
};

void image_candidates_done(struct image_candidates *files);

/*
 * Adds the images of a place: those right in it that have a kernel beside them or are of the one that
 * runs, and the entries. *searched becomes true where the kernel that runs lies there. 0 or -errno.
 */
int image_candidates_find(struct root *root, const char *place, const char *running, bool *searched,
			  struct image_candidates *ret);
/*
 * What kernel-install(8) lays out, PLACE/TOKEN/RELEASE/initrd or, after the image that it was made of,
 * .../initrd.img-RELEASE. TOKEN is the machine's id, or what /etc/kernel/entry-token says.
 */
void image_candidates_find_entries(struct root *root, const char *place,
				   struct image_candidates *ret);
/* The same for what has kernel and initramfs in one: PLACE/EFI/Linux/TOKEN-RELEASE[+TRIES].efi. */
void image_candidates_find_unified(struct root *root, const char *place,
				   struct image_candidates *ret);
