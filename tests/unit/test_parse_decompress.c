/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/decompress.h"

#include "fake/archive.h"
#include "support.h"

static const char *const compressions[] = {"gzip", "xz", "lzma", "zstd", "lz4"};

/* Bytes that do not compress to nothing. */
static void make(struct buf *buf)
{
	unsigned x = 1;

	for (int i = 0; i < 30000; i++) {
		x = x * 1103515245 + 12345;
		buf_addf(buf, "%c%d", 'a' + (int)(x >> 16) % 26, i);
	}
}

/* Decodes in pieces; the last result, and in ret what came out. */
static int decode(const struct buf *packed, size_t n_in_piece, size_t n_out_piece, struct buf *ret,
		  size_t *ret_left)
{
	struct decompressor *decompressor = decompressor_new(
		compression_of((unsigned char *)packed->text, packed->length));
	_cleanup_free_ unsigned char *out = xcalloc(1, n_out_piece);
	size_t at = 0;
	int r = 1;

	assert_non_null(decompressor);
	while (r > 0) {
		size_t n = packed->length - at < n_in_piece ? packed->length - at : n_in_piece,
		       left = n, length;
		const unsigned char *in = (unsigned char *)packed->text + at;

		r = decompressor_run(decompressor, &in, &left, out, n_out_piece, &length);
		at += n - left;
		buf_add_n(ret, (char *)out, length);
		if (r > 0 && left == n && !length)
			break;
	}
	*ret_left = packed->length - at;
	decompressor_free(decompressor);
	return r;
}

typedef void look_function(const char *compression, const struct buf *plain, struct buf *packed);

static void for_each_compression(look_function *look)
{
	struct buf plain = {};

	make(&plain);
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
		struct buf packed = {};

		buf_add_n(&packed, plain.text, plain.length);
		check(compressions[i], archive_compress(&packed, compressions[i]));
		look(compressions[i], &plain, &packed);
		buf_done(&packed);
	}
	buf_done(&plain);
}

static void comes_out(const char *compression, const struct buf *plain, struct buf *packed)
{
	static const size_t pieces[][2] = {{1, 100}, {100000, 7}, {4096, 4096}, {1000000, 1000000}};
	bool is_lz4 = strcmp(compression, "lz4") == 0;

	/* Behind lz4 there can only be zeros. */
	buf_add_n(packed, is_lz4 ? "\0\0\0\0\0\0\0\0\0\0" : "0000behind", 10);
	for (size_t j = 0; j < ARRAY_SIZE(pieces); j++) {
		struct buf out = {};
		size_t left;

		check_int(compression, decode(packed, pieces[j][0], pieces[j][1], &out, &left), 0);
		check_int(compression, out.length, plain->length);
		check(compression, memcmp(out.text, plain->text, plain->length) == 0);
		check_int(compression, left, is_lz4 ? 6 : 10);
		buf_done(&out);
	}
}

TEST(what_was_packed_comes_out)
{
	for_each_compression(comes_out);
}

static void wants_more(const char *compression, const struct buf *plain _unused_,
		       struct buf *packed)
{
	struct buf out = {};
	size_t left;

	packed->length /= 2;
	check_int(compression, decode(packed, 4096, 4096, &out, &left), 1);
	check_int(compression, left, 0);
	buf_done(&out);
}

TEST(a_stream_that_is_cut_wants_more)
{
	for_each_compression(wants_more);
}

static void is_not_the_same(const char *compression, const struct buf *plain, struct buf *packed)
{
	struct buf out = {};
	size_t left;

	memset(packed->text + packed->length / 2, 0xff, 64);
	check(compression, decode(packed, 4096, 4096, &out, &left) != 0 ||
				   out.length != plain->length ||
				   memcmp(out.text, plain->text, plain->length) != 0);
	buf_done(&out);
}

TEST(a_damaged_stream_is_an_error_or_not_the_same)
{
	for_each_compression(is_not_the_same);
}

TEST(signatures)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *name;
		bool decoded;
	} rows[] = {
		{"\x1f\x8b\x08", 3, "gzip", true},
		{"\xfd"
		 "7zXZ\0",
		 6, "xz", true},
		{"\xfd"
		 "7zXZ",
		 5, "unknown", false},
		{"\x5d\0\0\x80", 4, "lzma", true},
		{"\x28\xb5\x2f\xfd", 4, "zstd", true},
		{"BZh9", 4, "bzip2", false},
		{"\x02\x21\x4c\x18", 4, "lz4", true},
		{"\x89LZO\0", 5, "lzo", false},
		{"", 0, "unknown", false},
		{"0707", 4, "unknown", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum compression compression = compression_of((const unsigned char *)rows[i].bytes,
							      rows[i].n);
		struct decompressor *decompressor = decompressor_new(compression);

		check_text(rows[i].name, compression_name(compression), rows[i].name);
		check_int(rows[i].name, decompressor != NULL, rows[i].decoded);
		decompressor_free(decompressor);
	}
}

TEST(lz4_in_several_blocks)
{
	/* The signature may stand again before a block. */
	static const char bytes[] = "\x02\x21\x4c\x18"
				    "\x04\0\0\0"
				    "\x30"
				    "abc"
				    "\x02\x21\x4c\x18"
				    "\x07\0\0\0"
				    "\x11"
				    "d\x01\0\x20"
				    "ef";
	struct buf packed = {}, out = {};
	size_t left;

	buf_add_n(&packed, bytes, sizeof(bytes) - 1);
	assert_int_equal(decode(&packed, 1, 2, &out, &left), 0);
	assert_string_equal(out.text, "abcddddddef");
	buf_done(&out);
	/* Longer than any block may be. */
	packed.text[6] = 0x7f;
	packed.text[7] = 0x7f;
	assert_int_equal(decode(&packed, 100, 100, &out, &left), -EBADMSG);
	buf_done(&out);
	buf_done(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_out),
		cmocka_unit_test(a_stream_that_is_cut_wants_more),
		cmocka_unit_test(a_damaged_stream_is_an_error_or_not_the_same),
		cmocka_unit_test(lz4_in_several_blocks),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
