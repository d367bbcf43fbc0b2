/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "support.h"

TEST(nothing_added_is_the_empty_text)
{
	struct buf buf = {};
	_cleanup_free_ char *taken = NULL;

	assert_string_equal(buf_text(&buf), "");
	taken = buf_take(&buf);
	assert_string_equal(taken, "");
	buf_done(&buf);
	buf_done(NULL);
}

TEST(adds_text_bytes_and_formats)
{
	struct buf buf = {};

	buf_add(&buf, "a");
	buf_add_n(&buf, "bcd", 2);
	buf_add_n(&buf, "zz", 0);
	buf_addf(&buf, "%d%s", 7, "e");
	buf_addf(&buf, "%s", "");
	buf_pad(&buf, 0);
	assert_string_equal(buf_text(&buf), "abc7e");
	buf_pad(&buf, 2);
	assert_string_equal(buf_text(&buf), "abc7e  ");
	assert_int_equal(buf.length, 7);
	buf_done(&buf);
	assert_string_equal(buf_text(&buf), "");
	assert_int_equal(buf.length, 0);
}

TEST(grows)
{
	struct buf buf = {};

	for (int i = 0; i < 10000; i++)
		buf_addf(&buf, "%04d", i);
	assert_int_equal(buf.length, 40000);
	assert_int_equal(strlen(buf_text(&buf)), 40000);
	assert_memory_equal(buf_text(&buf), "00000001", 8);
	assert_string_equal(buf_text(&buf) + 39996, "9999");
	buf_done(&buf);
}

TEST(taken_text_leaves_an_empty_buffer)
{
	struct buf buf = {};
	_cleanup_free_ char *text = NULL;

	buf_add(&buf, "mine");
	text = buf_take(&buf);
	assert_string_equal(text, "mine");
	assert_null(buf.text);
	assert_int_equal(buf.capacity, 0);
	buf_add(&buf, "new");
	assert_string_equal(buf_text(&buf), "new");
	assert_string_equal(text, "mine");
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_added_is_the_empty_text),
		cmocka_unit_test(adds_text_bytes_and_formats),
		cmocka_unit_test(grows),
		cmocka_unit_test(taken_text_leaves_an_empty_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
