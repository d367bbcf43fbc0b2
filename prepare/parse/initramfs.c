/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/initramfs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "model/profile.h"
#include "parse/cpio.h"
#include "parse/decompress.h"
#include "parse/image.h"

#define BLOCK_BYTES (256 * 1024)
/* No machine unpacks more than that; what does is no image but an attempt on our time. */
#define UNPACKED_MAX (2ULL * 1024 * 1024 * 1024)
/* Nor is any so long, or made of so many compressed parts, each of which takes memory anew. */
#define PACKED_MAX (1024ULL * 1024 * 1024)
#define PARTS_MAX 64
#define ORDER_MAX (64 * 1024)

/* A name of a file that has its bytes under another name of it, further on. */
struct pending {
	uint64_t inode;
	char *path;
};

struct reader {
	const struct profile_file_list *profile;
	struct image *image;
	ssize_t (*read)(void *userdata, void *bytes, size_t n);
	void *userdata;
	unsigned char *block, *unpacked;
	size_t used, n; /* in block */
	uint64_t n_packed, n_unpacked;
	unsigned n_parts; /* compressed ones */
	struct cpio cpio;
	enum image_content content; /* what the entry at hand is wanted for */
	bool is_foreign;            /* it has a part that is not read here */
	VEC_OF(struct pending) pending;
};

static bool failed(const struct reader *reader)
{
	return reader->image->unknown != NULL;
}

/* The first problem is the one to be told; text is taken. */
static void fail(struct reader *reader, char *text)
{
	if (reader->image->unknown)
		free(text);
	else
		reader->image->unknown = text;
}

static void fail_damaged(struct reader *reader, char *text)
{
	if (!failed(reader))
		reader->image->damaged = true;
	fail(reader, text);
}

/* What the image has at path, beside what the host has there. */
static enum image_file_state compare(const struct profile_file *host,
				     const struct cpio_entry *entry, const char *bytes)
{
	if (!host)
		return IMAGE_FILE_GONE;
	if (S_ISLNK(entry->mode)) {
		if (strcmp(bytes, "/dev/null") == 0)
			return host->mask ? IMAGE_FILE_SAME : IMAGE_FILE_DIFFERENT;
		/* It leads to another file of the image, of which nobody knows yet that it matters. */
		return IMAGE_FILE_UNKNOWN;
	}
	if (host->mask)
		return IMAGE_FILE_DIFFERENT;
	if (!host->bytes)
		return IMAGE_FILE_UNKNOWN;
	return host->length == entry->size && memcmp(host->bytes, bytes, entry->size) == 0
		       ? IMAGE_FILE_SAME
		       : IMAGE_FILE_DIFFERENT;
}

static void see_profile(struct reader *reader, const struct cpio_entry *entry, const char *path,
			const char *bytes)
{
	const struct profile_file *host = NULL;

	vec_foreach(file, reader->profile)
		if (strcmp(file->path, path) == 0)
			host = file;
	image_file_set(reader->image, path, compare(host, entry, bytes));
}

static bool begin_entry(void *userdata, const struct cpio_entry *entry)
{
	struct reader *reader = userdata;
	_cleanup_free_ char *path = NULL;

	reader->content = S_ISDIR(entry->mode) ? IMAGE_CONTENT_NONE
					       : image_see(reader->image, entry->name);
	if (reader->content == IMAGE_CONTENT_ORDER)
		return entry->size <= ORDER_MAX;
	if (reader->content == IMAGE_CONTENT_NONE)
		return false;
	path = xasprintf("/%s", entry->name);
	if (entry->size > INI_MAX_BYTES) {
		image_file_set(reader->image, path, IMAGE_FILE_DIFFERENT);
		return false;
	}
	if (!entry->size && entry->n_links > 1 && reader->pending.n < IMAGE_PROFILE_FILES_MAX) {
		struct pending *pending = vec_add(&reader->pending);

		pending->inode = entry->inode;
		pending->path = TAKE_PTR(path);
		image_file_set(reader->image, pending->path, IMAGE_FILE_UNKNOWN);
		return false;
	}
	return true;
}

static void see_content(void *userdata, const struct cpio_entry *entry, const char *bytes)
{
	struct reader *reader = userdata;
	_cleanup_free_ char *path = NULL;

	if (reader->content == IMAGE_CONTENT_ORDER) {
		image_see_order(reader->image, bytes);
		return;
	}
	path = xasprintf("/%s", entry->name);
	see_profile(reader, entry, path, bytes);
	if (entry->n_links > 1)
		vec_foreach(pending, &reader->pending)
			if (pending->inode == entry->inode)
				see_profile(reader, entry, pending->path, bytes);
}

/* Has the block hold that many bytes more, unless the file ends before; how many there are. */
static size_t fill(struct reader *reader, size_t wanted)
{
	while (reader->n - reader->used < wanted && !failed(reader)) {
		ssize_t n;

		memmove(reader->block, reader->block + reader->used, reader->n - reader->used);
		reader->n -= reader->used;
		reader->used = 0;
		n = reader->read(reader->userdata, reader->block + reader->n,
				 BLOCK_BYTES - reader->n);
		if (n < 0)
			fail(reader, xasprintf("cannot be read: %s", strerror((int)-n)));
		if (n <= 0)
			break;
		reader->n += (size_t)n;
		reader->n_packed += (size_t)n;
		if (reader->n_packed > PACKED_MAX)
			fail(reader, xasprintf("has more than %llu MiB", PACKED_MAX >> 20));
	}
	return failed(reader) ? 0 : reader->n - reader->used;
}

