/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/image.h"

#include <string.h>

#include "base/text.h"

/* "lib/modules/6.1.0/kernel/drivers/vfio/pci/vfio-pci.ko.zst" is vfio_pci. */
static char *module_of(const char *name)
{
	const char *base = strrchr(name, '/'), *end = base ? strstr(base, ".ko") : NULL;
	char *module;

	if (!end || !strstr(name, "lib/modules/") || (end[3] && end[3] != '.'))
		return NULL;
	module = xstrndup(base + 1, (size_t)(end - base - 1));
	text_underscore(module);
	return module;
}

/* Does the image get the file from the profile (image_sources[])? */
static bool is_profile(const char *name)
{
	for (size_t i = 0; i < N_IMAGE_SOURCES; i++) {
		const struct image_source *source = &image_sources[i];
		size_t length = strlen(source->path + 1);

		if (!source->is_profile || !text_starts_with(name, source->path + 1))
			continue;
		if (source->is_directory ? name[length] == '/' && is_profile_name(name + length + 1)
					 : !name[length])
			return true;
	}
	return false;
}

static bool is_tool(const char *name)
{
	static const char *const names[] = {"usr/sbin/vfio-prepare", "usr/bin/vfio-prepare",
					    "sbin/vfio-prepare", "bin/vfio-prepare"};

	return TEXT_IN(names, name);
}

/* Modules lie below their kernel's release. */
static void find_release(struct image *image, const char *name)
{
	const char *release = strstr(name, "lib/modules/") + strlen("lib/modules/");

	if (!image->kernel && strchr(release, '/'))
		image->kernel = xstrndup(release, strcspn(release, "/"));
}

