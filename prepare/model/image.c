/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/image.h"

#include <string.h>

const char *const image_start_names[] = {
	[IMAGE_START_NONE] = "none",
	[IMAGE_START_LATE] = "late",
	[IMAGE_START_EARLY] = "early",
	[IMAGE_START_UNKNOWN] = "unknown",
};

const char *const image_file_state_names[] = {
	[IMAGE_FILE_SAME] = "same",       [IMAGE_FILE_DIFFERENT] = "different",
	[IMAGE_FILE_MISSING] = "missing", [IMAGE_FILE_GONE] = "gone",
	[IMAGE_FILE_UNKNOWN] = "unknown",
};

void image_done(struct image *image)
{
	free(image->path);
	free(image->kernel);
	free(image->unknown);
	strv_done(&image->modules);
	vec_foreach(file, &image->profile)
		free(file->path);
	free(image->profile.items);
	*image = (struct image){};
}

void images_done(struct images *images)
{
	if (!images)
		return;
	vec_foreach(image, images)
		image_done(image);
	free(images->items);
	*images = (struct images){};
}

struct image_file *image_file(struct image *image, const char *path)
{
	struct image_file *file;

	vec_foreach(known, &image->profile)
		if (strcmp(known->path, path) == 0)
			return known;
	if (image->profile.n >= IMAGE_PROFILE_FILES_MAX)
		return NULL;
	file = vec_add(&image->profile);
	file->path = xstrdup(path);
	return file;
}

void image_file_set(struct image *image, const char *path, enum image_file_state state)
{
	struct image_file *file = image_file(image, path);

	if (file)
		file->state = state;
}
