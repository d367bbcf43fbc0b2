/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/lz4.h"

#include "support.h"

struct row {
	const char *bytes;
	size_t n;
	const char *text; /* NULL: damaged */
};

/* The output stands in a block of its own size: the sanitizer sees a write past its end. */
static void check_decoded(const struct row *row, size_t size)
{
	uint8_t *out = xcalloc(size ? size : 1, 1);
	long n = lz4_decode((const uint8_t *)row->bytes, row->n, out, size);

	if (row->text && strlen(row->text) <= size) {
		check_int(row->text, n, strlen(row->text));
		check(row->text, memcmp(out, row->text, (size_t)n) == 0);
	} else {
		check_int(row->text ? row->text : row->bytes, n, -1);
	}
	free(out);
}

TEST(sequences)
{
	static const struct row rows[] = {
		{"\x00", 1, ""},
		{"\x10"
		 "a",
		 2, "a"},
		/* 15 and one more literal */
		{"\xf0\x01"
		 "abcdefghijklmnop",
		 18, "abcdefghijklmnop"},
		/* a match of five from one back, which makes what it copies */
		{"\x11"
		 "a\x01\x00\x10"
		 "b",
		 6, "aaaaaab"},
		/* a match of four from four back */
		{"\x40"
		 "abcd\x04\x00\x00",
		 8, "abcdabcd"},
		/* a match of 19 + 1 */
		{"\x1f"
		 "a\x01\x00\x01\x00",
		 6, "aaaaaaaaaaaaaaaaaaaaa"},
		/* the last sequence has no match, whatever its length */
		{"\x11"
		 "a",
		 2, "a"},
		/* damaged: nothing at all; no literals; half a distance; a distance of nothing;
		   one from before the beginning; a length without end; the end behind a match */
		{"", 0, NULL},
		{"\x20"
		 "a",
		 2, NULL},
		{"\x11"
		 "a\x01",
		 3, NULL},
		{"\x11"
		 "a\x00\x00\x00",
		 5, NULL},
		{"\x11"
		 "a\x02\x00\x00",
		 5, NULL},
		{"\xf0\xff\xff", 3, NULL},
		{"\x1f"
		 "a\x01\x00\xff",
		 5, NULL},
		{"\x11"
		 "a\x01\x00",
		 4, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t size = 0; size < 40; size++)
			check_decoded(&rows[i], size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
