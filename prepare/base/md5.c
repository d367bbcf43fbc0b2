/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/md5.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES 64

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[BLOCK_BYTES] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
	0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
	0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
	0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
	0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
	0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
	0xeb86d391,
};

static const uint8_t shifts[4][4] = {{7, 12, 17, 22},
				     {5, 9, 14, 20},
				     {4, 11, 16, 23},
				     {6, 10, 15, 21}};

static void add_block(uint32_t state[static 4], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], words[16];

	memcpy(words, block, BLOCK_BYTES);
	for (unsigned i = 0; i < BLOCK_BYTES; i++) {
		unsigned round = i / 16, shift = shifts[round][i % 4];
		unsigned word = round == 0   ? i
				: round == 1 ? 5 * i + 1
				: round == 2 ? 3 * i + 5
					     : 7 * i;
		uint32_t mixed = round == 0   ? (b & c) | (~b & d)
				 : round == 1 ? (d & b) | (~d & c)
				 : round == 2 ? b ^ c ^ d
					      : c ^ (b | ~d);

		mixed += a + sines[i] + le32toh(words[word % 16]);
		a = d;
		d = c;
		c = b;
		b += mixed << shift | mixed >> (32 - shift);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void md5_hex(const void *bytes, size_t length, char ret[static MD5_HEX_LENGTH + 1])
{
	uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
	unsigned char last[2 * BLOCK_BYTES] = {};
	const unsigned char *start = bytes;
	size_t whole = length / BLOCK_BYTES * BLOCK_BYTES, rest = length - whole;
	size_t n_last = rest < BLOCK_BYTES - 8 ? BLOCK_BYTES : sizeof(last);
	uint64_t bits = htole64((uint64_t)length * 8);

	for (size_t i = 0; i < whole; i += BLOCK_BYTES)
		add_block(state, start + i);
	if (rest)
		memcpy(last, start + whole, rest);
	last[rest] = 0x80;
	memcpy(last + n_last - sizeof(bits), &bits, sizeof(bits));
	for (size_t i = 0; i < n_last; i += BLOCK_BYTES)
		add_block(state, last + i);
	for (size_t i = 0; i < 16; i++)
		snprintf(ret + 2 * i, 3, "%02x", state[i / 4] >> 8 * (i % 4) & 0xff);
}
