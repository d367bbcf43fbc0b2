/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/decompress.h"

#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"

/* The largest dictionary: xz -9 has 64 MiB, zstd --ultra -22 has 128 MiB. */
#define MEMORY_MAX (160ULL * 1024 * 1024)
#define ZSTD_WINDOW_LOG_MAX 27

struct decompressor {
	enum compression compression;
	z_stream gzip;
	lzma_stream lzma;
	ZSTD_DStream *zstd;
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
	[COMPRESSION_BZIP2] = {"bzip2", "BZh", 3},
	[COMPRESSION_LZ4] = {"lz4", "\x02\x21\x4c\x18", 4},
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

int decompressor_run(struct decompressor *decompressor, const unsigned char **in, size_t *n_in,
		     unsigned char *out, size_t size, size_t *ret_length)
{
	switch (decompressor->compression) {
	case COMPRESSION_GZIP:
		return run_gzip(&decompressor->gzip, in, n_in, out, size, ret_length);
	case COMPRESSION_ZSTD:
		return run_zstd(decompressor->zstd, in, n_in, out, size, ret_length);
	default:
		return run_lzma(&decompressor->lzma, in, n_in, out, size, ret_length);
	}
}
