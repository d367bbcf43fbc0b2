/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the files of the profile, checks that nobody else can have written them, and reads them. */
#pragma once

#include "host/root.h"
#include "model/finding.h"
#include "model/host_places.h"
#include "model/profile.h"

/*
 * Reads the profile: file alone, or (file is NULL) PROFILE_PATH and then, in the order of their
 * names, the *.conf of the directories vfio-prepare/conf.d in /etc, /run and /usr/lib, where a file
 * masks those of its name in the later ones; a link to /dev/null masks and is nothing itself.
 *
 * 0; -ENOENT where there is no file at all; -EINVAL with findings (check "profile") otherwise.
 */
int profile_load(struct root *root, const char *file, struct profile *ret,
		 struct findings *findings);

/*
 * Adds the files that an image of the initramfs gets beside the program (image_sources[]), in their order: of
 * two files in the directories that have one name both, so that the image has the mask, too. all: also those
 * that do not belong to the profile.
 */
void image_files_find(struct root *root, bool all, struct strv *ret_paths);
/* Is there a file of the profile that an image would get, and that is no mask? */
bool profile_exists(struct root *root);
/* Is it a link to /dev/null, which masks the files of its name and is no file of the profile? */
bool profile_file_masks(struct root *root, const char *path);
