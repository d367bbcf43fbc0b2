/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/archive.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"

#define BLOCK 512

static void pad(struct buf *buf, size_t begin, size_t multiple)
{
	while ((buf->length - begin) % multiple)
		buf_add_n(buf, "", 1);
}

void archive_add(struct buf *archive, const struct archive_entry *entry)
{
	size_t begin = archive->length;

	buf_addf(archive, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		 entry->inode ? entry->inode : (unsigned)begin + 1,
		 entry->mode ? entry->mode : S_IFREG | 0644, 0U, 0U,
		 entry->n_links ? entry->n_links : 1, 0U, entry->length, 8U, 1U, 0U, 0U,
		 strlen(entry->name) + 1, 0U);
	buf_add_n(archive, entry->name, strlen(entry->name) + 1);
	pad(archive, begin, 4);
	buf_add_n(archive, entry->bytes ? entry->bytes : "", entry->length);
	pad(archive, begin, 4);
}

void archive_add_file(struct buf *archive, const char *name, const char *text)
{
	archive_add(archive, &(struct archive_entry){.name = name,
						     .bytes = text,
						     .length = text ? strlen(text) : 0});
}

void archive_end(struct buf *archive)
{
	archive_add(archive, &(struct archive_entry){.name = "TRAILER!!!"});
}

static void die(const char *what)
{
	fprintf(stderr, "%s failed\n", what);
	abort();
}

static size_t with_gzip(const struct buf *in, unsigned char *out, size_t size)
{
	z_stream stream = {.next_in = (unsigned char *)in->text,
			   .avail_in = (uInt)in->length,
			   .next_out = out,
			   .avail_out = (uInt)size};

	if (deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&stream, Z_FINISH) != Z_STREAM_END)
		die("gzip");
	deflateEnd(&stream);
	return stream.total_out;
}

static size_t with_lzma(const struct buf *in, unsigned char *out, size_t size, bool alone)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	lzma_lzma_preset(&options, 0);
	if ((alone ? lzma_alone_encoder(&stream, &options)
		   : lzma_easy_encoder(&stream, 0, LZMA_CHECK_CRC32)) != LZMA_OK)
		die("lzma");
	stream.next_in = (unsigned char *)in->text;
	stream.avail_in = in->length;
	stream.next_out = out;
	stream.avail_out = size;
	if (lzma_code(&stream, LZMA_FINISH) != LZMA_STREAM_END)
		die("lzma");
	lzma_end(&stream);
	return stream.total_out;
}

/* One block of nothing but literals; the real program's are in the tests of the decoder. */
static size_t with_lz4(const struct buf *in, unsigned char *out)
{
	static const unsigned char signature[] = {0x02, 0x21, 0x4c, 0x18};
	unsigned char *at = out + 8;
	size_t left = in->length;

	if (left < 15) {
		*at++ = (unsigned char)(left << 4);
	} else {
		*at++ = 15 << 4;
		for (left -= 15; left >= 255; left -= 255)
			*at++ = 255;
		*at++ = (unsigned char)left;
	}
	memcpy(at, in->text, in->length);
	at += in->length;
	memcpy(out, signature, sizeof(signature));
	for (int i = 0; i < 4; i++)
		out[4 + i] = (unsigned char)((size_t)(at - out - 8) >> 8 * i);
	return (size_t)(at - out);
}

bool archive_compress(struct buf *archive, const char *compression)
{
	size_t size = 2 * archive->length + 4096, length;
	_cleanup_free_ unsigned char *out = xcalloc(1, size);

	if (strcmp(compression, "none") == 0)
		return true;
	if (strcmp(compression, "gzip") == 0)
		length = with_gzip(archive, out, size);
	else if (strcmp(compression, "xz") == 0 || strcmp(compression, "lzma") == 0)
		length = with_lzma(archive, out, size, compression[0] == 'l');
	else if (strcmp(compression, "zstd") == 0)
		length = ZSTD_compress(out, size, archive->text, archive->length, 3);
	else if (strcmp(compression, "lz4") == 0)
		length = with_lz4(archive, out);
	else
		return false;
	buf_done(archive);
	buf_add_n(archive, (char *)out, length);
	return true;
}

void archive_add_microcode(struct buf *image)
{
	struct buf archive = {};

	archive_add(&archive, &(struct archive_entry){.name = "kernel",
						      .mode = S_IFDIR | 0755,
						      .n_links = 2});
	archive_add_file(&archive, "kernel/x86/microcode/GenuineIntel.bin", "microcode");
	archive_end(&archive);
	pad(&archive, 0, BLOCK);
	buf_add_n(image, buf_text(&archive), archive.length);
	buf_done(&archive);
}

static void put(unsigned char *at, size_t value, int n)
{
	for (int i = 0; i < n; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

void archive_unify(struct buf *image, const char *cmdline)
{
	enum { PE = 64, SECTIONS = PE + 24, BEGIN = 512 };
	const struct {
		const char *name, *bytes;
		size_t length;
	} sections[] = {{".cmdline", cmdline, strlen(cmdline)},
			{".initrd", image->text, image->length}};
	unsigned char head[BEGIN] = "MZ";
	struct buf unified = {};
	size_t at = BEGIN;

	put(head + 60, PE, 4);
	memcpy(head + PE, "PE", 2);
	put(head + PE + 6, ARRAY_SIZE(sections), 2);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		unsigned char *section = head + SECTIONS + 40 * i;

		memcpy(section, sections[i].name, strlen(sections[i].name));
		put(section + 8, sections[i].length, 4);
		put(section + 16, (sections[i].length + BEGIN - 1) / BEGIN * BEGIN, 4);
		put(section + 20, at, 4);
		at += (sections[i].length + BEGIN - 1) / BEGIN * BEGIN;
	}
	buf_add_n(&unified, (const char *)head, BEGIN);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		buf_add_n(&unified, sections[i].bytes, sections[i].length);
		pad(&unified, 0, BEGIN);
	}
	buf_done(image);
	*image = unified;
}
