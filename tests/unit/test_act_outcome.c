/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/outcome.h"
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
		{DEVICE_WAITING, RESULT_SKIPPED,
		 "waits until the host's disks and network are known"},
		{DEVICE_ABSENT, RESULT_SKIPPED, "not on this host"},
		/* Until act_vfs_make() has had its turn. */
		{DEVICE_VFS, RESULT_SKIPPED, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct planned_device planned = device;
		struct outcome outcome;
		const char *row = device_state_names[rows[i].state];

		planned.state = rows[i].state;
		outcome_begin(&planned, &outcome);
		check_text(row, result_names[outcome.result], result_names[rows[i].result]);
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
	struct findings findings = {};
	struct outcome outcome;

	outcome_begin(planned, &outcome);
	outcome_judge(planned, slot, module, &outcome, &findings);
	check_text(row, result_names[outcome.result], result_names[result]);
	check_text(row, outcome.error, error);
	check_text(row, outcome.after, after);
	free(outcome.after);
	free(outcome.error);
	assert_int_equal(findings.n, 0);
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
		 "vfio-pci did not bind to the device; the kernel log may say why"},
		{{.step = ACTION_PROBE, .error = -EINVAL, .after_known = true, .after = "e1000e"},
		 NULL,
		 RESULT_FAILED,
		 "e1000e",
		 "probing: Invalid argument"},
		{{.step = ACTION_UNBIND,
		  .error = COMPLAINT_NO_EFFECT,
		  .undo_error = -ENODEV,
		  .after_known = true,
		  .override_known = true,
		  .override = "vfio-pci"},
		 NULL,
		 RESULT_FAILED,
		 NULL,
		 "unbinding: the kernel accepted the write, but nothing changed; and the change could not be undone: "
		 "No such device; driver_override is vfio-pci"},
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
		 "undoing the change did not return within 1 s"},
		{{.step = ACTION_SET_OVERRIDE, .end = BOUNDED_DIED},
		 NULL,
		 RESULT_FAILED,
		 NULL,
		 "the process for the device died at writing driver_override"},
		{{.error = -ESTALE, .after_known = true, .after = "igb"},
		 NULL,
		 RESULT_FAILED,
		 "igb",
		 "the driver of the device changed while the plan was made; the device was left alone"},
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
		 "no driver took the device, although nouveau or nvidia can drive it; the kernel log may say why; "
		 "driver_override is not set"},
		{{.step = ACTION_PROBE, .error = -EBUSY, .after_known = true},
		 NULL,
		 false,
		 NULL,
		 "no driver took the device, although nouveau or nvidia can drive it; Device or resource busy"},
		{{.step = ACTION_PROBE, .after_known = true},
		 NULL,
		 true,
		 NULL,
		 "no driver took the device, and its native driver is not known"},
		{{.step = ACTION_PROBE, .error = -EIO, .after_known = true, .after = "vfio-pci"},
		 NULL,
		 false,
		 "vfio-pci",
		 "vfio-pci took the device again: its ids= or new_id names the device"},
		{{.step = ACTION_CLEAR_OVERRIDE,
		  .error = -EPERM,
		  .after_known = true,
		  .after = "vfio-pci",
		  .override_known = true,
		  .override = "vfio-pci"},
		 NULL,
		 false,
		 "vfio-pci",
		 "clearing driver_override: Operation not permitted; driver_override is vfio-pci"},
		{{.end = BOUNDED_SKIPPED},
		 &blacklisted,
		 false,
		 "vfio-pci",
		 "module nouveau or nvidia of the native driver is blacklisted; modprobe loads it if it is "
		 "named"},
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
	outcome_judge(&unread, &skipped, NULL, &outcome, &(struct findings){});
	assert_false(outcome.after_known);
	assert_null(outcome.after);
	outcome_done(&outcome);

	outcome_begin(&device, &outcome);
	outcome_not_started(-EAGAIN, &outcome);
	check_text("result", result_names[outcome.result], "failed");
	check_text("error", outcome.error,
		   "no process can be started: Resource temporarily unavailable");
	check_text("after", outcome.after, "e1000e");
	assert_true(outcome.after_known);
	outcome_done(&outcome);
}

/* What the boot leaves of a physical function is told with what could not be taken back. */
TEST(physical_functions)
{
	static char nvme[] = "nvme";
	static const struct planned_device physfn = {.state = DEVICE_VFS,
						     .section = "x",
						     .vfs = 2,
						     .want = nvme,
						     .before = nvme,
						     .before_known = true};
	static const struct {
		struct slot slot;
		enum result result;
		const char *error, *findings;
	} rows[] = {
		{{.right = true}, RESULT_DONE, NULL, ""},
		{{.error = -ESTALE},
		 RESULT_FAILED,
		 "the device changed while the plan was made; the device was left alone",
		 ""},
		{{.step = ACTION_SET_VFS, .begun = 1U << ACTION_SET_VFS, .end = BOUNDED_TIMEOUT},
		 RESULT_TIMEOUT,
		 "writing sriov_numvfs did not return within 0 s",
		 ""},
		{{.step = ACTION_SET_VFS, .begun = 1U << ACTION_AUTOPROBE, .end = BOUNDED_TIMEOUT},
		 RESULT_TIMEOUT,
		 "writing sriov_numvfs did not return within 0 s; sriov_drivers_autoprobe of the "
		 "device may be 0",
		 ""},
		{{.step = ACTION_AUTOPROBE, .error = COMPLAINT_NO_EFFECT, .vfs.number = 1},
		 RESULT_FAILED,
		 "writing sriov_drivers_autoprobe: the kernel accepted the write, but nothing changed; the "
		 "device has 1 virtual function, as before",
		 "vfs-missing 0000:00:00.0"},
		{{.step = ACTION_SET_VFS, .error = -ENOENT, .after = "nvme", .undo_error = -EIO},
		 RESULT_FAILED,
		 "driver nvme of the device makes no virtual functions; and the change could not be undone "
		 "(Input/output error): the device has 0 virtual functions, and "
		 "sriov_drivers_autoprobe is 0",
		 "vfs-driver 0000:00:00.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *row = rows[i].error ? rows[i].error : "done";
		struct findings findings = {};
		struct outcome outcome;

		outcome_begin(&physfn, &outcome);
		outcome_judge(&physfn, &rows[i].slot, NULL, &outcome, &findings);
		check_text(row, result_names[outcome.result], result_names[rows[i].result]);
		check_text(row, outcome.error, rows[i].error);
		check_int(row, outcome.vfs, rows[i].result == RESULT_DONE ? 2 : 0);
		check_findings(row, &findings, rows[i].findings);
		findings_done(&findings);
		outcome_done(&outcome);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_actions),     cmocka_unit_test(what_has),
		cmocka_unit_test(what_was_to_be_released), cmocka_unit_test(what_was_not_begun),
		cmocka_unit_test(physical_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
