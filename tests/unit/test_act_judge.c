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
		/* Until act/sriov.h has had its turn. */
		{DEVICE_VFS, RESULT_SKIPPED, NULL},
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

static void expect(const char *row, const struct planned_device *planned, const struct slot *slot,
		   const struct slot *module, enum result result, const char *after,
		   const char *error)
{
	struct outcome outcome;

	outcome_begin(planned, &outcome);
	judge_device(planned, slot, module, &outcome);
	check_text(row, result_name(outcome.result), result_name(result));
	check_text(row, outcome.error, error);
	check_text(row, outcome.after, after);
	free(outcome.after);
	free(outcome.error);
}

TEST(what_has)
{
	static const struct slot missing = {.error = -ENOENT}, broken = {.error = -EKEYREJECTED},
				 useless = {.error = -ENXIO}, late = {.error = -ETIMEDOUT};
	static const struct {
		struct slot slot;
		const struct slot *module;
		enum result result;
		const char *after, *error;
	} rows[] = {
		{{.after_known = true, .after = "vfio-pci", .right = true},
		 NULL,
		 RESULT_DONE,
		 "vfio-pci",
		 NULL},
		/* How it got there does not matter. */
		{{.error = -EIO,
		  .undo_error = -EIO,
		  .after_known = true,
		  .after = "vfio-pci",
		  .right = true},
		 NULL,
		 RESULT_DONE,
		 "vfio-pci",
		 NULL},
		{{.step = ACTION_PROBE, .after_known = true, .after = "e1000e"},
		 NULL,
		 RESULT_FAILED,
		 "e1000e",
		 "vfio-pci did not take it; the kernel log may say why"},
		{{.step = ACTION_PROBE, .error = -EINVAL, .after_known = true, .after = "e1000e"},
		 NULL,
		 RESULT_FAILED,
		 "e1000e",
		 "probing: Invalid argument"},
		{{.step = ACTION_UNBIND,
		  .error = SLOT_IGNORED,
		  .undo_error = -ENODEV,
		  .after_known = true,
		  .override_known = true,
		  .override = "vfio-pci"},
		 NULL,
		 RESULT_FAILED,
		 NULL,
		 "unbinding: the kernel took it and did nothing; and it could not be taken back: "
		 "No such device; its driver_override is vfio-pci"},
		{{.step = ACTION_PROBE, .end = BOUNDED_TIMEOUT, .elapsed_ms = 9600},
		 NULL,
		 RESULT_TIMEOUT,
		 NULL,
		 "probing did not return within 10 s"},
		{{.step = ACTION_PROBE,
		  .undoing = true,
		  .end = BOUNDED_TIMEOUT,
		  .elapsed_ms = 1000},
		 NULL,
		 RESULT_TIMEOUT,
		 NULL,
		 "taking back what was done did not return within 1 s"},
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
		 NULL,
		 RESULT_SKIPPED,
		 "e1000e",
		 "left alone, as another device did not answer in time"},
		{{.end = BOUNDED_LATE},
		 NULL,
		 RESULT_SKIPPED,
		 "e1000e",
		 "left alone, as the time for all devices was over before its turn"},
		{{.end = BOUNDED_LATE},
		 &late,
		 RESULT_SKIPPED,
		 "e1000e",
		 "left alone, as the time for all devices was over before its turn"},
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

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].error ? rows[i].error : "done", &device, &rows[i].slot,
		       rows[i].module, rows[i].result, rows[i].after, rows[i].error);
}

