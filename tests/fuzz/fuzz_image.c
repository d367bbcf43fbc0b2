/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is read of an image of the initramfs: its archive, in pieces and at once, which must come to the
 * same; the order of its scripts; and what listers print.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "parse/cpio.h"
#include "parse/image.h"
#include "parse/initramfs.h"

#define CONTENT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct image image;
	struct buf log;
};

static bool begin(void *userdata, const struct cpio_entry *entry)
{
	struct reading *reading = userdata;

	buf_addf(&reading->log, "%s %o %u\n", entry->name, entry->mode, entry->size);
	return image_see(&reading->image, entry->name) != IMAGE_CONTENT_NONE &&
	       entry->size <= CONTENT_MAX;
}

static void content(void *userdata, const struct cpio_entry *entry, const char *bytes)
{
	struct reading *reading = userdata;

	assert(bytes[entry->size] == '\0');
	buf_add_n(&reading->log, bytes, entry->size);
	image_see_order(&reading->image, bytes);
}

/* All that the archives in the bytes come to; *ret_used is how far they reach. */
static char *read_archives(const uint8_t *data, size_t size, size_t piece, size_t *ret_used)
{
	struct reading reading = {};
	struct cpio cpio = {.begin = begin, .content = content, .userdata = &reading};
	size_t used = 0;

	cpio_begin(&cpio);
	while (used < size && cpio.state != CPIO_ERROR) {
		size_t n = size - used < piece ? size - used : piece;

		used += cpio_feed(&cpio, (const char *)data + used, n);
		if (cpio.state == CPIO_END)
			cpio_begin(&cpio);
	}
	buf_addf(&reading.log, "%d %s\n", (int)cpio.state, cpio.error ? cpio.error : "");
	image_end(&reading.image);
	image_done(&reading.image);
	cpio_done(&cpio);
	*ret_used = used;
	return buf_take(&reading.log);
}

struct source {
	const uint8_t *bytes;
	size_t left;
};

static ssize_t read_source(void *userdata, void *bytes, size_t n)
{
	struct source *source = userdata;

	n = source->left < n ? source->left : n;
	if (n)
		memcpy(bytes, source->bytes, n);
	source->bytes += n;
	source->left -= n;
	return (ssize_t)n;
}

/* A whole image, compressed or not: what is damaged says so, and all of its bytes are looked at. */
static void check_image(const uint8_t *data, size_t size)
{
	struct source source = {data, size};
	struct image image = {};
	bool is_known = initramfs_parse(read_source, &source, &(struct profile_file_list){},
					&image);

	assert(is_known || image.unknown);
	assert(!image.damaged || image.unknown);
	assert(image.unknown || !source.left);
	image_end(&image);
	image_done(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t used_at_once, used_in_pieces;
	char *at_once = read_archives(data, size, size ? size : 1, &used_at_once);
	char *in_pieces = read_archives(data, size, 1 + size % 7, &used_in_pieces);
	char *text = xcalloc(size + 1, 1);
	struct image image = {};

	assert(used_at_once == used_in_pieces && strcmp(at_once, in_pieces) == 0);
	if (size)
		memcpy(text, data, size);
	check_image(data, size);
	image_see_order(&image, text);
	image_see_listing(&image, text);
	image_done(&image);
	free(text);
	free(at_once);
	free(in_pieces);
	return 0;
}
