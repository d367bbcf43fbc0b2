/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a snapshot says of disks and images: what is read is written as a text that reads the same. And
 * scrubbed text: what was hidden shows nothing more to hide.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/storage.h"
#include "parse/image.h"
#include "parse/tables.h"
#include "render/scrub.h"
#include "render/secrets.h"
#include "render/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The contents as they are read from text, written again. */
static char *contents_again(const char *text)
{
	static const char *const names[] = {"dm-0", "sda", "sda1"};
	struct storage storage = {};
	char *again;

	for (size_t i = 0; i < 3; i++)
		vec_add(&storage.devices)->name = xstrdup(names[i]);
	contents_parse(text, &storage);
	again = render_contents(&storage);
	storage_done(&storage);
	return again;
}

static char *images_again(const char *text)
{
	struct images images = {};
	char *again;

	images_parse(text, &images);
	again = render_images(&images);
	images_done(&images);
	return again;
}

static void check_again(const char *text, char *(*again)(const char *text))
{
	char *once = again(text), *twice = again(once);

	assert(strcmp(once, twice) == 0);
	free(once);
	free(twice);
}

/* As each method of the table has it: the paths are of its rows. */
static char *scrubbed(const char *path, const char *text, size_t length, size_t *ret_length)
{
	struct scrub scrub = {.reserving = true};
	char *result;

	free(scrub_file(&scrub, path, text, length, ret_length));
	scrub_start(&scrub);
	result = scrub_file(&scrub, path, text, length, ret_length);
	scrub_done(&scrub);
	return result;
}

static void check_scrub(const char *text, size_t length)
{
	static const char *const paths[] = {"etc/x",
					    "boot/config-x",
					    "proc/net/route",
					    "proc/net/ipv6_route",
					    "proc/iomem",
					    "run/vfio-prepare/boot.json",
					    "sys/firmware/efi/efivars/x"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		size_t n_once, n_twice;
		char *once = scrubbed(paths[i], text, length, &n_once);
		char *twice = scrubbed(paths[i], once, n_once, &n_twice);

		/* Nothing new came to light; an address of IPv6 can become one with what stands beside it. */
		assert(memmem(text, length, "::", 2) ||
		       (n_once == n_twice && memcmp(once, twice, n_once) == 0));
		free(once);
		free(twice);
	}
}

static void check_secrets(const char *text, size_t length)
{
	size_t n_once, n_twice;
	char *once = hide_secrets(text, length, &n_once),
	     *twice = hide_secrets(once, n_once, &n_twice);

	assert(n_once == n_twice && memcmp(once, twice, n_once) == 0);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);

	if (size)
		memcpy(text, data, size);
	check_again(text, contents_again);
	check_again(text, images_again);
	check_scrub(text, size);
	check_secrets(text, size);
	free(text);
	return 0;
}
