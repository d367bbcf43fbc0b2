/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image of the initramfs holds, as far as it matters here: the tool, what starts it, kernel
 * modules, and the profile. Plain data.
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "model/host_places.h"

/* More modules than a kernel has; with them the list of an archive that is none stays small. */
#define IMAGE_MODULES_MAX 20000
#define IMAGE_PROFILE_FILES_MAX 1000

/* What becomes of the tool when the image boots. */
enum image_start {
	IMAGE_START_NONE, /* nothing starts it */
	IMAGE_START_LATE, /* after udev, which loads the native drivers */
	IMAGE_START_EARLY,
	IMAGE_START_UNKNOWN,
	N_IMAGE_STARTS,
};

/* A file of the profile, in the image beside that of the host. */
enum image_file_state {
	IMAGE_FILE_SAME,
	IMAGE_FILE_DIFFERENT,
	IMAGE_FILE_MISSING, /* the host has it, the image not */
	IMAGE_FILE_GONE,    /* the image has it, the host not */
	IMAGE_FILE_UNKNOWN,
	N_IMAGE_FILE_STATES,
};

/* How a snapshot writes these. */
extern const char *const image_start_names[N_IMAGE_STARTS];
extern const char *const image_file_state_names[N_IMAGE_FILE_STATES];

struct image_file {
	char *path;
	enum image_file_state state;
};

struct image {
	char *path;
	char *kernel;  /* the release that it is for; NULL: not known */
	char *unknown; /* why it, or a part of it, could not be read; NULL: it was */
	bool damaged;  /* that is not for lack of skill or permission */
	bool named;    /* the names in it are known all the same */
	bool is_started; /* the boot loader is known to start it next */
	enum image_generator generator;
	bool has_tool;
	enum image_start start;
	struct strv modules;               /* sorted, "vfio_pci" */
	VEC_OF(struct image_file) profile; /* sorted by path */

	/* Of what starts it, until image_end(): parts of it are no start. */
	bool has_unit, has_wants, has_hook, has_script;
};

struct images {
	bool searched; /* they were asked for, and the running kernel lies where images would, too */
	VEC(struct image);
};

void image_done(struct image *image);
void images_done(struct images *images);
/* The file of that path, which is added if it is not there yet; NULL: there are too many. */
struct image_file *image_file(struct image *image, const char *path);
/* Sets the state of the file of that path, as long as there are not too many. */
void image_file_set(struct image *image, const char *path, enum image_file_state state);
