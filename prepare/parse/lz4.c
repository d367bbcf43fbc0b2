/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/lz4.h"

#include <stdbool.h>
#include <string.h>

#define MATCH_MIN 4
#define LONG_LENGTH 15

struct lz4 {
	const uint8_t *in, *in_end;
	uint8_t *begin, *out, *out_end;
};

/* A length of 15 goes on in bytes, up to one that is not 255. */
static bool read_length(struct lz4 *lz4, size_t *length)
{
	uint8_t byte = 255;

	if (*length < LONG_LENGTH)
		return true;
	while (byte == 255) {
		if (lz4->in == lz4->in_end || *length > LZ4_BLOCK_BYTES)
			return false;
		byte = *lz4->in++;
		*length += byte;
	}
	return true;
}

static bool copy_literals(struct lz4 *lz4, size_t length)
{
	if (!read_length(lz4, &length) || length > (size_t)(lz4->in_end - lz4->in) ||
	    length > (size_t)(lz4->out_end - lz4->out))
		return false;
	memcpy(lz4->out, lz4->in, length);
	lz4->in += length;
	lz4->out += length;
	return true;
}

/* What came out before, from a distance back; it may reach into what it makes itself. */
static bool copy_match(struct lz4 *lz4, size_t length)
{
	size_t distance;

	if (lz4->in_end - lz4->in < 2)
		return false;
	distance = (size_t)(lz4->in[0] | lz4->in[1] << 8);
	lz4->in += 2;
	if (!read_length(lz4, &length))
		return false;
	length += MATCH_MIN;
	if (!distance || distance > (size_t)(lz4->out - lz4->begin) ||
	    length > (size_t)(lz4->out_end - lz4->out))
		return false;
	for (size_t i = 0; i < length; i++)
		lz4->out[i] = *(lz4->out + i - distance);
	lz4->out += length;
	return true;
}

long lz4_decode(const uint8_t *in, size_t n, uint8_t *out, size_t size)
{
	struct lz4 lz4 = {in, in + n, out, out, out + size};

	while (lz4.in < lz4.in_end) {
		uint8_t token = *lz4.in++;

		if (!copy_literals(&lz4, token >> 4))
			return -1;
		/* The last sequence has literals only. */
		if (lz4.in == lz4.in_end)
			return lz4.out - lz4.begin;
		if (!copy_match(&lz4, token & 15))
			return -1;
	}
	return -1;
}
