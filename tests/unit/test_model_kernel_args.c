/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_args.h"

#include "parse/kernel_args.h"
#include "support.h"

TEST(last_one_wins)
{
	struct kernel_args args;

	kernel_args_parse("x=1 y x=2 rd-a=1 rd_a=2 y=3 x", &args);
	assert_null(kernel_args_last(&args, "x")->value);
	assert_string_equal(kernel_args_last(&args, "y")->value, "3");
	assert_string_equal(kernel_args_last(&args, "rd_a")->value, "2");
	assert_null(kernel_args_last(&args, "z"));
	assert_null(kernel_args_last(&args, ""));
	kernel_args_done(&args);
	assert_null(kernel_args_last(&args, "x"));
	kernel_args_done(NULL);
}

TEST(truth_values)
{
	static const struct {
		const char *cmdline;
		bool if_absent_true, if_absent_false;
	} rows[] = {
		{"", true, false},
		{"flag", true, true},
		{"flag=1", true, true},
		{"flag=0", false, false},
		{"flag=off", false, false},
		{"flag=No", false, false},
		{"flag=", true, false},
		{"flag=maybe", true, false},
		{"flag=0 flag=1", true, true},
		{"flag=1 flag=0", false, false},
		{"flag=0 flag", true, true},
		{"flags=0", true, false},
		{"-- flag=0", true, false},
		{"flag=\"0\"", false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_args args;

		kernel_args_parse(rows[i].cmdline, &args);
		check_int(rows[i].cmdline, kernel_args_bool(&args, "flag", true),
			  rows[i].if_absent_true);
		check_int(rows[i].cmdline, kernel_args_bool(&args, "flag", false),
			  rows[i].if_absent_false);
		kernel_args_done(&args);
	}
}

TEST(lists)
{
	static const struct {
		const char *cmdline, *word;
		bool has;
	} rows[] = {
		{"iommu=off", "off", true},
		{"iommu=pt,off", "off", true},
		{"iommu=off,pt", "off", true},
		{"iommu=pt,off,x", "off", true},
		{"iommu=off iommu=pt", "off", true},
		{"iommu=pt", "off", false},
		{"iommu=offx", "off", false},
		{"iommu=xoff", "off", false},
		{"iommu=of", "off", false},
		{"iommu=off", "of", false},
		{"iommu", "off", false},
		{"iommu=", "off", false},
		{"iommu=,", "off", false},
		{"xiommu=off", "off", false},
		{"iommu=\"a,off\"", "off", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_args args;

		kernel_args_parse(rows[i].cmdline, &args);
		check_int(rows[i].cmdline, kernel_args_list_has(&args, "iommu", rows[i].word),
			  rows[i].has);
		kernel_args_done(&args);
	}
}

TEST(one_of_that_text)
{
	struct kernel_args args;

	kernel_args_parse("a-b=1 c -- d", &args);
	assert_true(kernel_args_have(&args, "a-b=1"));
	assert_true(kernel_args_have(&args, "c"));
	assert_false(kernel_args_have(&args, "a-b"));
	assert_false(kernel_args_have(&args, "a_b=1"));
	assert_false(kernel_args_have(&args, "d"));
	kernel_args_done(&args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_one_wins),
		cmocka_unit_test(truth_values),
		cmocka_unit_test(lists),
		cmocka_unit_test(one_of_that_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
