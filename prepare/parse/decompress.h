/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes the compressions of an initramfs: gzip, xz, lzma and zstd by the libraries that libkmod has
 * brought along anyway, and lz4. The others that the kernel knows (lib/decompress.c) are told apart, so
 * that a message can name them.
 */
#pragma once

#include <stddef.h>

enum compression {
	COMPRESSION_UNKNOWN,
	COMPRESSION_GZIP,
	COMPRESSION_XZ,
	COMPRESSION_LZMA,
	COMPRESSION_ZSTD,
	COMPRESSION_LZ4,
	COMPRESSION_BZIP2, /* from here on there is no decompressor */
	COMPRESSION_LZO,
};

/* The longest of the signatures. */
#define COMPRESSION_SIGNATURE_BYTES 6

/* By its signature; bytes may be fewer, of a file that ends there. */
enum compression compression_of(const unsigned char *bytes, size_t n);
const char *compression_name(enum compression compression);

struct decompressor;

/* NULL: there is none for that. */
struct decompressor *decompressor_new(enum compression compression);
void decompressor_free(struct decompressor *decompressor);

/*
 * Decodes from *in, which moves on, to out. 1: go on, with more input once *n_in is 0; 0: the
 * compressed stream has come to its end; -EBADMSG: it is damaged; -ENOMEM: it wants more memory than
 * the kernel's own images ever do. A stream of lz4 does not mark its end: that is where it is given no
 * input, as the file has ended.
 */
int decompressor_run(struct decompressor *decompressor, const unsigned char **in, size_t *n_in,
		     unsigned char *out, size_t size, size_t *ret_length);
