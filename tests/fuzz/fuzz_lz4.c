/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of LZ4: whatever it is, nothing is read or written beside the buffers, and with less room than
 * it needs it is an error and not less of it. The first byte says how much room there is.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "parse/lz4.h"

#define ROOM_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long decode(const uint8_t *data, size_t size, size_t room, uint8_t **ret)
{
	*ret = xcalloc(room ? room : 1, 1);
	return lz4_decode(data, size, *ret, room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *wide, *narrow;
	long n_wide, n_narrow;
	size_t room;

	if (!size)
		return 0;
	room = data[0];
	n_wide = decode(data + 1, size - 1, ROOM_MAX, &wide);
	n_narrow = decode(data + 1, size - 1, room, &narrow);
	assert(n_wide <= ROOM_MAX && n_narrow <= (long)room);
	if (n_wide >= 0 && (size_t)n_wide <= room)
		assert(n_narrow == n_wide && memcmp(wide, narrow, (size_t)n_wide) == 0);
	else
		assert(n_narrow == -1);
	free(wide);
	free(narrow);
	return 0;
}
