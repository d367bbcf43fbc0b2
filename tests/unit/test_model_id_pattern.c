/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_pattern.h"

#include "support.h"

TEST(id_patterns)
{
	static const struct {
		const char *text;
		int r;
		int32_t vendor, device;
		uint32_t class, mask;
	} rows[] = {
		{"10de:1bb0", 0, 0x10de, 0x1bb0, 0, 0},
		{"10DE:1", 0, 0x10de, 1, 0, 0},
		{"*:*", 0, -1, -1, 0, 0},
		{":", 0, -1, -1, 0, 0},
		{"10de:", 0, 0x10de, -1, 0, 0},
		{"10de:*", 0, 0x10de, -1, 0, 0},
		{":1bb0", 0, -1, 0x1bb0, 0, 0},
		{"ffff:ffff", 0, 0xffff, 0xffff, 0, 0},
		{"::", 0, -1, -1, 0, 0},
		{"::*", 0, -1, -1, 0, 0},
		{"::03", 0, -1, -1, 0x030000, 0xff0000},
		{"10de::0300", 0, 0x10de, -1, 0x030000, 0xffff00},
		{"10de:*:030", 0, 0x10de, -1, 0x030000, 0xfff000},
		{"*:*:0c0330", 0, -1, -1, 0x0c0330, 0xffffff},
		{"", -EINVAL, 0, 0, 0, 0},
		{"10de", -EINVAL, 0, 0, 0, 0},
		{"10de0:1", -EINVAL, 0, 0, 0, 0},
		{"1:10000", -EINVAL, 0, 0, 0, 0},
		{"0x10de:1", -EINVAL, 0, 0, 0, 0},
		{"g:1", -EINVAL, 0, 0, 0, 0},
		{"**:1", -EINVAL, 0, 0, 0, 0},
		{"1:2:3", -EINVAL, 0, 0, 0, 0},
		{"1:2:0300000", -EINVAL, 0, 0, 0, 0},
		{"1:2:03:", -EINVAL, 0, 0, 0, 0},
		{"1:2:03:00", -EINVAL, 0, 0, 0, 0},
		{"1:2 ", -EINVAL, 0, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct id_pattern pattern = {};

		check_int(rows[i].text, id_pattern_parse(rows[i].text, &pattern), rows[i].r);
		check_int(rows[i].text, pattern.vendor, rows[i].vendor);
		check_int(rows[i].text, pattern.device, rows[i].device);
		check_int(rows[i].text, pattern.class, rows[i].class);
		check_int(rows[i].text, pattern.class_mask, rows[i].mask);
	}
}

TEST(class_patterns)
{
	static const struct {
		const char *text;
		int r;
		uint32_t class, mask;
	} rows[] = {
		{"03", 0, 0x030000, 0xff0000},
		{"0c0", 0, 0x0c0000, 0xfff000},
		{"0c03", 0, 0x0c0300, 0xffff00},
		{"0c033", 0, 0x0c0330, 0xfffff0},
		{"0C0330", 0, 0x0c0330, 0xffffff},
		{"ffffff", 0, 0xffffff, 0xffffff},
		{"", -EINVAL, 0, 0},
		{"3", -EINVAL, 0, 0},
		{"0c03300", -EINVAL, 0, 0},
		{"0x03", -EINVAL, 0, 0},
		{"*", -EINVAL, 0, 0},
		{"0g", -EINVAL, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct id_pattern pattern = {};

		check_int(rows[i].text, class_pattern_parse(rows[i].text, &pattern), rows[i].r);
		check_int(rows[i].text, pattern.class, rows[i].class);
		check_int(rows[i].text, pattern.class_mask, rows[i].mask);
		if (rows[i].r == 0)
			check(rows[i].text, pattern.vendor == -1 && pattern.device == -1);
	}
}

TEST(id_patterns_match)
{
	static const struct {
		const char *pattern;
		bool matches;
	} rows[] = {
		{"10de:1bb0", true},    {":", true},
		{"10de:", true},        {":1bb0", true},
		{"10de:1bb0:03", true}, {"10de:1bb0:030000", true},
		{"::0300", true},       {"10df:1bb0", false},
		{"10de:1bb1", false},   {"10de:1bb0:0302", false},
		{"::04", false},        {"::030001", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct id_pattern pattern;

		check_int(rows[i].pattern, id_pattern_parse(rows[i].pattern, &pattern), 0);
		check_int(rows[i].pattern, id_pattern_matches(&pattern, 0x10de, 0x1bb0, 0x030000),
			  rows[i].matches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_patterns),
		cmocka_unit_test(class_patterns),
		cmocka_unit_test(id_patterns_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
