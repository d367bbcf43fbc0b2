/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the images of the initramfs by their places and names (model/host_places.h), for those who look into
 * them and for those who look at their age. Each directory is listed once.
 */
#pragma once

#include "host/root.h"
#include "model/host_places.h"

enum image_form {
	IMAGE_PLAIN, /* right in the place, PLACE/initrd.img-RELEASE and the like */
	/*
	 * Laid out by kernel-install(8): PLACE/TOKEN/RELEASE/initrd or, named after the image that it was
	 * made of, .../initrd.img-RELEASE. TOKEN is the machine's id, or what ENTRY_TOKEN_PATH says.
	 */
	IMAGE_ENTRY,
	IMAGE_UNIFIED, /* kernel and initramfs in one: PLACE/EFI/Linux/TOKEN-RELEASE[+TRIES].efi */
};

struct image_candidate {
	enum image_form form;
	size_t place; /* index of boot_places[] */
	char *path;
	char *kernel;       /* its release; NULL: its name does not say */
	bool has_kernel;    /* IMAGE_PLAIN: the kernel lies beside it */
	struct strv beside; /* IMAGE_ENTRY: the names in its directory */
};

struct image_candidates {
	VEC(struct image_candidate); /* of one place after another, in the order of the forms */
	struct strv names[N_BOOT_PLACES]; /* what lies right in each place */
	char *token;
	bool begun;
};

/* Adds what boot_places[place] has; once for each place. 0, or -errno: the place cannot be listed. */
int image_candidates_find(struct root *root, size_t place, struct image_candidates *candidates);
/* Does the place hold the kernel of that release? */
bool image_candidates_have_kernel(const struct image_candidates *candidates, size_t place,
				  const char *release);
/* The release in the name of an image, "initramfs-6.1.0-18-amd64.img"; NULL: there is none. The caller's. */
char *image_kernel(const char *name);
void image_candidates_done(struct image_candidates *candidates);
