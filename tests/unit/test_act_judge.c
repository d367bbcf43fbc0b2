/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/judge.h"
#include "support.h"

static char vfio_pci[] = "vfio-pci", module_name[] = "vfio_pci", e1000e[] = "e1000e";

static const struct planned_device device = {.want = vfio_pci,
					     .module = module_name,
					     .before = e1000e,
					     .before_known = true};

TEST(what_has_no_actions)
{
	static const struct {
		enum device_state state;
		enum result result;
		const char *error;
	} rows[] = {
		{DEVICE_RIGHT, RESULT_ALREADY, NULL},
		{DEVICE_REFUSED, RESULT_REFUSED, "a finding says why"},
		{DEVICE_WAITING, RESULT_SKIPPED, "waits until what the host stands on is known"},
		{DEVICE_ABSENT, RESULT_SKIPPED, "not on this host"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct planned_device planned = device;
		struct outcome outcome;
		const char *row = device_state_name(rows[i].state);

		planned.state = rows[i].state;
		outcome_begin(&planned, &outcome);
		check_text(row, result_name(outcome.result), result_name(rows[i].result));
		check_text(row, outcome.error, rows[i].error);
		check_text(row, outcome.after, "e1000e");
		check(row, outcome.after_known);
		free(outcome.after);
		free(outcome.error);
	}
}

TEST(what_has)
{
	static const struct slot loaded = {}, missing = {.error = -ENOENT},
				 broken = {.error = -EKEYREJECTED}, useless = {.error = -ENXIO};
	static const struct {
		struct slot slot;
		const struct slot *module;
		enum result result;
		const char *after, *error;
	} rows[] = {
		{{.after_known = true, .after = "vfio-pci"},
		 &loaded,
		 RESULT_DONE,
		 "vfio-pci",
		 NULL},
		{{.after_known = true, .after = "e1000e"},
		 NULL,
		 RESULT_FAILED,
		 "e1000e",
		 "vfio-pci did not take it; the kernel log may say why"},
		{{.step = ACTION_UNBIND, .error = -EIO, .undo_error = -ENODEV, .after_known = true},
		 NULL,
		 RESULT_FAILED,
		 NULL,
		 "unbinding: Input/output error; and it could not be taken back: No such device"},
		{{.step = ACTION_PROBE, .end = BOUNDED_TIMEOUT, .elapsed_us = 9600000},
		 NULL,
		 RESULT_TIMEOUT,
		 NULL,
		 "probing did not return within 10 s"},
		{{.step = ACTION_SET_OVERRIDE, .end = BOUNDED_DIED},
		 NULL,
		 RESULT_FAILED,
		 NULL,
		 "the process died at writing driver_override"},
		{{.error = -ESTALE, .after_known = true, .after = "igb"},
		 NULL,
		 RESULT_FAILED,
		 "igb",
		 "its driver changed while the plan was made; it was left alone"},
		{{.end = BOUNDED_SKIPPED},
		 &loaded,
		 RESULT_SKIPPED,
		 "e1000e",
		 "left alone, as another device did not answer in time"},
		{{.end = BOUNDED_SKIPPED},
		 &missing,
		 RESULT_FAILED,
		 "e1000e",
		 "there is no module vfio_pci for this kernel"},
		{{.end = BOUNDED_SKIPPED},
		 &broken,
		 RESULT_FAILED,
		 "e1000e",
		 "module vfio_pci cannot be loaded: Key was rejected by service"},
		{{.end = BOUNDED_SKIPPED},
		 &useless,
		 RESULT_FAILED,
		 "e1000e",
		 "module vfio_pci is loaded but has no PCI driver vfio-pci"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *row = rows[i].error ? rows[i].error : "done";
		struct outcome outcome;

		outcome_begin(&device, &outcome);
		judge_device(&device, &rows[i].slot, rows[i].module, &outcome);
		check_text(row, result_name(outcome.result), result_name(rows[i].result));
		check_text(row, outcome.error, rows[i].error);
		check_text(row, outcome.after, rows[i].after);
		free(outcome.after);
		free(outcome.error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_actions),
		cmocka_unit_test(what_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