static void find_generator(struct image *image, const char *name)
{
	static const struct {
		enum image_generator generator;
		const char *begin, *end;
	} signs[] = {
		{GENERATOR_INITRAMFS_TOOLS, "scripts/init-top/", ""},
		{GENERATOR_DRACUT, "", "lib/dracut-lib.sh"},
		{GENERATOR_DRACUT, "", "lib/dracut/build-parameter.txt"},
		{GENERATOR_MKINITCPIO, "buildconfig", ""},
		{GENERATOR_BOOSTER, "etc/booster.init.yaml", ""},
		{GENERATOR_MKINITFS, "", "sbin/nlplug-findfs"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (text_starts_with(name, signs[i].begin) && text_ends_with(name, signs[i].end))
			image->generator = signs[i].generator;
}

enum image_content image_see(struct image *image, const char *name)
{
	char *module = module_of(name);

	if (module) {
		find_release(image, name);
		if (image->modules.n < IMAGE_MODULES_MAX)
			strv_take(&image->modules, module);
		else
			free(module);
		return IMAGE_CONTENT_NONE;
	}
	find_generator(image, name);
	if (is_tool(name))
		image->has_tool = true;
	else if (text_ends_with(name, "/systemd/system/vfio-prepare-early.service"))
		image->has_unit = true;
	else if (text_ends_with(name, "/sysinit.target.wants/vfio-prepare-early.service"))
		image->has_wants = true;
	else if (strstr(name, "dracut/hooks/cmdline/") && text_ends_with(name, "vfio-prepare.sh"))
		image->has_hook = true;
	else if (strcmp(name, "scripts/init-top/00-vfio-prepare") == 0)
		image->has_script = true;
	else if (strcmp(name, "scripts/init-top/ORDER") == 0)
		return IMAGE_CONTENT_ORDER;
	else if (is_profile(name))
		return IMAGE_CONTENT_PROFILE;
	return IMAGE_CONTENT_NONE;
}

/* Lines such as: /scripts/init-top/udev "$@" */
void image_see_order(struct image *image, const char *text)
{
	static const char ours[] = "/scripts/init-top/00-vfio-prepare ",
			  udev[] = "/scripts/init-top/udev ";
	bool after_udev = false;

	image->start = IMAGE_START_NONE;
	for (const char *line = text; *line; line = text_next_line(line)) {
		if (text_starts_with(line, udev)) {
			after_udev = true;
		} else if (text_starts_with(line, ours)) {
			image->start = after_udev ? IMAGE_START_LATE : IMAGE_START_EARLY;
			return;
		}
	}
}

/* "-rw-r--r--   1 root     root           16 Jan  1  1970 etc/link -> target" is etc/link. */
static void see_line(struct image *image, char *line)
{
	char *target = strstr(line, " -> "), *name;
	struct image_file *file;
	_cleanup_free_ char *path = NULL;

	if (target)
		*target = '\0';
	name = strrchr(line, ' ');
	name = name ? name + 1 : line;
	while (strncmp(name, "./", 2) == 0 || *name == '/')
		name += *name == '/' ? 1 : 2;
	image->named = image->named || strchr(name, '/');
	if (image_see(image, name) != IMAGE_CONTENT_PROFILE)
		return;
	path = xasprintf("/%s", name);
	file = image_file(image, path);
	if (file && file->state == IMAGE_FILE_MISSING)
		file->state = IMAGE_FILE_UNKNOWN;
	else if (file && file->state == IMAGE_FILE_SAME)
		file->state = IMAGE_FILE_GONE;
}

void image_see_listing(struct image *image, const char *text)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line;

	while ((line = strsep(&position, "\n")))
		see_line(image, line);
	if (image->named && image->has_script)
		image->start = IMAGE_START_UNKNOWN;
}

static int compare_files(const void *a, const void *b)
{
	const struct image_file *f = a, *g = b;

	return strcmp(f->path, g->path);
}

void image_end(struct image *image)
{
	if (image->has_hook || (image->has_unit && image->has_wants))
		image->start = IMAGE_START_EARLY;
	strv_sort(&image->modules);
	vec_sort(&image->profile, compare_files);
}

static void parse_line(struct image *image, const char *word, const char *text)
{
	struct image_file *file;
	int index;

	if (strcmp(word, "kernel") == 0 && !image->kernel) {
		image->kernel = xstrdup(text);
	} else if (strcmp(word, "tool") == 0) {
		image->has_tool = true;
	} else if (strcmp(word, "started") == 0) {
		image->is_started = true;
	} else if (strcmp(word, "damaged") == 0) {
		image->damaged = image->unknown != NULL;
	} else if (strcmp(word, "named") == 0) {
		image->named = image->unknown != NULL;
	} else if (strcmp(word, "module") == 0) {
		if (image->modules.n < IMAGE_MODULES_MAX)
			strv_add(&image->modules, text);
	} else if (strcmp(word, "maker") == 0) {
		for (size_t i = 0; i < N_GENERATORS; i++)
			if (strcmp(generators[i].name, text) == 0)
				image->generator = (enum image_generator)i;
	} else if (strcmp(word, "start") == 0) {
		index = TEXT_INDEX(image_start_names, text);
		if (index >= 0)
			image->start = (enum image_start)index;
	} else if (strcmp(word, "unreadable") == 0) {
		free(image->unknown);
		image->unknown = xstrdup(text);
	} else {
		index = TEXT_INDEX(image_file_state_names, word);
		file = index < 0 ? NULL : image_file(image, text);
		if (file)
			file->state = (enum image_file_state)index;
	}
}

#define IMAGES_MAX 64

void images_parse(const char *text, struct images *images)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *word;

	while ((word = strsep(&position, "\n"))) {
		char *rest = strchrnul(word, ' ');

		if (*rest)
			*rest++ = '\0';
		if (strcmp(word, "searched") == 0)
			images->searched = true;
		else if (strcmp(word, "image") == 0 && images->n < IMAGES_MAX)
			((struct image *)vec_add(images))->path = xstrdup(rest);
		else if (images->n && *word)
			parse_line(&images->items[images->n - 1], word, rest);
	}
	vec_foreach(image, images)
		image_end(image);
}