TEST(what_was_to_be_released)
{
	static char nouveau[] = "nouveau", nvidia[] = "nvidia", *names[] = {nouveau, nvidia};
	static const struct slot blacklisted = {.error = -ECANCELED}, useless = {.error = -ENXIO};
	static const struct {
		struct slot slot;
		const struct slot *module;
		bool natives_unknown;
		const char *after, *error;
	} rows[] = {
		{{.step = ACTION_PROBE, .after_known = true, .override_known = true},
		 NULL,
		 false,
		 NULL,
		 "no driver took it, though nouveau or nvidia could; the kernel log may say why; "
		 "its driver_override is not set"},
		{{.step = ACTION_PROBE, .error = -EBUSY, .after_known = true},
		 NULL,
		 false,
		 NULL,
		 "no driver took it, though nouveau or nvidia could; Device or resource busy"},
		{{.step = ACTION_PROBE, .after_known = true},
		 NULL,
		 true,
		 NULL,
		 "no driver took it, and which could is not known"},
		{{.step = ACTION_PROBE, .error = -EIO, .after_known = true, .after = "vfio-pci"},
		 NULL,
		 false,
		 "vfio-pci",
		 "vfio-pci took it again: its ids or new_id name it"},
		{{.step = ACTION_CLEAR_OVERRIDE,
		  .error = -EPERM,
		  .after_known = true,
		  .after = "vfio-pci",
		  .override_known = true,
		  .override = "vfio-pci"},
		 NULL,
		 false,
		 "vfio-pci",
		 "clearing driver_override: Operation not permitted; its driver_override is vfio-pci"},
		{{.end = BOUNDED_SKIPPED},
		 &blacklisted,
		 false,
		 "vfio-pci",
		 "its own driver's module nouveau or nvidia is blacklisted; modprobe loads it all the same"},
		{{.end = BOUNDED_SKIPPED},
		 &useless,
		 false,
		 "vfio-pci",
		 "module nouveau or nvidia cannot be loaded: No such device or address"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct planned_device planned = {.before = vfio_pci,
						       .before_known = true,
						       .natives = {names, 2, 2},
						       .natives_known = !rows[i].natives_unknown};

		expect(rows[i].error, &planned, &rows[i].slot, rows[i].module, RESULT_FAILED,
		       rows[i].after, rows[i].error);
	}
}

/* The driver of what was not begun is as unknown as it was. */
TEST(what_was_not_begun)
{
	const struct slot skipped = {.end = BOUNDED_SKIPPED, .after_known = true};
	const struct planned_device unread = {.want = vfio_pci};
	struct outcome outcome;

	outcome_begin(&unread, &outcome);
	judge_device(&unread, &skipped, NULL, &outcome);
	assert_false(outcome.after_known);
	assert_null(outcome.after);
	outcome_done(&outcome);

	outcome_begin(&device, &outcome);
	judge_not_started(&device, -EAGAIN, &outcome);
	check_text("result", result_name(outcome.result), "failed");
	check_text("error", outcome.error,
		   "no process can be started: Resource temporarily unavailable");
	check_text("after", outcome.after, "e1000e");
	assert_true(outcome.after_known);
	outcome_done(&outcome);
}

TEST(whether_the_end_settles_it)
{
	static const struct {
		enum bounded_end end;
		bool settled;
		enum result result;
	} rows[] = {{BOUNDED_DONE, false, RESULT_FAILED},
		    {BOUNDED_TIMEOUT, true, RESULT_TIMEOUT},
		    {BOUNDED_SKIPPED, true, RESULT_SKIPPED},
		    {BOUNDED_LATE, true, RESULT_SKIPPED},
		    {BOUNDED_DIED, true, RESULT_FAILED}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct slot slot = {.end = rows[i].end, .elapsed_ms = 7};
		const char *row = result_name(rows[i].result);
		struct outcome outcome;

		outcome_begin(&device, &outcome);
		check_int(row, judge_end(&device, &slot, &outcome), rows[i].settled);
		check_text(row, result_name(outcome.result), row);
		check_int(row, outcome.error != NULL, rows[i].settled);
		check_int(row, outcome.elapsed_ms, 7);
		outcome_done(&outcome);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_actions),        cmocka_unit_test(what_has),
		cmocka_unit_test(what_was_to_be_released),    cmocka_unit_test(what_was_not_begun),
		cmocka_unit_test(whether_the_end_settles_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
