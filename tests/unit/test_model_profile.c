/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/profile.h"
#include "support.h"

static void expect_entry(const struct ini *ini, size_t i, const char *section, const char *key,
			 const char *value, const char *file, unsigned line)
{
	assert_true(i < ini->n);
	check_text("section", ini->items[i].section, section);
	check_text("key", ini->items[i].key, key);
	check_text("value", ini->items[i].value, value);
	check_text("file", ini->items[i].file, file);
	check_int("line", ini->items[i].line, line);
}

TEST(later_entry_takes_the_place_of_the_earlier)
{
	struct ini ini = {};

	ini_set(&ini, "host", NULL, NULL, "a", 1);
	ini_set(&ini, "host", "description", "one", "a", 2);
	ini_set(&ini, "device gpu", "description", "two", "a", 4);
	ini_set(&ini, "host", "description", "three", "b", 9);
	ini_set(&ini, "host", NULL, NULL, "b", 8);
	assert_int_equal(ini.n, 3);
	expect_entry(&ini, 0, "host", NULL, NULL, "b", 8);
	expect_entry(&ini, 1, "host", "description", "three", "b", 9);
	expect_entry(&ini, 2, "device gpu", "description", "two", "a", 4);
	ini_done(&ini);
	assert_int_equal(ini.n, 0);
	ini_done(NULL);
}

TEST(section_line_and_key_are_told_apart)
{
	struct ini ini = {};

	ini_set(&ini, "host", "", "empty name", "a", 2);
	ini_set(&ini, "host", NULL, NULL, "a", 1);
	assert_int_equal(ini.n, 2);
	ini_done(&ini);
}

TEST(names_of_drivers)
{
	static const char *const rows[][2] = {
		{"vfio_pci", "vfio-pci"},
		{"vfio-pci", "vfio-pci"},
		{"pci_stub", "pci-stub"},
		{"xen-pciback", "pciback"},
		{"nvgrace-gpu-vfio-pci", "nvgrace_gpu_vfio_pci"},
		{"mlx5_vfio_pci", "mlx5_vfio_pci"},
		{"uio-pci-generic", "uio_pci_generic"},
		{"ehci-pci", "ehci-pci"},
		{"auto", "auto"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *name = driver_registered_name(rows[i][0]);

		check_text(rows[i][0], name, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_entry_takes_the_place_of_the_earlier),
		cmocka_unit_test(section_line_and_key_are_told_apart),
		cmocka_unit_test(names_of_drivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
