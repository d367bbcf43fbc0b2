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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(same),
		cmocka_unit_test(underscores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
