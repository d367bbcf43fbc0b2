/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/policy.h"

#include "base/buf.h"
#include "support.h"

#define OURS(lines) FILE_HEADER lines

TEST(states_and_diffs)
{
	static const struct {
		const char *what, *now, *content;
		enum file_state state;
		const char *diff;
	} rows[] = {
		{"neither", NULL, "", FILE_SAME, ""},
		{"new", NULL, OURS("a\nb\n"), FILE_CREATE,
		 "+# Written by vfio-prepare from its profile; changes here are lost.\n+a\n+b\n"},
		{"same", OURS("a\n"), OURS("a\n"), FILE_SAME, ""},
		{"a line goes", OURS("a\nb\nc\n"), OURS("a\nc\n"), FILE_CHANGE, "-b\n"},
		{"a line comes", OURS("a\nc\n"), OURS("a\nb\nc\n"), FILE_CHANGE, "+b\n"},
		{"another", OURS("a\nb\nc\n"), OURS("a\nx\nc\n"), FILE_CHANGE, "-b\n+x\n"},
		{"moved", OURS("a\nb\n"), OURS("b\na\n"), FILE_CHANGE, "-a\n+a\n"},
		{"all", OURS("a\n"), OURS("x\ny\n"), FILE_CHANGE, "-a\n+x\n+y\n"},
		{"no longer wanted", OURS("a\n"), "", FILE_REMOVE,
		 "-# Written by vfio-prepare from its profile; changes here are lost.\n-a\n"},
		/* What an administrator wrote is left alone, and where nothing is wanted not even told. */
		{"theirs", "options vfio-pci ids=1:2\n", OURS("a\n"), FILE_FOREIGN,
		 "+# Written by vfio-prepare from its profile; changes here are lost.\n+a\n"},
		{"theirs, unwanted", "options vfio-pci ids=1:2\n", "", FILE_SAME, ""},
		{"theirs, empty", "", OURS("a\n"), FILE_FOREIGN,
		 "+# Written by vfio-prepare from its profile; changes here are lost.\n+a\n"},
		{"a header that was changed", "# Written by vfio-prepare\na\n", OURS("a\n"),
		 FILE_FOREIGN,
		 "+# Written by vfio-prepare from its profile; changes here are lost.\n+a\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct planned_files files = {};

		planned_file_add(&files, "/etc/x", rows[i].now, rows[i].content);
		check_int(rows[i].what, files.n, 1);
		check_text(rows[i].what, files.items[0].path, "/etc/x");
		check_text(rows[i].what, file_state_names[files.items[0].state],
			   file_state_names[rows[i].state]);
		check_text(rows[i].what, files.items[0].content, rows[i].content);
		check_text(rows[i].what, files.items[0].diff, rows[i].diff);
		planned_files_done(&files);
	}
	planned_files_done(NULL);
}

/* Lines with numbers from to to, '-' or '+' before them. */
static void add_numbers(struct buf *buf, const char *sign, int from, int to)
{
	for (int i = from; i < to; i++)
		buf_addf(buf, "%s%d\n", sign, i);
}

TEST(long_files)
{
	static const int lengths[] = {398, 400, 1000};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct planned_files files = {};
		struct buf now = {}, content = {}, diff = {};
		int n = lengths[i];

		buf_add(&now, FILE_HEADER);
		add_numbers(&now, "", 0, n);
		buf_add(&content, FILE_HEADER);
		add_numbers(&content, "", 1, n + 1);
		if (n < 400) {
			buf_addf(&diff, "-0\n+%d\n", n);
		} else {
			/* As long as no file of ours is: replaced whole. */
			buf_addf(&diff, "-%s", FILE_HEADER);
			add_numbers(&diff, "-", 0, n);
			buf_addf(&diff, "+%s", FILE_HEADER);
			add_numbers(&diff, "+", 1, n + 1);
		}
		planned_file_add(&files, "/etc/x", buf_text(&now), buf_text(&content));
		check_text("diff", files.items[0].diff, buf_text(&diff));
		planned_files_done(&files);
		buf_done(&now);
		buf_done(&content);
		buf_done(&diff);
	}
}

TEST(files_of_others_are_edited)
{
	struct planned_files files = {};

	planned_file_edit(&files, "/etc/x", "a b\n", "a b c\n");
	planned_file_edit(&files, "/etc/x", NULL, "a\n");
	planned_file_edit(&files, "/etc/x", "a\n", "a\n");
	assert_int_equal(files.items[0].state, FILE_CHANGE);
	assert_string_equal(files.items[0].diff, "-a b\n+a b c\n");
	assert_string_equal(files.items[0].now, "a b\n");
	assert_int_equal(files.items[1].state, FILE_CREATE);
	assert_null(files.items[1].now);
	assert_int_equal(files.items[2].state, FILE_SAME);
	planned_files_done(&files);
}

TEST(files_that_cannot_be_read)
{
	struct planned_files files = {};

	planned_file_unreadable(&files, "/etc/x", -EIO, OURS("a\n"));
	planned_file_unreadable(&files, "/etc/x", -EFBIG, "");
	assert_int_equal(files.items[0].state, FILE_UNREADABLE);
	assert_int_equal(files.items[0].error, -EIO);
	assert_null(files.items[0].now);
	assert_string_equal(files.items[0].diff, "+" FILE_HEADER "+a\n");
	assert_int_equal(files.items[1].state, FILE_UNREADABLE);
	assert_string_equal(files.items[1].diff, "");
	planned_files_done(&files);
}

TEST(names)
{
	assert_string_equal(file_result_names[FILE_LEFT], "left");
	assert_string_equal(file_result_names[FILE_WRITTEN], "written");
	assert_string_equal(file_result_names[FILE_REMOVED], "removed");
	assert_string_equal(file_result_names[FILE_REFUSED], "refused");
	assert_string_equal(file_result_names[FILE_FAILED], "failed");
	assert_string_equal(file_result_names[FILE_RESTORED], "restored");
	assert_string_equal(file_state_names[FILE_SAME], "same");
	assert_string_equal(file_state_names[FILE_CREATE], "create");
	assert_string_equal(file_state_names[FILE_CHANGE], "change");
	assert_string_equal(file_state_names[FILE_REMOVE], "remove");
	assert_string_equal(file_state_names[FILE_FOREIGN], "foreign");
	assert_string_equal(file_state_names[FILE_UNREADABLE], "unreadable");
}

TEST(nothing_to_free)
{
	struct module_policy policy = {};

	module_policy_done(&policy);
	module_policy_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_and_diffs),
		cmocka_unit_test(long_files),
		cmocka_unit_test(files_of_others_are_edited),
		cmocka_unit_test(files_that_cannot_be_read),
		cmocka_unit_test(names),
		cmocka_unit_test(nothing_to_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
