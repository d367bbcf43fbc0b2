/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/selector.h"
#include "support.h"

static const struct pci_function card = {
	.address = {0, 3, 0, 1},
	.vendor = 0x8086,
	.device = 0x10d3,
	.class = 0x020000,
	.subsystem_vendor = 0x1028,
	.subsystem_device = 1,
	.port_path = (char[]){"00:02.0/00.1"},
	.has_serial = true,
	.serial = 0x10,
};

TEST(what_each_key_says)
{
	static const struct {
		const char *keys;
		bool path, place, kind, identity, has_identity;
	} rows[] = {
		{"address = 03:00.1\n", true, true, true, true, false},
		{"address = 02:00.0 03:00.*\n", true, true, true, true, false},
		{"address = 03:00.0\n", true, false, true, true, false},
		{"path = 00:01.0 00:02.0/00.1\n", true, true, true, true, false},
		{"path = 00:02.0\n", false, false, true, true, false},
		{"address = 03:00.1\npath = 00:02.0\n", false, false, true, true, false},
		{"id = 1:1 8086:10d3\n", true, true, true, true, true},
		{"id = 8086:10d3:03\n", true, true, false, false, true},
		{"class = 02\n", true, true, true, true, true},
		{"class = 03\n", true, true, false, false, true},
		{"subsystem = 1028:\n", true, true, true, true, true},
		{"subsystem = 1029:\n", true, true, false, false, true},
		{"serial = 00-00-00-00-00-00-00-10\n", true, true, true, true, true},
		{"serial = 00-00-00-00-00-00-00-11\n", true, true, true, false, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("[device x]\n%s", rows[i].keys);
		const struct device_section *section;
		struct profile profile;

		profile_from(text, &profile);
		section = profile.sections.items;
		check_int(text, section_path_matches(section, &card), rows[i].path);
		check_int(text, section_place_matches(section, &card), rows[i].place);
		check_int(text, section_kind_matches(section, &card), rows[i].kind);
		check_int(text, section_identity_matches(section, &card), rows[i].identity);
		check_int(text, section_has_identity(section), rows[i].has_identity);
		profile_done(&profile);
	}
}

TEST(what_is_listed_one_by_one)
{
	/* Which of the values name the card: 'y', which nothing of the host: '-'. */
	static const struct {
		const char *keys, *values;
	} rows[] = {
		{"id = 8086:\n", ""},
		{"address = 02:00.0 03:00.* 09:00.*\n", "-y-"},
		{"address = 03:00.0 03:00.1\n", "-y"},
		{"path = 00:02.0 00:02.0/00.1\n", "-y"},
		{"serial = 00-00-00-00-00-00-00-10 00-00-00-00-00-00-00-11\n", "y-"},
		/* The first of these keys is the list. */
		{"serial = 00-00-00-00-00-00-00-11\npath = 00:02.0/00.1\n", "y"},
		{"path = 00:02.0\naddress = 03:00.1\n", "y"},
	};
	struct inventory inventory = {.items = (struct pci_function *)(uintptr_t)&card, .n = 1};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("[device x]\n%s", rows[i].keys);
		const struct device_section *section;
		struct profile profile;

		profile_from(text, &profile);
		section = profile.sections.items;
		check_int(text, section_count_listed(section), strlen(rows[i].values));
		for (size_t j = 0; rows[i].values[j]; j++) {
			check_int(text, section_lists(section, j, &card), rows[i].values[j] == 'y');
			check_int(text, section_finds(section, j, &inventory),
				  rows[i].values[j] == 'y');
		}
		profile_done(&profile);
	}
}

TEST(what_does_not_show_is_not_listed)
{
	struct pci_function bare = {.address = {0, 3, 0, 1}};
	struct profile profile;

	profile_from("[device x]\npath = 00:02.0\n[device y]\nserial = 00-00-00-00-00-00-00-00\n",
		     &profile);
	for (size_t i = 0; i < profile.sections.n; i++) {
		assert_false(section_lists(&profile.sections.items[i], 0, &bare));
		assert_false(section_place_matches(&profile.sections.items[i], &bare) &&
			     section_identity_matches(&profile.sections.items[i], &bare));
	}
	profile_done(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_key_says),
		cmocka_unit_test(what_is_listed_one_by_one),
		cmocka_unit_test(what_does_not_show_is_not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
