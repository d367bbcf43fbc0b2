/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/decompress.h"

#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"
#include "parse/lz4.h"

/* The largest dictionary: xz -9 has 64 MiB, zstd --ultra -22 has 128 MiB. */
#define MEMORY_MAX (160ULL * 1024 * 1024)
#define ZSTD_WINDOW_LOG_MAX 27
#define LZ4_LEGACY_SIGNATURE 0x184c2102U

/* A word that says how long the next block is, or that block; and what came out of the last one. */
struct lz4_stream {
	uint8_t *packed, *block;
	size_t n_packed, length; /* length 0: the word is being read */
	size_t begin, end;       /* in block: what has not gone out yet */
};

struct decompressor {
	enum compression compression;
	z_stream gzip;
	lzma_stream lzma;
	ZSTD_DStream *zstd;
	struct lz4_stream lz4;
};

static const struct {
	const char *name;
	const char *signature;
	size_t length;
} compressions[] = {
	[COMPRESSION_UNKNOWN] = {"unknown", "", 0},
	[COMPRESSION_GZIP] = {"gzip", "\x1f\x8b", 2},
	[COMPRESSION_XZ] = {"xz",
			    "\xfd"
			    "7zXZ\0",
			    6},
	[COMPRESSION_LZMA] = {"lzma", "\x5d\0\0", 3},
	[COMPRESSION_ZSTD] = {"zstd", "\x28\xb5\x2f\xfd", 4},
	[COMPRESSION_LZ4] = {"lz4", "\x02\x21\x4c\x18", 4},
	[COMPRESSION_BZIP2] = {"bzip2", "BZh", 3},
	[COMPRESSION_LZO] = {"lzo", "\x89LZO", 4},
};

enum compression compression_of(const unsigned char *bytes, size_t n)
{
	for (size_t i = COMPRESSION_GZIP; i < ARRAY_SIZE(compressions); i++)
		if (n >= compressions[i].length &&
		    memcmp(bytes, compressions[i].signature, compressions[i].length) == 0)
			return (enum compression)i;
	return COMPRESSION_UNKNOWN;
}

const char *compression_name(enum compression compression)
{
	return compressions[compression].name;
}

struct decompressor *decompressor_new(enum compression compression)
{
	struct decompressor *decompressor = xcalloc(1, sizeof(*decompressor));
	bool ready = false;

	decompressor->compression = compression;
	switch (compression) {
	case COMPRESSION_GZIP:
		ready = inflateInit2(&decompressor->gzip, 16 + MAX_WBITS) == Z_OK;
		break;
	case COMPRESSION_XZ:
		ready = lzma_stream_decoder(&decompressor->lzma, MEMORY_MAX, 0) == LZMA_OK;
		break;
	case COMPRESSION_LZMA:
		ready = lzma_alone_decoder(&decompressor->lzma, MEMORY_MAX) == LZMA_OK;
		break;
	case COMPRESSION_ZSTD:
		decompressor->zstd = ZSTD_createDStream();
		ready = decompressor->zstd &&
			!ZSTD_isError(ZSTD_DCtx_setParameter(decompressor->zstd,
							     ZSTD_d_windowLogMax,
							     ZSTD_WINDOW_LOG_MAX));
		break;
	case COMPRESSION_LZ4:
		decompressor->lz4.packed = xcalloc(1, LZ4_PACKED_MAX);
		decompressor->lz4.block = xcalloc(1, LZ4_BLOCK_BYTES);
		ready = true;
		break;
	default:
		break;
	}
	if (ready)
		return decompressor;
	decompressor_free(decompressor);
	return NULL;
}

void decompressor_free(struct decompressor *decompressor)
{
	if (!decompressor)
		return;
	if (decompressor->compression == COMPRESSION_GZIP)
		inflateEnd(&decompressor->gzip);
	else if (decompressor->compression == COMPRESSION_ZSTD)
		ZSTD_freeDStream(decompressor->zstd);
	else
		lzma_end(&decompressor->lzma);
	free(decompressor->lz4.packed);
	free(decompressor->lz4.block);
	free(decompressor);
}

