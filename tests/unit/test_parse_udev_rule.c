/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/udev_rule.h"

#include "support.h"

TEST(test_keys)
{
	struct udev_rule rule = {};

	assert_true(udev_rule_read(
		"  ACTION==\"add\", ATTR{a}!=\"x\\\"y\",ENV{B}+=e\"1\" NAME := \"z\"", &rule));
	check_int("keys", rule.n, 4);
	assert_string_equal(rule.items[0].name, "ACTION");
	assert_int_equal(rule.items[0].operator, UDEV_IS);
	assert_string_equal(rule.items[1].value, "x\"y");
	assert_int_equal(rule.items[1].operator, UDEV_IS_NOT);
	assert_string_equal(rule.items[2].name, "ENV{B}");
	assert_string_equal(udev_rule_sets(&rule, "NAME"), "z");
	assert_null(udev_rule_sets(&rule, "ACTION"));
	udev_rule_done(&rule);
}

TEST(test_no_rules)
{
	static const char *const lines[] = {"",       "# A==\"1\"", "A",      "A==1",
					    "A==\"1", "A{b==\"1\"", "==\"1\""};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct udev_rule rule = {};

		check_int(lines[i], udev_rule_read(lines[i], &rule), false);
		udev_rule_done(&rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
