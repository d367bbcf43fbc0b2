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

static char *scrubbed(const char *text, size_t length, size_t *ret_length)
{
	struct scrub scrub = {};
	char *result;

	scrub_learn(&scrub, "1234-ABCD");
	result = scrub_text(&scrub, text, length, ret_length);
	scrub_done(&scrub);
	return result;
}

static void check_scrub(const char *text, size_t length)
{
	size_t n_once, n_twice;
	char *once = scrubbed(text, length, &n_once), *twice = scrubbed(once, n_once, &n_twice);

	/* The same numbers in the same order: nothing new came to light. */
	assert(n_once == n_twice && memcmp(once, twice, n_once) == 0);
	if (!memmem(text, length, "/by-id/", 7))
		assert(n_once == length);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct scrub scrub = {};

	if (size)
		memcpy(text, data, size);
	check_again(text, contents_again);
	check_again(text, images_again);
	check_scrub(text, size);
	scrub_learn(&scrub, text);
	scrub_done(&scrub);
	free(text);
	return 0;
}
