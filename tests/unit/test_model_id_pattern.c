/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_pattern.h"

#include "parse/address.h"
#include "support.h"

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
		cmocka_unit_test(id_patterns_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
