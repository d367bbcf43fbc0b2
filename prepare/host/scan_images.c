/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "host/image.h"
#include "host/image_lister.h"
#include "host/ini_file.h"
#include "host/profile_files.h"
#include "host/scan.h"

/* Where kernels and their images lie; the second and third are the EFI system partition. */
static const char *const places[] = {"/boot", "/efi", "/boot/efi"};

#define CAPTURED_MAX (4 * 1024 * 1024)
#define TOKEN_LENGTH 32

struct candidate {
	char *path, *kernel;
};

struct candidates {
	struct candidate *items;
	size_t n, capacity;
};

static void add(struct candidates *candidates, char *path, char *kernel)
{
	*(struct candidate *)vec_add(candidates) = (struct candidate){path, kernel};
}

/* "6.1.0-18-amd64" of "initrd.img-6.1.0-18-amd64" or "initramfs-6.1.0-18-amd64.img"; NULL: no image. */
static char *kernel_of(const char *name)
{
	static const char *const begins[] = {"initrd.img-", "initramfs-", "initrd-"};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		size_t begin = strlen(begins[i]), length = strlen(name);

		if (strncmp(name, begins[i], begin) != 0)
			continue;
		if (length > 4 && strcmp(name + length - 4, ".img") == 0)
			length -= 4;
		/* "initramfs-0-rescue-..." is for other days. */
		if (length <= begin || !isdigit((unsigned char)name[begin]) ||
		    strncmp(name + begin, "0-rescue", 8) == 0)
			return NULL;
		return xstrndup(name + begin, length - begin);
	}
	return NULL;
}

/* An image without a kernel of its release is a copy that some tool has left. */
static bool has_kernel(const struct strv *names, const char *kernel)
{
	static const char *const begins[] = {"vmlinuz-", "vmlinux-", "Image-"};
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(begins) && !found; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s", begins[i], kernel);

		found = strv_contains(names, name);
	}
	return found;
}

static bool is_token(const char *name)
{
	return strlen(name) == TOKEN_LENGTH && strspn(name, "0123456789abcdef") == TOKEN_LENGTH;
}

static bool exists(struct root *root, const char *path)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH);

	return fd >= 0;
}

/* What kernel-install(8) lays out: PLACE/MACHINE-ID/RELEASE/initrd. */
static void find_entries(struct root *root, const char *place, const char *token,
			 struct candidates *candidates)
{
	_cleanup_free_ char *directory = xasprintf("%s/%s", place, token);
	struct strv releases = {};

	root_list(root, directory, &releases);
	for (size_t i = 0; i < releases.n; i++) {
		char *path = xasprintf("%s/%s/initrd", directory, releases.items[i]);

		if (isdigit((unsigned char)*releases.items[i]) &&
		    strncmp(releases.items[i], "0-rescue", 8) != 0 && exists(root, path))
			add(candidates, path, xstrdup(releases.items[i]));
		else
			free(path);
	}
	strv_done(&releases);
}

/* Adds the images of a place. *searched becomes true where the kernel that runs lies there. */
static int find_images(struct root *root, const char *place, const char *running, bool *searched,
		       struct candidates *candidates)
{
	struct strv names = {};
	int r = root_list(root, place, &names);

	*searched = *searched || has_kernel(&names, running);
	for (size_t i = 0; i < names.n; i++) {
		char *kernel = kernel_of(names.items[i]);

		if (kernel && (strcmp(kernel, running) == 0 || has_kernel(&names, kernel)))
			add(candidates, xasprintf("%s/%s", place, names.items[i]), kernel);
		else
			free(kernel);
		if (is_token(names.items[i]))
			find_entries(root, place, names.items[i], candidates);
	}
	strv_done(&names);
	return r;
}

static bool has_image(const struct candidates *candidates, const char *kernel)
{
	vec_foreach(candidate, candidates)
		if (strcmp(candidate->kernel, kernel) == 0)
			return true;
	return false;
}

static const char *newest(const struct candidates *candidates)
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

static void read_images(struct root *root, const struct candidates *candidates, const char *running,
			struct images *images)
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
	struct candidates candidates = {};
	int r = find_images(root, places[0], running, &ret->searched, &candidates);

	if (r < 0 && r != -ENOENT)
		add_unknown(ret, xstrdup(places[0]), xasprintf("cannot be read: %s", strerror(-r)));
	for (size_t i = 1; i < ARRAY_SIZE(places); i++)
		if (!has_image(&candidates, running))
			find_images(root, places[i], running, &ret->searched, &candidates);
	if (!has_image(&candidates, running))
		find_unified(root, ret);
	read_images(root, &candidates, running, ret);
	vec_foreach(candidate, &candidates) {
		free(candidate->path);
		free(candidate->kernel);
	}
	free(candidates.items);
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
