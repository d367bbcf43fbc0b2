/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/address.h"

#include "support.h"

TEST(one_function_is_one_function)
{
	struct pci_address one = address("01:02.3"), other = address("01:02.4");
	struct address_pattern pattern = {.address = one};

	assert_true(address_pattern_matches(&pattern, &one));
	assert_false(address_pattern_matches(&pattern, &other));
	assert_true(pci_address_same_slot(&one, &other));
}

TEST(order_is_by_domain_bus_slot_function)
{
	static const char *const sorted[] = {"0000:00:00.0",    "0000:00:00.7", "0000:00:01.0",
					     "0000:00:1f.7",    "0000:01:00.0", "0000:ff:1f.7",
					     "0001:00:00.0",    "ffff:00:00.0", "10000:00:00.0",
					     "ffffffff:00:00.0"};

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			struct pci_address a = address(sorted[i]), b = address(sorted[j]);
			int order = pci_address_compare(&a, &b);
			const struct pci_address_list list = {&a, 1, 1}, none = {};

			check_int(sorted[i], pci_address_list_has(&list, &b), i == j);
			assert_false(pci_address_list_has(&none, &b));
			check(sorted[i], i < j ? order < 0 : i > j ? order > 0 : order == 0);
			check_int(sorted[i], pci_address_same_slot(&a, &b), i == j || i + j == 1);
		}
}

TEST(odd_fields_never_write_more_than_their_room)
{
	struct pci_address odd = {UINT32_MAX, 0xff, 0xff, 0xff};

	assert_string_equal(PCI_ADDRESS_TEXT(&odd), "ffffffff:ff:1f.7");
}

TEST(port_path_has_the_domain_only_where_it_is_not_0)
{
	static const struct {
		const char *hops[4], *path;
	} rows[] = {
		{{"0000:00:03.1"}, "00:03.1"},
		{{"0000:00:03.1", "0000:01:00.0"}, "00:03.1/00.0"},
		{{"0000:80:1f.7", "0000:81:0a.0", "0000:85:1b.3"}, "80:1f.7/0a.0/1b.3"},
		{{"10000:e0:06.0", "10000:e1:00.0"}, "10000:e0:06.0/00.0"},
		{{"0001:00:00.0"}, "0001:00:00.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *path = NULL;

		for (size_t hop = 0; rows[i].hops[hop]; hop++) {
			struct pci_address parsed = address(rows[i].hops[hop]);

			path = port_path_append(path, &parsed);
		}
		check_text(rows[i].path, path, rows[i].path);
		free(path);
	}
}

TEST(lists_are_searched_by_place)
{
	static const char *const patterns[] = {"02:00.*",   "01:00.1", "01:00.0",
					       "1:00:00.0", "02:00.3", "05:1f.7"};
	static const struct {
		const char *address;
		bool has;
	} rows[] = {
		{"01:00.0", true},  {"01:00.1", true}, {"01:00.2", false}, {"02:00.0", true},
		{"02:00.3", true},  {"02:00.7", true}, {"02:01.0", false}, {"1:00:00.0", true},
		{"00:00.0", false}, {"05:1f.7", true}, {"05:1f.6", false},
	};
	struct address_list list = {};

	address_list_sort(&list);
	assert_false(address_list_has(&list, &(struct pci_address){}));
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		assert_int_equal(address_pattern_parse(patterns[i], vec_add(&list)), 0);
	address_list_sort(&list);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_address wanted = address(rows[i].address);

		check_int(rows[i].address, address_list_has(&list, &wanted), rows[i].has);
	}
	free(list.items);
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
		cmocka_unit_test(one_function_is_one_function),
		cmocka_unit_test(order_is_by_domain_bus_slot_function),
		cmocka_unit_test(odd_fields_never_write_more_than_their_room),
		cmocka_unit_test(port_path_has_the_domain_only_where_it_is_not_0),
		cmocka_unit_test(lists_are_searched_by_place),
		cmocka_unit_test(id_patterns_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
