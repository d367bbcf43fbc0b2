/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps files as they are while programs of the host replace them, so that a failure can be undone:
 * small ones in memory, images of the initramfs as a copy beside them. A hard link would not do, as
 * some programs write into the file that is there.
 */
#pragma once

#include <sys/types.h>
#include <time.h>

#include "host/root.h"

struct kept_file {
	char *path;
	char *text;   /* NULL: there is a copy */
	char *target; /* of a text: where it lies, past all links */
	mode_t mode;
	char *copy;  /* what that is called, in the same directory */
	ino_t inode; /* of the file when it was copied */
	struct timespec time;
};

struct kept_files {
	VEC(struct kept_file);
};

/* Keeps a text. 0, also where there is none; -errno: it is not kept. */
int keep_text(struct root *root, const char *path, struct kept_files *kept);
/*
 * Keeps a large file as a copy beside it, of a name that nobody looks for. 0; -ENOSPC where the copy
 * and a new one would not find room beside it: then it is not kept.
 */
int keep_image(struct root *root, const char *path, struct kept_files *kept);
/* Gives back each file that is not as it was. 0; the first error; above 0, an errno: not all are synced. */
int keep_restore(struct root *root, const struct kept_files *kept);
/* Removes the copies and frees what was kept. */
void keep_done(struct root *root, struct kept_files *kept);
