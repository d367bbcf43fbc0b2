/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strv.h"
#include "support.h"

static void expect(const struct strv *strv, size_t n, const char *const *strings)
{
	assert_int_equal(strv->n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(strv->items[i], strings[i]);
}

TEST(done_of_nothing)
{
	struct strv strv = {};

	strv_done(&strv);
	strv_done(&strv);
	strv_done(NULL);
}

TEST(split_drops_empty_words)
{
	struct strv strv = {};

	strv_split(&strv, " ,a,, bc ,", ", ");
	expect(&strv, 2, (const char *const[]){"a", "bc"});
	strv_split(&strv, "", ", ");
	strv_split(&strv, " , ", ", ");
	assert_int_equal(strv.n, 2);
	strv_done(&strv);
}

TEST(split_adds_to_what_is_there)
{
	struct strv strv = {};

	strv_add(&strv, "first");
	strv_split(&strv, "second third", " ");
	expect(&strv, 3, (const char *const[]){"first", "second", "third"});
	strv_done(&strv);
}

TEST(sort_is_by_byte_and_keeps_equals)
{
	struct strv strv = {};

	strv_sort(&strv);
	strv_split(&strv, "b a B \xff a", " ");
	strv_sort(&strv);
	expect(&strv, 5, (const char *const[]){"B", "a", "a", "b", "\xff"});
	strv_done(&strv);
}

TEST(contains_compares_whole_strings)
{
	struct strv strv = {};

	assert_false(strv_contains(&strv, "a"));
	strv_split(&strv, "ab c", " ");
	strv_add_new(&strv, "ab");
	strv_add_new(&strv, "d");
	expect(&strv, 3, (const char *const[]){"ab", "c", "d"});
	assert_true(strv_contains(&strv, "ab"));
	assert_false(strv_contains(&strv, "a"));
	assert_false(strv_contains(&strv, ""));
	strv_done(&strv);
}

TEST(join_puts_separators_between)
{
	static const struct {
		const char *words, *joined;
	} rows[] = {{"", ""}, {"a", "a"}, {"a b c", "a, b, c"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(strv_done) struct strv strv = {};
		_cleanup_free_ char *joined = NULL;

		strv_split(&strv, rows[i].words, " ");
		joined = strv_join(&strv, ", ");
		assert_string_equal(joined, rows[i].joined);
	}
}

TEST(grows)
{
	struct strv strv = {};

	for (int i = 0; i < 1000; i++)
		strv_add(&strv, i % 2 ? "odd" : "even");
	assert_int_equal(strv.n, 1000);
	assert_string_equal(strv.items[0], "even");
	assert_string_equal(strv.items[999], "odd");
	strv_done(&strv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(done_of_nothing),
		cmocka_unit_test(split_drops_empty_words),
		cmocka_unit_test(split_adds_to_what_is_there),
		cmocka_unit_test(sort_is_by_byte_and_keeps_equals),
		cmocka_unit_test(contains_compares_whole_strings),
		cmocka_unit_test(join_puts_separators_between),
		cmocka_unit_test(grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
