/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

TEST(status_is_the_verdict)
{
	static const struct {
		const char *profile;
		int status;
		const char *first_line;
	} rows[] = {
		{"[device x]\naddress = 01:00.0\n", STATUS_DONE, "ready\n"},
		{"[host]\ndescription = x\n", STATUS_DONE, "ready\n"},
		{"[device x]\naddress = 01:00.0 02:00.0\n", STATUS_REFUSED, "not-ready\n"},
		{"[device x]\naddress = 09:00.0\n", STATUS_REFUSED, "not-ready\n"},
		{"[hots]\n", STATUS_USAGE, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		profile(rows[i].profile);
		check_int(rows[i].profile, run_verb(&validate_verb, &(struct arguments){}),
			  rows[i].status);
		check(rows[i].profile,
		      strncmp(out.text, rows[i].first_line, strlen(rows[i].first_line)) == 0);
	}
}

TEST(unknown_is_not_ready)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_remove(&tree, "sys/class/iommu/dmar0");
	tree_remove(&tree, "sys/class/iommu");
	tree_file(&tree, "sys/class/iommu", "");
	assert_int_equal(run_verb(&validate_verb, &(struct arguments){}), STATUS_REFUSED);
	assert_memory_equal(out.text, "unknown\n", 8);
}

TEST(json)
{
	profile("[device x]\naddress = 01:00.0\n");
	run_verb(&validate_verb, &(struct arguments){.format = FORMAT_JSON});
	assert_non_null(strstr(out.text, "\"status\": \"ready\",\n \"ready\": true,"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status_is_the_verdict, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(unknown_is_not_ready, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(json, verb_start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
