/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image_candidates.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define MACHINE_ID_LENGTH 32

void image_candidates_done(struct image_candidates *candidates)
{
	vec_foreach(candidate, candidates) {
		free(candidate->path);
		free(candidate->kernel);
		strv_done(&candidate->beside);
	}
	free(candidates->items);
	for (size_t i = 0; i < N_BOOT_PLACES; i++)
		strv_done(&candidates->names[i]);
	free(candidates->token);
	*candidates = (struct image_candidates){};
}

/* kernel becomes the candidate's. */
static struct image_candidate *add(struct image_candidates *candidates, enum image_form form,
				   size_t place, const char *directory, const char *name,
				   char *kernel)
{
	struct image_candidate *candidate = vec_add(candidates);

	candidate->form = form;
	candidate->place = place;
	candidate->path = xasprintf("%s/%s", directory, name);
	candidate->kernel = kernel;
	return candidate;
}

/* An image or a kernel named 0-rescue boots on other days only. */
static bool is_release(const char *name)
{
	return isdigit((unsigned char)*name) && !text_starts_with(name, "0-rescue");
}

/* "6.1.0-18-amd64" of "initrd.img-6.1.0-18-amd64", "linux" of "initramfs-linux.img"; NULL: no image. */
static char *label_of(const char *name)
{
	for (size_t i = 0; i < N_IMAGE_NAMES; i++) {
		const char *label = name + strlen(image_names[i].begin);
		size_t length;

		if (!text_starts_with(name, image_names[i].begin))
			continue;
		length = strlen(label);
		if (length > 4 && text_ends_with(label, ".img"))
			length -= 4;
		return length ? xstrndup(label, length) : NULL;
	}
	return NULL;
}

char *image_kernel(const char *name)
{
	char *label = label_of(name);

	if (label && !is_release(label))
		free(TAKE_PTR(label));
	return label;
}

bool image_candidates_have_kernel(const struct image_candidates *candidates, size_t place,
				  const char *release)
{
	bool found = false;

	for (size_t i = 0; i < N_KERNEL_NAMES && !found; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s%s", kernel_names[i].begin, release,
						      kernel_names[i].end);

		found = strv_contains(&candidates->names[place], name);
	}
	return found;
}

static void find_plain(size_t place, struct image_candidates *ret)
{
	for (size_t i = 0; i < ret->names[place].n; i++) {
		const char *name = ret->names[place].items[i];
		char *label = label_of(name);
		bool has_kernel = label && image_candidates_have_kernel(ret, place, label);

		/* Names that say nothing of a release are told from others by the kernel beside them. */
		if (label && (is_release(label) || (has_kernel && !isdigit((unsigned char)*label))))
			add(ret, IMAGE_PLAIN, place, boot_places[place], name,
			    is_release(label) ? TAKE_PTR(label) : NULL)
				->has_kernel = has_kernel;
		free(label);
	}
}

/* The length of the token that name begins with; 0: none. */
static size_t token_length(const char *token, const char *name)
{
	size_t length = token ? strlen(token) : 0;

	if (length && strncmp(name, token, length) == 0)
		return length;
	length = strspn(name, "0123456789abcdef");
	return length == MACHINE_ID_LENGTH ? length : 0;
}

static void find_entry(struct root *root, size_t place, const char *directory, const char *release,
		       struct image_candidates *ret)
{
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *label = label_of(names.items[i]);
		bool released = is_release(release);
		struct image_candidate *candidate;

		/* limine-entry-tool names directories after packages, as "linux-lts". */
		if (label ? strcmp(label, release) != 0
			  : !released || strcmp(names.items[i], "initrd") != 0)
			continue;
		candidate = add(ret, IMAGE_ENTRY, place, directory, names.items[i],
				released ? xstrdup(release) : NULL);
		for (size_t j = 0; j < names.n; j++)
			strv_add(&candidate->beside, names.items[j]);
	}
}

static void find_entries(struct root *root, size_t place, struct image_candidates *ret)
{
	const struct strv *names = &ret->names[place];

	for (size_t i = 0; i < names->n; i++) {
		_cleanup_free_ char *directory = xasprintf("%s/%s", boot_places[place],
							   names->items[i]);
		size_t length = token_length(ret->token, names->items[i]);
		_cleanup_(strv_done) struct strv releases = {};

		if (!length || names->items[i][length])
			continue;
		root_list(root, directory, &releases);
		for (size_t j = 0; j < releases.n; j++) {
			_cleanup_free_ char *entry = xasprintf("%s/%s", directory,
							       releases.items[j]);

			if (!text_starts_with(releases.items[j], "0-rescue"))
				find_entry(root, place, entry, releases.items[j], ret);
		}
	}
}

/* The release in the name of a unified image; NULL: it is not named after one. */
static char *unified_kernel(const char *token, const char *name)
{
	const char *end = strrchr(name, '.'), *tries = strrchr(name, '+');
	size_t length = token_length(token, name);
	const char *release = name + length + 1;

	if (!length || name[length] != '-' || !is_release(release))
		return NULL;
	if (tries && tries > release && isdigit((unsigned char)tries[1]))
		end = tries;
	return xstrndup(release, (size_t)(end - release));
}

static void find_unified(struct root *root, size_t place, struct image_candidates *ret)
{
	_cleanup_free_ char *directory = xasprintf("%s/" UNIFIED_IMAGES, boot_places[place]);
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++)
		if (text_ends_with(names.items[i], ".efi"))
			add(ret, IMAGE_UNIFIED, place, directory, names.items[i],
			    unified_kernel(ret->token, names.items[i]));
}

int image_candidates_find(struct root *root, size_t place, struct image_candidates *candidates)
{
	int r = root_list(root, boot_places[place], &candidates->names[place]);

	if (!candidates->begun)
		candidates->token = root_read_line(root, ENTRY_TOKEN_PATH);
	if (candidates->token)
		candidates->token[strcspn(candidates->token, " \t")] = '\0';
	candidates->begun = true;
	find_plain(place, candidates);
	find_entries(root, place, candidates);
	find_unified(root, place, candidates);
	return r;
}
