/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/recorder.h"

#include "support.h"

TEST(a_path_has_one_record)
{
	struct recorder recorder = {};
	struct record *record = recorder_add(&recorder, "/sys/x", RECORD_DIRECTORY);

	assert_string_equal(record->path, "sys/x");
	assert_int_equal(record->kind, RECORD_DIRECTORY);
	assert_false(record->has_bytes);
	assert_ptr_equal(recorder_add(&recorder, "sys/x", RECORD_FILE), record);
	assert_int_equal(record->kind, RECORD_DIRECTORY);
	assert_ptr_equal(recorder_add(&recorder, "///sys/x", RECORD_FILE), record);
	recorder_add(&recorder, "sys", RECORD_DIRECTORY);
	recorder_add(&recorder, "", RECORD_DIRECTORY);
	assert_int_equal(recorder.n, 3);
	recorder_done(&recorder);
	assert_int_equal(recorder.n, 0);
	recorder_done(NULL);
}

TEST(content_replaces_what_was_there)
{
	struct recorder recorder = {};
	struct record *record = recorder_add(&recorder, "a", RECORD_FILE);

	recorder_add_bytes(&recorder, "a", RECORD_FILE, "x\0y", 3);
	assert_true(record->has_bytes);
	assert_int_equal(record->length, 3);
	assert_memory_equal(record->bytes, "x\0y", 4);
	recorder_add_bytes(&recorder, "/a", RECORD_LINK, "target", 6);
	assert_int_equal(record->kind, RECORD_LINK);
	assert_string_equal(record->bytes, "target");
	recorder_add_bytes(&recorder, "a", RECORD_FILE, "", 0);
	assert_true(record->has_bytes);
	assert_int_equal(record->length, 0);
	/* Seen again it keeps what was read. */
	recorder_add(&recorder, "a", RECORD_FILE);
	assert_true(record->has_bytes);
	assert_int_equal(recorder.n, 1);
	recorder_done(&recorder);
}

TEST(sorted_a_directory_stands_before_what_is_in_it)
{
	static const char *const paths[] = {"b/c/d", "b", "a-b", "a/b", "b/c", "a", ""};
	static const char *const sorted[] = {"", "a", "a-b", "a/b", "b", "b/c", "b/c/d"};
	struct recorder recorder = {};

	recorder_sort(&recorder);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		recorder_add(&recorder, paths[i], RECORD_DIRECTORY);
	recorder_sort(&recorder);
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		assert_string_equal(recorder.items[i].path, sorted[i]);
	/* Paths may change then; sorting again is all that it takes. */
	recorder.items[0].path[0] = '\0';
	recorder_sort(&recorder);
	recorder_done(&recorder);
}

TEST(many)
{
	struct recorder recorder = {};

	for (int again = 0; again < 2; again++)
		for (int i = 0; i < 5000; i++) {
			_cleanup_free_ char *path = xasprintf("sys/%d", i * 7919 % 5000);
			_cleanup_free_ char *bytes = xasprintf("%d.%d", again, i);

			recorder_add_bytes(&recorder, path, RECORD_FILE, bytes, strlen(bytes));
		}
	assert_int_equal(recorder.n, 5000);
	assert_string_equal(recorder.items[0].bytes, "1.0");
	assert_string_equal(recorder.items[4999].bytes, "1.4999");
	recorder_done(&recorder);
}

TEST(what_leads_elsewhere_is_refused)
{
	static const struct {
		const char *path, *link; /* recorded after the link, if there is one */
		bool refused;
	} rows[] = {
		{"a/b/c", NULL, false},     {"a..b/...", NULL, false}, {"..", NULL, true},
		{"../a", NULL, true},       {"a/../b", NULL, true},    {"a/..", NULL, true},
		{"a/./b", NULL, true},      {"a//b", NULL, true},      {"a/", NULL, true},
		{"link", "link", false},    {"linkb", "link", false},  {"link/b", "link", true},
		{"link/b/c", "link", true}, {"x/l/b", "x/l", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct recorder recorder = {};
		const char *refused;

		recorder_add(&recorder, "", RECORD_DIRECTORY);
		if (rows[i].link)
			recorder_add_bytes(&recorder, rows[i].link, RECORD_LINK, "/etc", 4);
		recorder_add(&recorder, rows[i].path, RECORD_FILE);
		recorder_sort(&recorder);
		refused = recorder_refused(&recorder);
		check_text(rows[i].path, refused ? refused : "",
			   rows[i].refused ? rows[i].path : "");
		recorder_done(&recorder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_record),
		cmocka_unit_test(content_replaces_what_was_there),
		cmocka_unit_test(sorted_a_directory_stands_before_what_is_in_it),
		cmocka_unit_test(many),
		cmocka_unit_test(what_leads_elsewhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