/* Gives bytes to the archive at hand; how many it took. */
static size_t feed(struct reader *reader, const unsigned char *bytes, size_t n)
{
	n = cpio_feed(&reader->cpio, (const char *)bytes, n);
	if (reader->cpio.state == CPIO_ERROR)
		fail_damaged(reader, xasprintf("is damaged: %s", reader->cpio.error));
	return n;
}

static void count_unpacked(struct reader *reader, size_t n)
{
	reader->n_unpacked += n;
	if (reader->n_unpacked > UNPACKED_MAX)
		fail(reader, xasprintf("unpacks to more than %llu MiB", UNPACKED_MAX >> 20));
}

/* Where an archive has ended, zeros go by and others begin a new one. */
static void see_unpacked(struct reader *reader, const unsigned char *bytes, size_t n)
{
	count_unpacked(reader, n);
	for (size_t i = 0; i < n && !failed(reader);)
		if (reader->cpio.state != CPIO_END)
			i += feed(reader, bytes + i, n - i);
		else if (bytes[i])
			cpio_begin(&reader->cpio);
		else
			i++;
}

static void read_plain(struct reader *reader)
{
	cpio_begin(&reader->cpio);
	while (reader->cpio.state != CPIO_END && fill(reader, 1)) {
		size_t n = feed(reader, reader->block + reader->used, reader->n - reader->used);

		reader->used += n;
		count_unpacked(reader, n);
	}
	if (!cpio_is_whole(&reader->cpio))
		fail_damaged(reader, xstrdup("ends in the middle of an archive"));
}

static void run_decompressor(struct reader *reader, struct decompressor *decompressor,
			     enum compression compression)
{
	int r = 1;

	while (r > 0 && !failed(reader)) {
		size_t n_in = fill(reader, 1), before = n_in, n_out = 0;
		const unsigned char *in = reader->block + reader->used;

		r = decompressor_run(decompressor, &in, &n_in, reader->unpacked, BLOCK_BYTES,
				     &n_out);
		reader->used += before - n_in;
		see_unpacked(reader, reader->unpacked, n_out);
		/* Nothing goes in any more and nothing comes out. */
		if (r > 0 && n_in == before && !n_out)
			r = before ? -EBADMSG : -ENODATA;
	}
	if (r == -ENODATA || (r == 0 && !cpio_is_whole(&reader->cpio)))
		fail_damaged(reader, xstrdup("ends in the middle of an archive"));
	else if (r == -ENOMEM)
		fail(reader,
		     xasprintf("wants too much memory for its %s", compression_name(compression)));
	else if (r < 0)
		fail_damaged(reader, xasprintf("is damaged: its %s cannot be decoded",
					       compression_name(compression)));
}

static void read_compressed(struct reader *reader)
{
	size_t n = fill(reader, COMPRESSION_SIGNATURE_BYTES);
	enum compression compression = compression_of(reader->block + reader->used, n);
	struct decompressor *decompressor = decompressor_new(compression);

	if (!decompressor) {
		reader->is_foreign = true;
		if (compression == COMPRESSION_UNKNOWN)
			fail(reader, xstrdup("has parts that are neither an archive nor compressed "
					     "in a known way"));
		else
			fail(reader, xasprintf("is compressed with %s, which is not read here",
					       compression_name(compression)));
		return;
	}
	cpio_begin(&reader->cpio);
	run_decompressor(reader, decompressor, compression);
	decompressor_free(decompressor);
}

static void read_segments(struct reader *reader)
{
	while (fill(reader, 1)) {
		while (reader->used < reader->n && !reader->block[reader->used])
			reader->used++;
		if (reader->used == reader->n)
			continue;
		if (reader->block[reader->used] == '0')
			read_plain(reader);
		else if (reader->n_parts++ < PARTS_MAX)
			read_compressed(reader);
		else
			fail(reader, xasprintf("has more than %d compressed parts", PARTS_MAX));
	}
}

bool initramfs_parse(ssize_t (*read)(void *userdata, void *bytes, size_t n), void *userdata,
		     const struct profile_file_list *profile, struct image *image)
{
	_cleanup_free_ unsigned char *blocks = xcalloc(2, BLOCK_BYTES);
	struct reader reader = {
		.profile = profile,
		.image = image,
		.read = read,
		.userdata = userdata,
		.block = blocks,
		.unpacked = blocks + BLOCK_BYTES,
		.cpio = {.begin = begin_entry, .content = see_content},
	};

	reader.cpio.userdata = &reader;
	read_segments(&reader);
	cpio_done(&reader.cpio);
	vec_foreach(pending, &reader.pending)
		free(pending->path);
	free(reader.pending.items);
	return !reader.is_foreign;
}
