/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "support.h"

TEST(starts_and_ends)
{
	static const struct {
		const char *text, *part;
		bool starts, ends;
	} rows[] = {
		{"vfio-pci", "vfio", true, false}, {"vfio-pci", "pci", false, true},
		{"vfio-pci", "-", false, false},   {"vfio-pci", "vfio-pci", true, true},
		{"pci", "vfio-pci", false, false}, {"pci-pci", "pci", true, true},
		{"pci", "", true, true},           {"", "", true, true},
		{"", "pci", false, false},         {"PCI", "pci", false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("%s %s", rows[i].text, rows[i].part);

		check_int(what, text_starts_with(rows[i].text, rows[i].part), rows[i].starts);
		check_int(what, text_ends_with(rows[i].text, rows[i].part), rows[i].ends);
	}
}

TEST(same)
{
	char copy[] = "nvme";

	assert_true(text_same("nvme", copy));
	assert_false(text_same("nvme", "nvm"));
	assert_true(text_same(NULL, NULL));
	assert_false(text_same("", NULL));
	assert_false(text_same(NULL, ""));
}

TEST(underscores)
{
	static const char *const rows[][2] = {{"vfio-pci", "vfio_pci"},
					      {"-a--b-", "_a__b_"},
					      {"xhci_hcd", "xhci_hcd"},
					      {"", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xstrdup(rows[i][0]);

		text_underscore(text);
		check_text(rows[i][0], text, rows[i][1]);
	}
}

TEST(first_words)
{
	static const char *const rows[][3] = {{"options vfio-pci ids=1:2", "options",
					       "vfio-pci ids=1:2"},
					      {"\t a \t b ", "a", "b "},
					      {"alone", "alone", ""},
					      {" \t", "", ""},
					      {"", "", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *rest = rows[i][0];
		_cleanup_free_ char *word = text_first_word(&rest);

		check_text(rows[i][0], word, rows[i][1]);
		check_text(rows[i][0], rest, rows[i][2]);
	}
}

TEST(words)
{
	static const char *const names[] = {[1] = "one", [3] = "three"};

	assert_true(text_is("grub=1", 4, "grub"));
	assert_false(text_is("grub=1", 4, "gru"));
	assert_false(text_is("grub=1", 4, "grubby"));
	assert_true(text_is("", 0, ""));
	assert_int_equal(TEXT_INDEX(names, "three"), 3);
	assert_int_equal(TEXT_INDEX(names, "two"), -1);
	assert_true(TEXT_IN(names, "one"));
}

TEST(lists)
{
	static const struct {
		const char *list, *word;
		bool has;
	} rows[] = {
		{"rw,nofail", "nofail", true}, {"nofail,rw", "nofail", true},
		{"nofail", "nofail", true},    {"nofailover", "nofail", false},
		{"xnofail", "nofail", false},  {"", "nofail", false},
		{",nofail", "nofail", true},   {"rw,", "", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_int(rows[i].list, text_list_has(rows[i].list, ',', rows[i].word),
			  rows[i].has);
}

TEST(lines)
{
	const char *text = "a\n\nb";

	text = text_next_line(text);
	assert_string_equal(text, "\nb");
	text = text_next_line(text);
	assert_string_equal(text, "b");
	assert_string_equal(text_next_line(text), "");
	assert_string_equal(text_next_line(""), "");
}

TEST(numbers)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max;
		int r;
		uint64_t value;
	} rows[] = {
		{"0", 10, 0, 0, 0},
		{"007", 10, 9, 0, 7},
		{"9", 10, 9, 0, 9},
		{"10", 10, 9, -ERANGE, 0},
		{"1", 10, 0, -ERANGE, 0},
		{"ff", 16, 0xff, 0, 0xff},
		{"fF", 16, 0xff, 0, 0xff},
		{"100", 16, 0xff, -ERANGE, 0},
		/* One digit alone over the limit. */
		{"f", 16, 3, -ERANGE, 0},
		{"f", 16, 0xe, -ERANGE, 0},
		{"18446744073709551615", 10, UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", 10, UINT64_MAX, -ERANGE, 0},
		{"ffffffffffffffff", 16, UINT64_MAX, 0, UINT64_MAX},
		{"10000000000000000", 16, UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999999999", 10, UINT64_MAX, -ERANGE, 0},
		{"", 10, 9, -EINVAL, 0},
		{"a", 10, 99, -EINVAL, 0},
		{"g", 16, 99, -EINVAL, 0},
		{"0x1", 16, 99, -EINVAL, 0},
		{"-1", 10, 99, -EINVAL, 0},
		{"+1", 10, 99, -EINVAL, 0},
		{" 1", 10, 99, -EINVAL, 0},
		{"1 ", 10, 99, -EINVAL, 0},
		{"1\n", 10, 99, -EINVAL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value = 4711;

		check_int(rows[i].text,
			  number_parse(rows[i].text, rows[i].base, rows[i].max, &value), rows[i].r);
		check(rows[i].text, value == (rows[i].r == 0 ? rows[i].value : 4711));
	}
}

TEST(only_the_given_bytes_are_read)
{
	uint64_t value = 0;

	assert_int_equal(number_parse_n("12x", 2, 10, 99, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(number_parse_n("12", 0, 10, 99, &value), -EINVAL);
	assert_int_equal(number_parse_n("1\0002", 3, 10, 999, &value), -EINVAL);
}

TEST(truth_values)
{
	static const char *const yes[] = {"yes", "on", "true", "y", "1", "YES", "On", "Y"};
	static const char *const no[] = {"no", "off", "false", "n", "0", "No", "OFF", "N"};
	static const char *const neither[] = {"", "2", "yess", "ye", " yes", "01", "t"};
	bool value;

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		value = false;
		check_int(yes[i], bool_parse(yes[i], &value), 0);
		check(yes[i], value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		value = true;
		check_int(no[i], bool_parse(no[i], &value), 0);
		check(no[i], !value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(neither); i++)
		check_int(neither[i], bool_parse(neither[i], &value), -EINVAL);
}

TEST(nothing_that_a_terminal_acts_on_is_visible)
{
	static const struct {
		const char *text, *visible;
	} rows[] = {
		{"", ""},
		{"plain \\x1b", "plain \\x1b"},
		{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		 "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
		{"\033]0;x\007", "\\x1b]0;x\\x07"},
		{"a\nb\tc\rd\x7f", "a\nb\tc\\x0dd\\x7f"},
		{"\x9b"
		 "2J \xc2\x9b",
		 "\\x9b2J \\xc2\\x9b"},
		{"\xe2\x80\xae \xe2\x80\xa8 \xe2\x81\xa6",
		 "\\xe2\\x80\\xae \\xe2\\x80\\xa8 \\xe2\\x81\\xa6"},
		/* Cut short, too long for its number, no character, a byte that begins none. */
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xc0\x9b", "\\xc0\\x9b"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80\xff", "\\xf4\\x90\\x80\\x80\\xff"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *visible = text_visible(rows[i].text, "\n\t");
		_cleanup_free_ char *again = text_visible(visible, "\n\t");

		check_text(rows[i].text, visible, rows[i].visible);
		check_text(rows[i].text, again, rows[i].visible);
	}
	for (int c = 1; c < 256; c++) {
		char text[] = {(char)c, '\0'};
		_cleanup_free_ char *visible = text_visible(text, "");

		check_int("each byte", strlen(visible), c >= ' ' && c < 0x7f ? 1 : 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(same),
		cmocka_unit_test(underscores),
		cmocka_unit_test(first_words),
		cmocka_unit_test(words),
		cmocka_unit_test(lists),
		cmocka_unit_test(lines),
		cmocka_unit_test(numbers),
		cmocka_unit_test(only_the_given_bytes_are_read),
		cmocka_unit_test(truth_values),
		cmocka_unit_test(nothing_that_a_terminal_acts_on_is_visible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
