/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/address.h"

TEST(test_an_id_matches)
{
	static const struct {
		const char *id;
		bool matches;
	} rows[] = {
		{"10de:1bb0", true},
		{"10de:1bb1", false},
		{"10df:1bb0", false},
		{"10de:1bb0:103c:119f", true},
		{"10de:1bb0:103c:1190", false},
		{"10de:1bb0:103d", false},
		{"10de:ffffffff:ffffffff:ffffffff:030000:ff0000", true},
		{"10de:ffffffff:ffffffff:ffffffff:040000:ff0000", false},
	};
	struct inventory inventory = {};
	struct pci_function *function = add_function(&inventory, "0000:01:00.0", 0x10de, 0x1bb0,
						     0x030200, 1, NULL);

	function->subsystem_vendor = 0x103c;
	function->subsystem_device = 0x119f;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign_id id;

		check_int(rows[i].id, foreign_id_parse(rows[i].id, &id), 0);
		check_int(rows[i].id, foreign_id_matches(&id, function), rows[i].matches);
		function->unknown = FUNCTION_IDS;
		check_int(rows[i].id, foreign_id_matches(&id, function), false);
		function->unknown = 0;
	}
	inventory_done(&inventory);
}

TEST(test_what_is_shown_of_a_line)
{
	struct foreign foreign = {};
	_cleanup_free_ char *line = xasprintf("%0300d", 0), *cut = xasprintf("%0200d...", 0);
	char *place;

	foreign_add(&foreign, FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/etc/rc.local", 7,
		    " \ta\tb\033[2J\x80 \n", "vfio-pci");
	foreign_add(&foreign, FOREIGN_ARGUMENT, FOREIGN_OPTION, NULL, 0, line, NULL);
	foreign_add(&foreign, FOREIGN_DRIVERCTL, FOREIGN_OPTION, "/etc/x", 0, "", NULL);
	check_text("control characters", foreign.items[0].text, "a b?[2J?");
	check_text("length", foreign.items[1].text, cut);
	place = foreign_place(&foreign.items[0]);
	check_text("place", place, "/etc/rc.local:7");
	free(place);
	place = foreign_place(&foreign.items[1]);
	check_text("place", place, "kernel arguments");
	free(place);
	place = foreign_place(&foreign.items[2]);
	check_text("place", place, "/etc/x");
	free(place);
	foreign_add_values(&foreign.items[0], " a\nb  c\001", " ");
	foreign_add_value(&foreign.items[0], " d e\n");
	assert_int_equal(foreign.items[0].values.n, 3);
	check_text("value", foreign.items[0].values.items[0], "a b");
	check_text("value", foreign.items[0].values.items[1], "c?");
	check_text("value", foreign.items[0].values.items[2], "d e");
	foreign_done(&foreign);
	foreign_done(NULL);
}

TEST(test_modules_for_guests)
{
	static const char *const yes[] = {"vfio",     "vfio_pci", "vfio_iommu_type1",
					  "pci_stub", "pciback",  "vfio_virqfd"};
	static const char *const no[] = {"e1000e", "nouveau", "pci", "#vfio", ""};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		check(yes[i], module_is_for_guests(yes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		check(no[i], !module_is_for_guests(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_id_matches),
		cmocka_unit_test(test_what_is_shown_of_a_line),
		cmocka_unit_test(test_modules_for_guests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
