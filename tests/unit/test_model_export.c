/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/export.h"
#include "support.h"

TEST(releases_are_compared_by_number)
{
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = {
		{"26.2.2", "31", -1}, {"31.0.0", "31", 0}, {"9.0.0", "10.0", -1},
		{"31", "31.0.1", -1}, {"1.10", "1.9", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].a, release_compare(rows[i].a, rows[i].b), rows[i].order);
		check_int(rows[i].b, release_compare(rows[i].b, rows[i].a), -rows[i].order);
	}
}

TEST(releases_are_numbers_between_dots)
{
	static const char *const good[] = {"1", "31.0.0", "2026.1"};
	static const char *const bad[] = {"",     "31.", ".1",
					  "1..2", "v31", "31a",
					  "31 ",  "-31", "11111111111111111111111111111111"};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_int(good[i], release_is_valid(good[i]), true);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check_int(bad[i], release_is_valid(bad[i]), false);
}

/* A target's first part stands for it; no name is there twice; a release that is told is one. */
TEST(the_table)
{
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		const struct export_info *info = &export_infos[i];
		int first = export_find(info->target, NULL);

		assert_non_null(info->target);
		check_int(info->target, export_find(info->target, info->part), (int)i);
		assert_true(first >= 0 && first <= (int)i);
		check_int(info->target, info->oldest != NULL, info->newest != NULL);
		if (info->oldest) {
			assert_true(release_is_valid(info->oldest));
			assert_true(release_is_valid(info->newest));
			assert_true(release_compare(info->oldest, info->newest) <= 0);
		}
		assert_true(*info->format && *info->place);
		/* What names devices has facts of the host. */
		assert_true(!(info->kinds & EXPORT_OF_DEVICES) || (info->kinds & EXPORT_OF_HOST));
	}
	assert_int_equal(export_find("nonsense", NULL), -1);
	assert_int_equal(export_find("libvirt", "nonsense"), -1);
}

TEST(since)
{
	struct export export = {};

	assert_true(export_is_since(&export, "99"));
	export.release = "30.1";
	assert_true(export_is_since(&export, "30"));
	assert_false(export_is_since(&export, "31.0.0"));
}

#define SUM "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define SUM_TAKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(urls)
{
	static const struct {
		const char *url, *taken;
	} rows[] = {
		{"https://h.example:8080/a/v.tar.gz?x=1&y=%20#sha256=" SUM,
		 "https://h.example:8080/a/v.tar.gz?x=1&y=%20"},
		{"https://h.example/v.tar.gz", "https://h.example/v.tar.gz"},
		{"http://10.0.0.1/v.tar.gz#sha256=" SUM, "http://10.0.0.1/v.tar.gz"},
		{"file:///srv/v.tar.gz", "file:///srv/v.tar.gz"},
		{"http://10.0.0.1/v.tar.gz", NULL},
		{"https://h.example/v.tar.gz#sha256=abc", NULL},
		{"https://h.example/v.tar.gz#sha256=" SUM "0", NULL},
		{"https://h.example/v.tar.gz#md5=" SUM, NULL},
		{"https://h.example/v.tar.gz#", NULL},
		{"https://h.example/a b", NULL},
		{"https://h.example/'; rm -rf /; '", NULL},
		{"https://h.example/\n- x", NULL},
		{"https://h.example/{{x}}", NULL},
		{"https://h.example/\xc3\xa9", NULL},
		{"ftp://h.example/v.tar.gz#sha256=" SUM, NULL},
		{"file://srv/v.tar.gz", NULL},
		{"/srv/v.tar.gz", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct export export = {};
		const char *wrong = export_set_url(&export, rows[i].url);

		check_int(rows[i].url, wrong == NULL, rows[i].taken != NULL);
		check_text(rows[i].url, export.url ? export.url : "",
			   rows[i].taken ? rows[i].taken : "");
		if (!wrong && strchr(rows[i].url, '#'))
			check_text(rows[i].url, export.sha256, SUM_TAKEN);
		else
			assert_null(export.sha256);
		export_done(&export);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_compared_by_number),
		cmocka_unit_test(releases_are_numbers_between_dots),
		cmocka_unit_test(the_table),
		cmocka_unit_test(since),
		cmocka_unit_test(urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
