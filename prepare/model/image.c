/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/image.h"

#include <string.h>

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
