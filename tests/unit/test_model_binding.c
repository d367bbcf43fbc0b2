/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/binding.h"

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

static void update(struct bindings *bindings, unsigned bus, const char *want, enum result result)
{
	struct outcome outcome = {.address = {.bus = (uint8_t)bus},
				  .section = want ? "x" : NULL,
				  .want = want,
				  .result = result};

	bindings_update(bindings, &(struct outcomes){.items = &outcome, .n = 1});
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
	bindings_done(NULL);
}

TEST(outcomes_bind_and_release)
{
	struct bindings bindings = {};

	update(&bindings, 1, "vfio-pci", RESULT_FAILED);
	update(&bindings, 2, "vfio-pci", RESULT_TIMEOUT);
	update(&bindings, 3, "vfio-pci", RESULT_REFUSED);
	update(&bindings, 4, "vfio-pci", RESULT_SKIPPED);
	expect(&bindings, "");
	update(&bindings, 1, "vfio-pci", RESULT_DONE);
	update(&bindings, 2, "pci-stub", RESULT_ALREADY);
	expect(&bindings, "0000:01:00.0 [x] vfio-pci; 0000:02:00.0 [x] pci-stub; ");
	update(&bindings, 1, NULL, RESULT_FAILED);
	update(&bindings, 2, NULL, RESULT_DONE);
	expect(&bindings, "0000:01:00.0 [x] vfio-pci; ");
	update(&bindings, 1, NULL, RESULT_ALREADY);
	expect(&bindings, "");
	assert_true(bindings_has_released(&bindings, &(struct pci_address){.bus = 1}));
	update(&bindings, 1, NULL, RESULT_DONE);
	assert_int_equal(bindings.released.n, 2);
	/* It was never bound. */
	update(&bindings, 3, NULL, RESULT_ALREADY);
	assert_int_equal(bindings.released.n, 2);
	update(&bindings, 1, "vfio-pci", RESULT_DONE);
	assert_false(bindings_has_released(&bindings, &(struct pci_address){.bus = 1}));
	assert_true(bindings_has_released(&bindings, &(struct pci_address){.bus = 2}));
	bindings_done(&bindings);
}

/* A physical function is not bound by having virtual ones. */
TEST(what_has_virtual_functions_is_not_bound)
{
	struct bindings bindings = {};
	struct outcome outcome = {.want = "nvme", .vfs = 2, .result = RESULT_DONE};
	const struct outcomes outcomes = {.items = &outcome, .n = 1};

	bindings_update(&bindings, &outcomes);
	expect(&bindings, "");
	assert_false(bindings_tell(&bindings, &outcomes));
	outcome.result = RESULT_ALREADY;
	assert_true(bindings_tell(&bindings, &outcomes));
	bindings_done(&bindings);
}

TEST(what_is_no_news)
{
	static const struct {
		const char *want;
		enum result result;
		unsigned bus;
		bool told;
	} rows[] = {
		{"vfio-pci", RESULT_ALREADY, 1, true},  {"vfio-pci", RESULT_ALREADY, 2, false},
		{"pci-stub", RESULT_ALREADY, 1, false}, {"vfio-pci", RESULT_DONE, 1, false},
		{"vfio-pci", RESULT_FAILED, 1, false},  {"vfio-pci", RESULT_TIMEOUT, 1, false},
		{"vfio-pci", RESULT_REFUSED, 2, true},  {"vfio-pci", RESULT_SKIPPED, 2, true},
		{NULL, RESULT_ALREADY, 1, false},       {NULL, RESULT_ALREADY, 2, true},
	};
	struct bindings bindings = {};

	update(&bindings, 1, "vfio-pci", RESULT_DONE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *row = xasprintf("row %zu", i);
		struct outcome outcome = {.address = {.bus = (uint8_t)rows[i].bus},
					  .want = rows[i].want,
					  .result = rows[i].result};

		check_int(row,
			  bindings_tell(&bindings, &(struct outcomes){.items = &outcome, .n = 1}),
			  rows[i].told);
	}
	bindings_done(&bindings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_each_address_once),
		cmocka_unit_test(outcomes_bind_and_release),
		cmocka_unit_test(what_has_virtual_functions_is_not_bound),
		cmocka_unit_test(what_is_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
