/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image_candidates.h"

#include <ctype.h>
#include <string.h>

#define TOKEN_PATH "/etc/kernel/entry-token"
#define MACHINE_ID_LENGTH 32

void image_candidates_done(struct image_candidates *candidates)
{
	vec_foreach(candidate, candidates) {
		free(candidate->path);
		free(candidate->kernel);
	}
	free(candidates->items);
	*candidates = (struct image_candidates){};
}

static void add(struct image_candidates *candidates, char *path, char *kernel)
{
	*(struct image_candidate *)vec_add(candidates) = (struct image_candidate){path, kernel};
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

/* The length of the token that name begins with; 0: none. */
static size_t token_length(const char *token, const char *name)
{
	size_t length = token ? strlen(token) : 0;

	if (length && strncmp(name, token, length) == 0)
		return length;
	length = strspn(name, "0123456789abcdef");
	return length == MACHINE_ID_LENGTH ? length : 0;
}

static char *read_token(struct root *root)
{
	char *token = root_read_line(root, TOKEN_PATH);

	if (token)
		token[strcspn(token, " \t")] = '\0';
	return token;
}

static bool is_release(const char *name)
{
	return isdigit((unsigned char)*name) && strncmp(name, "0-rescue", 8) != 0;
}

static void find_entry(struct root *root, const char *directory, const char *release,
		       struct image_candidates *ret)
{
	struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *kernel = kernel_of(names.items[i]);

		if (strcmp(names.items[i], "initrd") == 0 ||
		    (kernel && strcmp(kernel, release) == 0))
			add(ret, xasprintf("%s/%s", directory, names.items[i]), xstrdup(release));
	}
	strv_done(&names);
}

void image_candidates_find_entries(struct root *root, const char *place,
				   struct image_candidates *ret)
{
	_cleanup_free_ char *token = read_token(root);
	struct strv names = {};

	root_list(root, place, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *directory = xasprintf("%s/%s", place, names.items[i]);
		size_t length = token_length(token, names.items[i]);
		struct strv releases = {};

		if (!length || names.items[i][length])
			continue;
		root_list(root, directory, &releases);
		for (size_t j = 0; j < releases.n; j++) {
			_cleanup_free_ char *entry = xasprintf("%s/%s", directory,
							       releases.items[j]);

			if (is_release(releases.items[j]))
				find_entry(root, entry, releases.items[j], ret);
		}
		strv_done(&releases);
	}
	strv_done(&names);
}

void image_candidates_find_unified(struct root *root, const char *place,
				   struct image_candidates *ret)
{
	_cleanup_free_ char *token = read_token(root),
			    *directory = xasprintf("%s/EFI/Linux", place);
	struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i], *end = strrchr(name, '.');
		size_t length = token_length(token, name);
		const char *release = name + length + 1, *tries = strrchr(name, '+');

		if (!length || name[length] != '-' || !is_release(release) || !end ||
		    strcmp(end, ".efi") != 0)
			continue;
		if (tries && tries > release && isdigit((unsigned char)tries[1]))
			end = tries;
		add(ret, xasprintf("%s/%s", directory, name),
		    xstrndup(release, (size_t)(end - release)));
	}
	strv_done(&names);
}

int image_candidates_find(struct root *root, const char *place, const char *running, bool *searched,
			  struct image_candidates *ret)
{
	struct strv names = {};
	int r = root_list(root, place, &names);

	*searched = *searched || has_kernel(&names, running);
	for (size_t i = 0; i < names.n; i++) {
		char *kernel = kernel_of(names.items[i]);

		if (kernel && (strcmp(kernel, running) == 0 || has_kernel(&names, kernel)))
			add(ret, xasprintf("%s/%s", place, names.items[i]), kernel);
		else
			free(kernel);
	}
	strv_done(&names);
	image_candidates_find_entries(root, place, ret);
	return r;
}
