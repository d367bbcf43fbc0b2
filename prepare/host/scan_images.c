/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/image.h"
#include "host/image_candidates.h"
#include "host/image_lister.h"
#include "host/ini_file.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "parse/image.h"

#define CAPTURED_MAX (4 * 1024 * 1024)

static const char *const places[] = {IMAGE_PLACES};

static bool has_image(const struct image_candidates *candidates, const char *kernel)
{
	vec_foreach(candidate, candidates)
		if (strcmp(candidate->kernel, kernel) == 0)
			return true;
	return false;
}

static const char *newest(const struct image_candidates *candidates)
{
	const char *kernel = NULL;

	vec_foreach(candidate, candidates)
		if (!kernel || strverscmp(candidate->kernel, kernel) > 0)
			kernel = candidate->kernel;
	return kernel;
}

static void add_unknown(struct images *images, char *path, char *reason)
{
	struct image *image = vec_add(images);

	image->path = path;
	image->unknown = reason;
}

/* A unified kernel image has kernel and initramfs in one file, PLACE/EFI/Linux/NAME.efi. */
static void find_unified(struct root *root, struct images *images)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *directory = xasprintf("%s/EFI/Linux", places[i]);
		struct strv names = {};

		root_list(root, directory, &names);
		for (size_t j = 0; j < names.n; j++) {
			const char *end = strrchr(names.items[j], '.');

			if (end && strcmp(end, ".efi") == 0) {
				add_unknown(
					images, xasprintf("%s/%s", directory, names.items[j]),
					xstrdup("is a unified kernel image, which is not read here"));
				break;
			}
		}
		strv_done(&names);
	}
}

static void read_profile(struct root *root, struct profile_file_list *ret)
{
	struct strv paths = {};

	profile_files_of_image(root, &paths);
	for (size_t i = 0; i < paths.n; i++) {
		struct profile_file *file = vec_add(ret);

		file->path = xstrdup(paths.items[i]);
		file->mask = profile_file_masks(root, file->path);
		if (!file->mask && root_read_file(root, file->path, INI_MAX_BYTES, &file->bytes,
						  &file->length) < 0)
			file->bytes = NULL;
	}
	strv_done(&paths);
}

static void read_images(struct root *root, const struct image_candidates *candidates,
			const char *running, struct images *images)
{
	const char *latest = newest(candidates);
	struct profile_file_list profile = {};

	read_profile(root, &profile);
	vec_foreach(candidate, candidates) {
		struct image *image;

		if (strcmp(candidate->kernel, running) != 0 &&
		    strcmp(candidate->kernel, latest) != 0)
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
	struct image_candidates candidates = {};
	int r = image_candidates_find(root, places[0], running, &ret->searched, &candidates);

	if (r < 0 && r != -ENOENT)
		add_unknown(ret, xstrdup(places[0]), xasprintf("cannot be read: %s", strerror(-r)));
	for (size_t i = 1; i < ARRAY_SIZE(places); i++)
		if (!has_image(&candidates, running))
			image_candidates_find(root, places[i], running, &ret->searched,
					      &candidates);
	if (!has_image(&candidates, running))
		find_unified(root, ret);
	read_images(root, &candidates, running, ret);
	image_candidates_done(&candidates);
}

void scan_images(struct root *root, const char *kernel, struct images *ret)
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
