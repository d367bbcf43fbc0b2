/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/foreign_acts.h"

#include "foreign.h"

TEST(test_addresses)
{
	static const struct {
		const char *text, *address; /* NULL: it is none */
		bool short_address, group;
	} rows[] = {
		{"0000:83:00.0", "0000:83:00.0", false, false},
		{" 0000:83:00.0\n", "0000:83:00.0", false, false},
		{"83:00.1", "0000:83:00.1", true, false},
		{"pci_0000_0a_00_1", "0000:0a:00.1", false, false},
		{"10000:e1:00.0", "10000:e1:00.0", false, false},
		{"0000:83:00.0\3", "0000:83:00.0", false, true},
		{"0000:83:00.0\2", NULL, false, false},
		{"0000:83:00." SHELL_UNKNOWN, NULL, false, false},
		{"0000:83:20.0", NULL, false, false},
		{"eth0", NULL, false, false},
		{"pci_", NULL, false, false},
		{"\3", NULL, false, false},
		{"", NULL, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign_device device = {};
		bool is = foreign_take_address(rows[i].text, &device);

		check_int(rows[i].text, is, rows[i].address != NULL);
		if (!is)
			continue;
		check_text(rows[i].text, PCI_ADDRESS_TEXT(&device.address), rows[i].address);
		check_int(rows[i].text, device.short_address, rows[i].short_address);
		check_int(rows[i].text, device.group, rows[i].group);
	}
}

/* One record for each device; those with the same fate in one line are one setting. */
TEST(test_settings)
{
	struct foreign foreign = {};
	const struct foreign_file file = {.source = FOREIGN_UNIT, .path = "u", .foreign = &foreign};
	struct foreign_acts acts = {.file = &file};
	const struct foreign_emission emission = {&file, "a\nb\nc", NULL, 0};
	const struct shell_event
		first = {.path = "/sys/bus/pci/devices/0000:01:00.0/driver_override",
			 .text = "vfio-pci\n",
			 .line = 2},
		bind = {.path = "/sys/bus/pci/drivers/vfio-pci/bind",
			.text = "0000:01:00.0",
			.line = 3},
		second = {.path = "/sys/bus/pci/devices/0000:02:00.0/driver_override",
			  .text = "vfio-pci",
			  .line = 2,
			  .maybe = true},
		unknown = {.path = "/sys/bus/pci/drivers/vfio-pci/bind",
			   .text = SHELL_UNKNOWN,
			   .line = 3},
		host = {.path = "/sys/bus/pci/drivers/nvidia/bind",
			.text = SHELL_UNKNOWN,
			.line = 1};

	foreign_write(&acts, &host);
	foreign_write(&acts, &first);
	foreign_write(&acts, &bind);
	foreign_write(&acts, &second);
	foreign_write(&acts, &unknown);
	foreign_add_ids(&acts, "1:2,3:4", "pci-stub", FOREIGN_BY_IDS, &bind);
	foreign_emit_acts(&emission, &acts);
	foreign_acts_done(&acts);
	summary_is_whole = true;
	check_text("line", foreign.items[0].text, "b");
	check_foreign_is("settings", &foreign,
			 "addresses vfio-pci: 0000:01:00.0 0000:02:00.0 by override @u:2\n"
			 "ids pci-stub: 1:2 3:4 @u:3\naddresses vfio-pci: @u:3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
