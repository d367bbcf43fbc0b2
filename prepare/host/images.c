/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/images.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "host/generator.h"
#include "host/image.h"
#include "host/image_candidates.h"
#include "host/profile_files.h"
#include "parse/image.h"

/* For all images together, in time and in number: a host has a handful. */
#define IMAGES_MS 60000
#define IMAGES_MAX 64
#define CAPTURED_MAX (4 * 1024 * 1024)

/* The images of the host while they are being read. */
struct reading {
	struct root *root;
	const char *running;
	enum image_generator generator; /* that the host has */
	struct profile_file_list profile;
	struct image_candidates candidates;
	struct images *images;
	int64_t deadline_ms;
};

/* Can the host boot with it? An image without a kernel beside it is a copy that some tool has left. */
static bool is_bootable(const struct image_candidate *candidate, const char *running)
{
	return candidate->kernel && (candidate->form != IMAGE_PLAIN || candidate->has_kernel ||
				     strcmp(candidate->kernel, running) == 0);
}

static bool has_image(const struct reading *reading)
{
	vec_foreach(candidate, &reading->candidates)
		if (is_bootable(candidate, reading->running) &&
		    strcmp(candidate->kernel, reading->running) == 0)
			return true;
	return false;
}

static const char *newest(const struct reading *reading)
{
	const char *kernel = NULL;

	vec_foreach(candidate, &reading->candidates)
		if (is_bootable(candidate, reading->running) &&
		    (!kernel || strverscmp(candidate->kernel, kernel) > 0))
			kernel = candidate->kernel;
	return kernel;
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

/* Reads the image that the paths make together; what is not known of its kernel, its modules tell. */
static void read_image(struct reading *reading, const struct strv *paths, const char *kernel)
{
	struct image *image;

	if (reading->images->n == IMAGES_MAX)
		return;
	image = vec_add(reading->images);
	image->path = xstrdup(paths->items[paths->n - 1]);
	image->kernel = xstrdup_null(kernel);
	if (!image_read(reading->root, &reading->profile, paths, reading->deadline_ms, image))
		image_list(reading->root, image);
	image_end(image);
	if (image->generator == GENERATOR_UNKNOWN || generators[reading->generator].with_system)
		image->generator = reading->generator;
}

static void read_candidate(struct reading *reading, const struct image_candidate *candidate)
{
	_cleanup_(strv_done) struct strv paths = {};

	strv_add(&paths, candidate->path);
	read_image(reading, &paths, candidate->kernel);
}

/* Reads the image that the boot loader starts next, where that is known. */
static void read_started(struct reading *reading, const struct bootloader *bootloader)
{
	const struct strv *paths = &bootloader->next_images;
	_cleanup_free_ char *kernel = NULL;

	if (!paths->n)
		return;
	kernel = bootloader->next_kernel
			 ? xstrdup(bootloader->next_kernel)
			 : image_kernel(strrchr(paths->items[paths->n - 1], '/') + 1);
	read_image(reading, paths, kernel);
	reading->images->items[0].is_started = true;
}

/* Reads those of the running kernel and of the newest, unless another is known to be started next. */
static void read_named(struct reading *reading)
{
	const char *latest = newest(reading);
	const struct image *started = reading->images->n ? &reading->images->items[0] : NULL;
	_cleanup_free_ char *kernel = started ? xstrdup_null(started->kernel) : NULL;

	if (started && !kernel)
		return;
	vec_foreach(candidate, &reading->candidates)
		if (is_bootable(candidate, reading->running) &&
		    !text_same(candidate->kernel, kernel) &&
		    (strcmp(candidate->kernel, reading->running) == 0 ||
		     (!kernel && strcmp(candidate->kernel, latest) == 0)))
			read_candidate(reading, candidate);
}

/* Reads those whose names do not tell their kernels, of each place; those of other kernels do not matter. */
static void read_unnamed(struct reading *reading)
{
	bool found = false;
	size_t n = 0;

	vec_foreach(candidate, &reading->candidates)
		if (!candidate->kernel)
			read_candidate(reading, candidate);
	vec_foreach(image, reading->images)
		found = found || text_same(image->kernel, reading->running);
	vec_foreach(image, reading->images)
		if (found && image->kernel && !text_same(image->kernel, reading->running))
			image_done(image);
		else
			reading->images->items[n++] = *image;
	reading->images->n = n;
}

static void search(struct root *root, const char *running, const struct bootloader *bootloader,
		   struct images *ret)
{
	struct reading reading = {.root = root,
				  .running = running,
				  .generator = generator_of(root),
				  .images = ret,
				  .deadline_ms = now_ms() + IMAGES_MS};
	char *unread = NULL;

	read_profile(root, &reading.profile);
	read_started(&reading, bootloader);
	for (size_t i = 0; i < N_BOOT_PLACES && !has_image(&reading); i++) {
		int r = image_candidates_find(root, i, &reading.candidates);

		if (i == 0 && r < 0 && r != -ENOENT)
			unread = xasprintf("cannot be read: %s", strerror(-r));
		ret->searched = ret->searched ||
				image_candidates_have_kernel(&reading.candidates, i, running);
	}
	read_named(&reading);
	if (!ret->n)
		read_unnamed(&reading);
	if (unread) {
		struct image *image = vec_add(ret);

		image->path = xstrdup(boot_places[0]);
		image->unknown = unread;
	}
	vec_foreach(file, &reading.profile) {
		free(file->path);
		free(file->bytes);
	}
	free(reading.profile.items);
	image_candidates_done(&reading.candidates);
}

void images_read(struct root *root, const char *kernel, const struct bootloader *bootloader,
		 struct images *ret)
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
	search(root, kernel ? kernel : "", bootloader, ret);
	root->recorder = recorder;
}
