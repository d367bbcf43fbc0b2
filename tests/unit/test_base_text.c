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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(same),
		cmocka_unit_test(underscores),
		cmocka_unit_test(words),
		cmocka_unit_test(lists),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
