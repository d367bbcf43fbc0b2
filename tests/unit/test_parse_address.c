/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/address.h"
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
		/* A serial line of Linux 6.12, no function of bus 2. */
		{"../../devices/pnp0/00:02/00:02:0/00:02:0.0/tty/ttyS1", ""},
		{"../../devices/pci0000:00/0:1d.0/00:1d.0/0000:00:1D.0", ""},
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

/* From a function's directory in sysfs. */
TEST(ways_through_sysfs)
{
	static const struct {
		const char *path, *ports, *above;
	} rows[] = {
		{"", NULL, NULL},
		{"../../../devices/platform/x", NULL, NULL},
		{"../../../devices/pci0000:00/0000:00:1f.0", "00:1f.0", NULL},
		{"../../../devices/pci0000:00/0000:00:03.1/0000:83:00.0", "00:03.1/00.0", NULL},
		{"../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0",
		 "10000:e0:06.0/00.0", "0000:00:0e.0"},
		{"pci0000:00", NULL, NULL},
		{"../../devices/pnp0/00:02/00:02:0/00:02:0.0/pci0000:00", NULL, NULL},
		{"0000:00:1f.0/pci0000:00", NULL, "0000:00:1f.0"},
		{"/0000:00:1f.0/", "00:1f.0", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *ports = port_path_of(rows[i].path);
		struct pci_address above = {};

		check_text(rows[i].path, ports, rows[i].ports);
		check_int(rows[i].path, function_above(rows[i].path, &above),
			  rows[i].above != NULL);
		if (rows[i].above)
			check_text(rows[i].path, PCI_ADDRESS_TEXT(&above), rows[i].above);
	}
}

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

TEST(test_ids_as_the_kernel_reads_them)
{
	static const struct {
		const char *text;
		int r;
		struct foreign_id id;
	} rows[] = {
		{"10de:1bb0", 0, {0x10de, 0x1bb0, UINT32_MAX, UINT32_MAX, 0, 0}},
		{"10DE:1BB0", 0, {0x10de, 0x1bb0, UINT32_MAX, UINT32_MAX, 0, 0}},
		{"0x10de:0x1bb0", 0, {0x10de, 0x1bb0, UINT32_MAX, UINT32_MAX, 0, 0}},
		{"8086:10d3:1af4:1100", 0, {0x8086, 0x10d3, 0x1af4, 0x1100, 0, 0}},
		{"ffffffff:ffffffff:ffffffff:ffffffff:030000:ffff00",
		 0,
		 {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0x030000, 0xffff00}},
		{"10de:1bb0/", 0, {0x10de, 0x1bb0, UINT32_MAX, UINT32_MAX, 0, 0}},
		{"10de:1bb0:1:2:3:4:5", 0, {0x10de, 0x1bb0, 1, 2, 3, 4}},
		{"10de", -EINVAL, {}},
		{"10de:", -EINVAL, {}},
		{":1bb0", -EINVAL, {}},
		{"10dg:1bb0", -EINVAL, {}},
		{"10de-1bb0", -EINVAL, {}},
		{"0x:0x", -EINVAL, {}},
		{"fffffffff:1", -EINVAL, {}},
		{"", -EINVAL, {}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign_id id = {};

		check_int(rows[i].text, foreign_id_parse(rows[i].text, &id), rows[i].r);
		check(rows[i].text, memcmp(&id, &rows[i].id, sizeof(id)) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_read_and_written_as_the_kernel_does),
		cmocka_unit_test(fields_are_told_apart),
		cmocka_unit_test(junk_is_refused_and_changes_nothing),
		cmocka_unit_test(star_is_for_all_functions_of_a_slot),
		cmocka_unit_test(functions_in_a_path_are_in_order),
		cmocka_unit_test(ways_through_sysfs),
		cmocka_unit_test(id_patterns),
		cmocka_unit_test(class_patterns),
		cmocka_unit_test(test_ids_as_the_kernel_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
