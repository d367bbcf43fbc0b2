/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_log.h"

#include "base/buf.h"
#include "support.h"

static void expect(const struct bindings *bindings, const char *want)
{
	struct buf text = {};

	vec_foreach(binding, bindings)
		buf_addf(&text, "%s [%s] %s; ", PCI_ADDRESS_TEXT(&binding->address),
			 binding->section, binding->driver);
	check_text("bindings", buf_text(&text), want);
	buf_done(&text);
}

TEST(sorted_and_each_address_once)
{
	struct bindings bindings = {};
	const struct pci_address two = {.bus = 2};

	bindings_set(&bindings, &(struct pci_address){.bus = 3}, "b", "vfio-pci");
	bindings_set(&bindings, &(struct pci_address){.bus = 1}, NULL, "vfio-pci");
	bindings_set(&bindings, &two, "a", "pci-stub");
	bindings_set(&bindings, &two, "b", "vfio-pci");
	expect(&bindings, "0000:01:00.0 [] vfio-pci; 0000:02:00.0 [b] vfio-pci; "
			  "0000:03:00.0 [b] vfio-pci; ");
	check_text("found", bindings_find(&bindings, &two)->section, "b");
	assert_null(bindings_find(&bindings, &(struct pci_address){.bus = 4}));
	bindings_done(&bindings);
	expect(&bindings, "");
}

TEST(removed_and_released)
{
	struct bindings bindings = {};
	const struct pci_address one = {.bus = 1}, two = {.bus = 2};

	bindings_set(&bindings, &one, "a", "vfio-pci");
	bindings_set(&bindings, &two, "a", "vfio-pci");
	bindings_remove(&bindings, &one);
	bindings_remove(&bindings, &one);
	expect(&bindings, "0000:02:00.0 [a] vfio-pci; ");
	for (size_t i = 0; i < 2; i++)
		bindings_set_released(&bindings, &one, true);
	assert_int_equal(bindings.released.n, 1);
	assert_true(bindings_has_released(&bindings, &one));
	assert_false(bindings_has_released(&bindings, &two));
	bindings_set_released(&bindings, &one, false);
	assert_int_equal(bindings.released.n, 0);
	bindings_done(&bindings);
}

TEST(names_of_phases)
{
	for (enum boot_phase phase = BOOT_PHASE_EARLY; phase <= BOOT_PHASE_UNKNOWN; phase++) {
		const char *name = boot_phase_names[phase];

		check_int(name, boot_phase_parse(name), phase);
		check_int(name, boot_phase_is_by_hand(phase),
			  phase == BOOT_PHASE_MANUAL || phase == BOOT_PHASE_RELEASE);
	}
	check_int("another", boot_phase_parse("late"), BOOT_PHASE_UNKNOWN);
}

TEST(phases_are_dropped_and_texts_are_copies)
{
	struct boot_log log = {};
	char text[] = "x";
	const char *copy = boot_log_text(&log, text);

	text[0] = 'y';
	check_text("copy", copy, "x");
	assert_null(boot_log_text(&log, NULL));
	for (uint64_t i = 0; i < 3; i++) {
		struct logged_phase *phase = vec_add(&log);

		phase->started_ms = i;
		*vec_add(&phase->outcomes) = (struct outcome){.error = xstrdup("why")};
	}
	boot_log_drop(&log, 1);
	assert_int_equal(log.n, 2);
	assert_int_equal(log.items[1].started_ms, 2);
	boot_log_done(&log);
	assert_int_equal(log.n, 0);
}

TEST(reasons_in_words)
{
	struct restart_reasons reasons = {};
	const struct pci_address where = {.bus = 3};

	restart_reasons_add(&reasons, REASON_COMMAND, "update-grub");
	restart_reasons_add(&reasons, REASON_ARGUMENT, "iommu=pt");
	restart_reasons_add_device(&reasons, &where);
	restart_reasons_add(&reasons, REASON_OTHER, "a line");
	check_text("command", reasons.items[0].text, "command update-grub");
	check_text("argument", reasons.items[1].text, "argument iommu=pt");
	check_text("device", reasons.items[2].text, "device 0000:03:00.0");
	assert_int_equal(pci_address_compare(&reasons.items[2].address, &where), 0);
	check_text("other", reasons.items[3].text, "a line");
	restart_reasons_done(&reasons);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_each_address_once),
		cmocka_unit_test(removed_and_released),
		cmocka_unit_test(names_of_phases),
		cmocka_unit_test(phases_are_dropped_and_texts_are_copies),
		cmocka_unit_test(reasons_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
