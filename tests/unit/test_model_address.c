/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/address.h"
#include "support.h"

TEST(every_form_is_read_and_written_as_the_kernel_does)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{"0000:83:00.0", "0000:83:00.0"},
		{"83:00.1", "0000:83:00.1"},
		{"0:1f.7", "0000:00:1f.7"},
		{"a:b:c.5", "000a:0b:0c.5"},
		{"FFFF:FF:1F.7", "ffff:ff:1f.7"},
		{"10000:e1:00.0", "10000:e1:00.0"},
		{"00010000:e1:00.0", "10000:e1:00.0"},
		{"ffffffff:ff:1f.7", "ffffffff:ff:1f.7"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_address parsed = {};
		struct address_pattern pattern = {};

		check_int(rows[i].text, pci_address_parse(rows[i].text, &parsed), 0);
		check_text(rows[i].text, PCI_ADDRESS_TEXT(&parsed), rows[i].written);
		check_int(rows[i].text, address_pattern_parse(rows[i].text, &pattern), 0);
		check(rows[i].text, !pattern.any_function);
		check(rows[i].text, address_pattern_matches(&pattern, &parsed));
	}
}

TEST(fields_are_told_apart)
{
	struct pci_address parsed = address("12345678:9a:1b.5");

	assert_int_equal(parsed.domain, 0x12345678);
	assert_int_equal(parsed.bus, 0x9a);
	assert_int_equal(parsed.slot, 0x1b);
	assert_int_equal(parsed.function, 5);
}

TEST(junk_is_refused_and_changes_nothing)
{
	static const char *const rows[] = {"",
					   ":",
					   ".",
					   "::",
					   ":.",
					   "::.",
					   "0000",
					   "0000:83",
					   "83.0",
					   "0000:83:00",
					   "83:00",
					   "0000:83:00.",
					   "0000:83:.0",
					   "0000::00.0",
					   ":83:00.0",
					   "83:.0",
					   ":00.0",
					   "0000:83:00.8",
					   "0000:83:20.0",
					   "0000:100:00.0",
					   "100000000:83:00.0",
					   "000000001:83:00.0",
					   "0000:083:00.0",
					   "0000:83:000.0",
					   "0000:83:00.00",
					   "0000:83:00.0 ",
					   " 0000:83:00.0",
					   "0000:83:00.0\n",
					   "0000:83:00.g",
					   "000g:83:00.0",
					   "0x0:83:00.0",
					   "-1:83:00.0",
					   "0000:+3:00.0",
					   "0000:83:00.0.0",
					   "0000:83:00:0.0",
					   "1:0000:83:00.0",
					   "0000.83:00.0",
					   "00.0:83",
					   "0000:8.3:00.0",
					   "0000:83-00.0",
					   "0000:83:00,0",
					   "0000:83:00.**",
					   "0000:83:*.0",
					   "0000:*:00.0",
					   "*:83:00.0",
					   "0000:83:00.*0",
					   "*"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_address parsed = {1, 2, 3, 4};
		struct address_pattern pattern = {.any_function = true};

		check_int(rows[i], pci_address_parse(rows[i], &parsed), -EINVAL);
		check(rows[i], parsed.domain == 1 && parsed.bus == 2 && parsed.slot == 3 &&
				       parsed.function == 4);
		check_int(rows[i], address_pattern_parse(rows[i], &pattern), -EINVAL);
		check(rows[i], pattern.any_function);
	}
}

TEST(star_is_for_all_functions_of_a_slot)
{
	struct address_pattern pattern;
	struct pci_address parsed;
	static const struct {
		const char *text;
		bool matches;
	} rows[] = {
		{"10000:01:02.0", true},  {"10000:01:02.7", true},  {"0000:01:02.0", false},
		{"10000:02:02.0", false}, {"10000:01:03.0", false},
	};

	assert_int_equal(pci_address_parse("10000:01:02.*", &parsed), -EINVAL);
	assert_int_equal(address_pattern_parse("10000:01:02.*", &pattern), 0);
	assert_true(pattern.any_function);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parsed = address(rows[i].text);
		check_int(rows[i].text, address_pattern_matches(&pattern, &parsed),
			  rows[i].matches);
	}
}

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

TEST(functions_in_a_path_are_in_order)
{
	static const struct {
		const char *path, *addresses;
	} rows[] = {
		{"", ""},
		{"../../devices/virtual/net/lo", ""},
		{"../../devices/pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme0",
		 "0000:00:1d.0 0000:01:00.0"},
		{"/pci10000:e0/10000:e0:06.0", "10000:e0:06.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_address_list list = {};
		_cleanup_free_ char *text = xstrdup("");

		path_carriers(rows[i].path, &list);
		vec_foreach(item, &list) {
			char *longer = xasprintf("%s%s%s", text, *text ? " " : "",
						 PCI_ADDRESS_TEXT(item));

			free(text);
			text = longer;
		}
		check_text(rows[i].path, text, rows[i].addresses);
		free(list.items);
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

/* From a function's directory in sysfs. */
TEST(ways_through_sysfs)
{
	static const struct {
		const char *path, *ports;
	} rows[] = {
		{"", NULL},
		{"../../../devices/platform/x", NULL},
		{"../../../devices/pci0000:00/0000:00:1f.0", "00:1f.0"},
		{"../../../devices/pci0000:00/0000:00:03.1/0000:83:00.0", "00:03.1/00.0"},
		{"../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0",
		 "10000:e0:06.0/00.0"},
		{"pci0000:00", NULL},
		{"0000:00:1f.0/pci0000:00", NULL},
		{"/0000:00:1f.0/", "00:1f.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *ports = port_path_of(rows[i].path);

		check_text(rows[i].path, ports, rows[i].ports);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_read_and_written_as_the_kernel_does),
		cmocka_unit_test(fields_are_told_apart),
		cmocka_unit_test(junk_is_refused_and_changes_nothing),
		cmocka_unit_test(star_is_for_all_functions_of_a_slot),
		cmocka_unit_test(one_function_is_one_function),
		cmocka_unit_test(order_is_by_domain_bus_slot_function),
		cmocka_unit_test(odd_fields_never_write_more_than_their_room),
		cmocka_unit_test(functions_in_a_path_are_in_order),
		cmocka_unit_test(port_path_has_the_domain_only_where_it_is_not_0),
		cmocka_unit_test(lists_are_searched_by_place),
		cmocka_unit_test(ways_through_sysfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