static int run_gzip(z_stream *stream, const unsigned char **in, size_t *n_in, unsigned char *out,
		    size_t size, size_t *ret_length)
{
	int r;

	stream->next_in = (unsigned char *)*in;
	stream->avail_in = (uInt)*n_in;
	stream->next_out = out;
	stream->avail_out = (uInt)size;
	r = inflate(stream, Z_NO_FLUSH);
	*in = stream->next_in;
	*n_in = stream->avail_in;
	*ret_length = size - stream->avail_out;
	if (r == Z_STREAM_END)
		return 0;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	return r == Z_OK || r == Z_BUF_ERROR ? 1 : -EBADMSG;
}

static int run_lzma(lzma_stream *stream, const unsigned char **in, size_t *n_in, unsigned char *out,
		    size_t size, size_t *ret_length)
{
	lzma_ret r;

	stream->next_in = *in;
	stream->avail_in = *n_in;
	stream->next_out = out;
	stream->avail_out = size;
	r = lzma_code(stream, LZMA_RUN);
	*in = stream->next_in;
	*n_in = stream->avail_in;
	*ret_length = size - stream->avail_out;
	switch (r) {
	case LZMA_STREAM_END:
		return 0;
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return 1;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return -ENOMEM;
	default:
		return -EBADMSG;
	}
}

static int run_zstd(ZSTD_DStream *stream, const unsigned char **in, size_t *n_in,
		    unsigned char *out, size_t size, size_t *ret_length)
{
	ZSTD_inBuffer input = {*in, *n_in, 0};
	ZSTD_outBuffer output = {out, size, 0};
	size_t r = ZSTD_decompressStream(stream, &output, &input);

	*in += input.pos;
	*n_in -= input.pos;
	*ret_length = output.pos;
	if (ZSTD_isError(r))
		return ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge ? -ENOMEM
											: -EBADMSG;
	return r ? 1 : 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The word is there: 1: a block follows, or another word; 0: zeros behind the stream begin. */
static int end_word(struct lz4_stream *stream)
{
	uint32_t word = (uint32_t)stream->packed[0] | (uint32_t)stream->packed[1] << 8 |
			(uint32_t)stream->packed[2] << 16 | (uint32_t)stream->packed[3] << 24;

	stream->n_packed = 0;
	if (word == LZ4_LEGACY_SIGNATURE)
		return 1;
	if (word > LZ4_PACKED_MAX)
		return -EBADMSG;
	stream->length = word;
	return word ? 1 : 0;
}

static int end_block(struct lz4_stream *stream)
{
	long length = lz4_decode(stream->packed, stream->length, stream->block, LZ4_BLOCK_BYTES);

	if (length < 0)
		return -EBADMSG;
	stream->n_packed = stream->length = stream->begin = 0;
	stream->end = (size_t)length;
	return 1;
}

static int run_lz4(struct lz4_stream *stream, const unsigned char **in, size_t *n_in,
		   unsigned char *out, size_t size, size_t *ret_length)
{
	bool is_end = !*n_in && !stream->length && !stream->n_packed;
	int r = 1;

	while (r > 0 && stream->begin == stream->end) {
		size_t wanted = stream->length ? stream->length : sizeof(uint32_t),
		       take = smaller(*n_in, wanted - stream->n_packed);

		memcpy(stream->packed + stream->n_packed, *in, take);
		stream->n_packed += take;
		*in += take;
		*n_in -= take;
		if (stream->n_packed < wanted)
			break;
		r = stream->length ? end_block(stream) : end_word(stream);
	}
	*ret_length = smaller(size, stream->end - stream->begin);
	memcpy(out, stream->block + stream->begin, *ret_length);
	stream->begin += *ret_length;
	return is_end && !*ret_length ? 0 : r;
}

int decompressor_run(struct decompressor *decompressor, const unsigned char **in, size_t *n_in,
		     unsigned char *out, size_t size, size_t *ret_length)
{
	switch (decompressor->compression) {
	case COMPRESSION_GZIP:
		return run_gzip(&decompressor->gzip, in, n_in, out, size, ret_length);
	case COMPRESSION_ZSTD:
		return run_zstd(decompressor->zstd, in, n_in, out, size, ret_length);
	case COMPRESSION_LZ4:
		return run_lz4(&decompressor->lz4, in, n_in, out, size, ret_length);
	default:
		return run_lzma(&decompressor->lzma, in, n_in, out, size, ret_length);
	}
}
