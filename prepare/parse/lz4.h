/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes a block of LZ4 (doc/lz4_Block_format.md of lz4). The kernel's images are such blocks, each with
 * its length before it (its lib/decompress_unlz4.c, "lz4 -l"). Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What "lz4 -l" packs into one block; and what it can take at most. */
#define LZ4_BLOCK_BYTES (8U * 1024 * 1024)
#define LZ4_PACKED_MAX (LZ4_BLOCK_BYTES + LZ4_BLOCK_BYTES / 255 + 16)

/* The length of what came out; -1: it is damaged, or would be longer than size. */
long lz4_decode(const uint8_t *in, size_t n, uint8_t *out, size_t size);
