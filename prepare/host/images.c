/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/images.h"

#include <errno.h>
#include <string.h>

#include "host/image.h"
#include "host/image_candidates.h"
#include "host/profile_files.h"
#include "parse/image.h"

#define CAPTURED_MAX (4 * 1024 * 1024)

/* Can the host boot with it? An image without a kernel beside it is a copy that some tool has left. */
static bool is_bootable(const struct image_candidate *candidate, const char *running)
{
	return candidate->form == IMAGE_ENTRY ||
	       (candidate->form == IMAGE_PLAIN &&
		(candidate->has_kernel || strcmp(candidate->kernel, running) == 0));
}

static bool has_image(const struct image_candidates *candidates, const char *running)
{
	vec_foreach(candidate, candidates)
		if (is_bootable(candidate, running) && strcmp(candidate->kernel, running) == 0)
			return true;
	return false;
}

static const char *newest(const struct image_candidates *candidates, const char *running)
{
	const char *kernel = NULL;

	vec_foreach(candidate, candidates)
		if (is_bootable(candidate, running) &&
		    (!kernel || strverscmp(candidate->kernel, kernel) > 0))
			kernel = candidate->kernel;
	return kernel;
}

static void add_unknown(struct images *images, char *path, char *reason)
{
	struct image *image = vec_add(images);

	image->path = path;
	image->unknown = reason;
}

/* Adds one unified image for each place, which says enough. */
static void add_unified(const struct image_candidates *candidates, struct images *images)
{
	size_t next = 0;

	vec_foreach(candidate, candidates)
		if (candidate->form == IMAGE_UNIFIED && candidate->place >= next) {
			add_unknown(images, xstrdup(candidate->path),
				    xstrdup("is a unified kernel image, which is not read here"));
			next = candidate->place + 1;
		}
}

static void read_profile(struct root *root, struct profile_file_list *ret)
{
	_cleanup_(strv_done) struct strv paths = {};

	image_files_find(root, false, &paths);
	for (size_t i = 0; i < paths.n; i++) {
		struct profile_file *file = vec_add(ret);

		file->path = xstrdup(paths.items[i]);
		file->mask = profile_file_masks(root, file->path);
		if (!file->mask && root_read_file(root, file->path, INI_MAX_BYTES, &file->bytes,
						  &file->length) < 0)
			file->bytes = NULL;
	}
}

static void read_images(struct root *root, const struct image_candidates *candidates,
			const char *running, struct images *images)
{
	const char *latest = newest(candidates, running);
	struct profile_file_list profile = {};

	read_profile(root, &profile);
	vec_foreach(candidate, candidates) {
		struct image *image;

		if (!is_bootable(candidate, running) || (strcmp(candidate->kernel, running) != 0 &&
							 strcmp(candidate->kernel, latest) != 0))
			continue;
		image = vec_add(images);
		image->path = xstrdup(candidate->path);
		image->kernel = xstrdup(candidate->kernel);
		if (!image_read(root, &profile, image))
			image_list(root, image);
		image_end(image);
	}
	vec_foreach(file, &profile) {
		free(file->path);
		free(file->bytes);
	}
	free(profile.items);
}

static void search(struct root *root, const char *running, struct images *ret)
{
	_cleanup_(image_candidates_done) struct image_candidates candidates = {};

	for (size_t i = 0; i < N_BOOT_PLACES && !has_image(&candidates, running); i++) {
		int r = image_candidates_find(root, i, &candidates);

		if (i == 0 && r < 0 && r != -ENOENT)
			add_unknown(ret, xstrdup(boot_places[i]),
				    xasprintf("cannot be read: %s", strerror(-r)));
		ret->searched = ret->searched ||
				image_candidates_have_kernel(&candidates, i, running);
	}
	if (!has_image(&candidates, running))
		add_unified(&candidates, ret);
	read_images(root, &candidates, running, ret);
}

void images_read(struct root *root, const char *kernel, struct images *ret)
{
	struct recorder *recorder = root->recorder;
	_cleanup_free_ char *captured = NULL;

	if (!root->live &&
	    root_read_file(root, SNAPSHOT_IMAGES, CAPTURED_MAX, &captured, NULL) == 0) {
		images_parse(captured, ret);
		return;
	}
	/* A snapshot has what was found, not what it was found in. */
	root->recorder = NULL;
	search(root, kernel ? kernel : "", ret);
	root->recorder = recorder;
}
