/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/boot_log.h"
#include "parse/boot_log.h"

#include "support.h"

static struct outcomes outcomes;
static struct findings findings;

static int start(void **state _unused_)
{
	*vec_add(&outcomes) = (struct outcome){.address = {.bus = 1},
					       .section = "gpu",
					       .want = "vfio-pci",
					       .after = xstrdup("vfio-pci"),
					       .after_known = true,
					       .before_known = true,
					       .result = RESULT_DONE,
					       .elapsed_ms = 12};
	*vec_add(&outcomes) = (struct outcome){.address = {.bus = 2},
					       .section = "gpu",
					       .want = "vfio-pci",
					       .before = "nouveau",
					       .before_known = true,
					       .after_known = true,
					       .result = RESULT_TIMEOUT,
					       .error = xstrdup(
						       "unbinding did not return within 10 s")};
	finding_add(&findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT, "0000:03:00.0", "gone");
	return 0;
}

static int stop(void **state _unused_)
{
	outcomes_done(&outcomes);
	findings_done(&findings);
	return 0;
}

static const struct logged_phase early = {.phase = BOOT_PHASE_EARLY,
					  .started_ms = 2149,
					  .elapsed_ms = 310};

static const struct outcomes no_outcomes;
static const struct findings no_findings;

TEST(a_phase_is_added_whole)
{
	struct boot_log log = {};
	const struct logged_phase *phase;

	boot_log_add(&log, &early, &outcomes, &findings);
	assert_int_equal(log.n, 1);
	phase = &log.items[0];
	assert_int_equal(phase->phase, BOOT_PHASE_EARLY);
	assert_int_equal(phase->started_ms, 2149);
	assert_int_equal(phase->elapsed_ms, 310);
	assert_null(phase->off);
	assert_int_equal(phase->n_left_out, 0);
	assert_int_equal(phase->outcomes.n, 2);
	assert_int_equal(phase->outcomes.items[1].result, RESULT_TIMEOUT);
	check_text("before", phase->outcomes.items[1].before, "nouveau");
	assert_ptr_not_equal(phase->outcomes.items[0].after, outcomes.items[0].after);
	check_text("after", phase->outcomes.items[0].after, "vfio-pci");
	assert_int_equal(phase->findings.n, 1);
	check_text("check", phase->findings.items[0].check, "device-absent");
	check_text("severity", phase->findings.items[0].severity, "error");
	check_text("detail", phase->findings.items[0].detail, "gone");
	boot_log_done(&log);
}

static void check_hanging(const struct boot_log *log, bool hangs)
{
	struct inventory inventory = {};

	for (uint8_t bus = 1; bus <= 3; bus++)
		((struct pci_function *)vec_add(&inventory))->address.bus = bus;
	boot_log_find_hanging(log, &inventory);
	assert_null(inventory.items[0].hangs);
	assert_null(inventory.items[2].hangs);
	check_text("hangs", inventory.items[1].hangs,
		   hangs ? "in phase early unbinding did not return within 10 s" : NULL);
	inventory_done(&inventory);
}

/* A device that was not tried again hangs on; an attempt that ended says that it does not. */
TEST(who_hangs)
{
	static const struct {
		enum result result;
		bool hangs;
	} rows[] = {{RESULT_REFUSED, true},
		    {RESULT_SKIPPED, true},
		    {RESULT_ALREADY, true},
		    {RESULT_FAILED, false},
		    {RESULT_DONE, false}};
	const struct pci_address first = {.bus = 1}, second = {.bus = 2};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct boot_log log = {};

		outcomes.items[1].result = RESULT_TIMEOUT;
		boot_log_add(&log, &early, &outcomes, &findings);
		check_hanging(&log, true);
		outcomes.items[1].result = rows[i].result;
		boot_log_add(&log, &(struct logged_phase){.phase = BOOT_PHASE_MANUAL}, &outcomes,
			     &findings);
		check_hanging(&log, rows[i].hangs);
		assert_false(boot_log_has_given_up(&log, &first));
		assert_true(boot_log_has_given_up(&log, &second));
		boot_log_done(&log);
	}
}

/* A log that something else wrote tells what it can. */
static void expect_failures(const char *phases, const char *place, unsigned want)
{
	_cleanup_free_ char *text = xasprintf("{\"version\":1,\"phases\":[%s]}", phases);
	struct pci_address at = address(place);
	struct boot_log log;

	boot_log_parse(text, &log);
	check_int(phases, boot_log_hotplug_failures(&log, &at), (int)want);
	boot_log_done(&log);
}

#define PHASE(name, place, result)                                                              \
	"{\"phase\":\"" name "\",\"outcomes\":[{\"address\":\"" place "\",\"result\":\"" result \
	"\"}]}"

TEST(what_hotplug_tried_in_vain)
{
	static const char failed[] = PHASE("hotplug", "0000:01:00.0", "failed");
	_cleanup_free_ char *twice = xasprintf("%s,%s", failed, failed);
	_cleanup_free_ char *done = xasprintf("%s,%s", twice,
					      PHASE("hotplug", "0000:01:00.0", "done"));
	_cleanup_free_ char *by_hand = xasprintf("%s,%s,%s", twice,
						 "{\"phase\":\"manual\",\"outcomes\":[]}", failed);
	_cleanup_free_ char *others = xasprintf("%s,%s,%s",
						PHASE("system", "0000:01:00.0", "failed"),
						PHASE("hotplug", "0000:02:00.0", "done"), twice);

	expect_failures("", "01:00.0", 0);
	expect_failures(failed, "01:00.0", 1);
	expect_failures(twice, "01:00.0", 2);
	expect_failures(twice, "02:00.0", 0);
	expect_failures(done, "01:00.0", 0);
	expect_failures(by_hand, "01:00.0", 1);
	expect_failures(others, "01:00.0", 2);
	expect_failures("{\"phase\":\"hotplug\",\"outcomes\":[7,{\"address\":8}]},9", "01:00.0", 0);
}

static void add_phase(struct boot_log *log, enum boot_phase phase, unsigned started_ms)
{
	boot_log_add(log, &(struct logged_phase){.phase = phase, .started_ms = started_ms},
		     &no_outcomes, &no_findings);
}

TEST(the_oldest_phases_give_way)
{
	struct boot_log log = {};

	for (unsigned i = 0; i < BOOT_LOG_MAX_PHASES + 3; i++)
		add_phase(&log, BOOT_PHASE_SYSTEM, i);
	assert_int_equal(log.n, BOOT_LOG_MAX_PHASES);
	assert_int_equal(log.items[0].started_ms, 3);
	boot_log_done(&log);
}

static void update(struct boot_log *log, unsigned bus, const char *want, enum result result)
{
	struct outcome outcome = {.address = {.bus = (uint8_t)bus},
				  .section = want ? "x" : NULL,
				  .want = want,
				  .result = result};

	boot_log_add(log, &(struct logged_phase){.phase = BOOT_PHASE_SYSTEM},
		     &(struct outcomes){.items = &outcome, .n = 1}, &no_findings);
}

static void expect_bound(const struct boot_log *log, const char *want)
{
	struct buf text = {};

	vec_foreach(binding, &log->bindings)
		buf_addf(&text, "%s [%s] %s; ", PCI_ADDRESS_TEXT(&binding->address),
			 binding->section, binding->driver);
	check_text("bindings", buf_text(&text), want);
	buf_done(&text);
}

TEST(outcomes_bind_and_release)
{
	struct boot_log log = {};
	const struct pci_address one = {.bus = 1}, two = {.bus = 2};

	update(&log, 1, "vfio-pci", RESULT_FAILED);
	update(&log, 2, "vfio-pci", RESULT_TIMEOUT);
	update(&log, 3, "vfio-pci", RESULT_REFUSED);
	update(&log, 4, "vfio-pci", RESULT_SKIPPED);
	expect_bound(&log, "");
	update(&log, 1, "vfio-pci", RESULT_DONE);
	update(&log, 2, "pci-stub", RESULT_ALREADY);
	expect_bound(&log, "0000:01:00.0 [x] vfio-pci; 0000:02:00.0 [x] pci-stub; ");
	update(&log, 1, NULL, RESULT_FAILED);
	update(&log, 2, NULL, RESULT_DONE);
	expect_bound(&log, "0000:01:00.0 [x] vfio-pci; ");
	update(&log, 1, NULL, RESULT_ALREADY);
	expect_bound(&log, "");
	assert_true(bindings_has_released(&log.bindings, &one));
	update(&log, 1, NULL, RESULT_DONE);
	assert_int_equal(log.bindings.released.n, 2);
	/* It was never bound. */
	update(&log, 3, NULL, RESULT_ALREADY);
	assert_int_equal(log.bindings.released.n, 2);
	update(&log, 1, "vfio-pci", RESULT_DONE);
	assert_false(bindings_has_released(&log.bindings, &one));
	assert_true(bindings_has_released(&log.bindings, &two));
	/* Bindings outlive the phases that they come from. */
	for (unsigned i = 0; i < BOOT_LOG_MAX_PHASES; i++)
		add_phase(&log, BOOT_PHASE_SYSTEM, 0);
	expect_bound(&log, "0000:01:00.0 [x] vfio-pci; ");
	boot_log_done(&log);
}

/* A physical function is not bound by having virtual ones. */
TEST(a_function_with_virtual_ones_is_not_bound)
{
	struct boot_log log = {};
	struct outcome outcome = {.want = "nvme", .vfs = 2, .result = RESULT_DONE};
	const struct outcomes one = {.items = &outcome, .n = 1};

	boot_log_add(&log, &early, &one, &no_findings);
	expect_bound(&log, "");
	assert_true(boot_log_is_news(&log, &one));
	outcome.result = RESULT_ALREADY;
	assert_false(boot_log_is_news(&log, &one));
	boot_log_done(&log);
}

TEST(news)
{
	static const struct {
		const char *want;
		enum result result;
		unsigned bus;
		bool news;
	} rows[] = {
		{"vfio-pci", RESULT_ALREADY, 1, false}, {"vfio-pci", RESULT_ALREADY, 2, true},
		{"pci-stub", RESULT_ALREADY, 1, true},  {"vfio-pci", RESULT_DONE, 1, true},
		{"vfio-pci", RESULT_FAILED, 1, true},   {"vfio-pci", RESULT_TIMEOUT, 1, true},
		{"vfio-pci", RESULT_REFUSED, 2, false}, {"vfio-pci", RESULT_SKIPPED, 2, false},
		{NULL, RESULT_ALREADY, 1, true},        {NULL, RESULT_ALREADY, 2, false},
	};
	struct boot_log log = {};

	update(&log, 1, "vfio-pci", RESULT_DONE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *row = xasprintf("row %zu", i);
		struct outcome outcome = {.address = {.bus = (uint8_t)rows[i].bus},
					  .want = rows[i].want,
					  .result = rows[i].result};

		check_int(row,
			  boot_log_is_news(&log, &(struct outcomes){.items = &outcome, .n = 1}),
			  rows[i].news);
	}
	boot_log_done(&log);
}

/* The outcomes that a run by hand leaves in the log, after a phase with a timeout or without any. */
TEST(by_hand_only_what_is_not_bound_is_told)
{
	static const struct {
		enum boot_phase before; /* BOOT_PHASE_UNKNOWN: none */
		enum boot_phase phase;
		enum result result;
		size_t n;
	} rows[] = {
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_MANUAL, RESULT_DONE, 0},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_MANUAL, RESULT_ALREADY, 0},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_MANUAL, RESULT_FAILED, 1},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_MANUAL, RESULT_TIMEOUT, 1},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_MANUAL, RESULT_REFUSED, 1},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_RELEASE, RESULT_DONE, 0},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_RELEASE, RESULT_FAILED, 1},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_SYSTEM, RESULT_DONE, 1},
		{BOOT_PHASE_UNKNOWN, BOOT_PHASE_HOTPLUG, RESULT_DONE, 1},
		{BOOT_PHASE_EARLY, BOOT_PHASE_MANUAL, RESULT_DONE, 1},
		{BOOT_PHASE_MANUAL, BOOT_PHASE_RELEASE, RESULT_DONE, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("row %zu", i);
		struct outcome ended = {.address = {.bus = 1},
					.section = "gpu",
					.want = "vfio-pci",
					.result = rows[i].result};
		bool follows = rows[i].before != BOOT_PHASE_UNKNOWN;
		struct boot_log log = {};
		const struct logged_phase *last;

		if (follows)
			boot_log_add(&log, &(struct logged_phase){.phase = rows[i].before},
				     &outcomes, &findings);
		boot_log_add(&log, &(struct logged_phase){.phase = rows[i].phase},
			     &(struct outcomes){.items = &ended, .n = 1}, &no_findings);
		check_int(what, log.n, follows ? 2 : 1);
		last = &log.items[log.n - 1];
		check_int(what, last->outcomes.n, rows[i].n);
		check_int(what, last->n_left_out, 1 - (int)rows[i].n);
		check_int(what, bindings_find(&log.bindings, &ended.address) != NULL,
			  follows || rows[i].result == RESULT_DONE ||
				  rows[i].result == RESULT_ALREADY);
		boot_log_done(&log);
	}
}

/* However often a device is plugged in, the log tells how the boot went. */
TEST(hotplug_gives_way_first)
{
	struct boot_log log = {};

	for (unsigned i = 0; i < BOOT_LOG_MAX_PHASES + 3; i++)
		add_phase(&log, i ? BOOT_PHASE_HOTPLUG : BOOT_PHASE_EARLY, i);
	assert_int_equal(log.n, BOOT_LOG_MAX_PHASES);
	assert_int_equal(log.items[0].phase, BOOT_PHASE_EARLY);
	assert_int_equal(log.items[1].started_ms, 4);
	/* The last phase stays, whatever it is. */
	for (size_t n = BOOT_LOG_MAX_PHASES - 1; n > 0; n--) {
		assert_true(boot_log_make_room(&log));
		assert_int_equal(log.n, n);
	}
	assert_false(boot_log_make_room(&log));
	assert_int_equal(log.items[0].started_ms, BOOT_LOG_MAX_PHASES + 2);
	boot_log_done(&log);
}

TEST(whether_a_restart_is_enough)
{
	struct restart_reasons reasons = {};

	assert_false(restart_reasons_suffice(&reasons));
	restart_reasons_add(&reasons, REASON_ARGUMENT, "iommu=pt");
	assert_true(restart_reasons_suffice(&reasons));
	restart_reasons_add(&reasons, REASON_COMMAND, "update-grub");
	assert_false(restart_reasons_suffice(&reasons));
	restart_reasons_done(&reasons);
}

TEST(devices_that_are_bound_need_no_restart)
{
	static const enum result results[] = {RESULT_DONE, RESULT_ALREADY, RESULT_FAILED};
	struct outcome items[ARRAY_SIZE(results)] = {};
	const struct outcomes ended = {.items = items, .n = ARRAY_SIZE(results)};
	struct restart_reasons reasons = {};

	restart_reasons_add(&reasons, REASON_ARGUMENT, "a");
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		items[i].address.bus = (uint8_t)(i + 1);
		items[i].result = results[i];
		restart_reasons_add_device(&reasons, &items[i].address);
	}
	assert_true(restart_reasons_forget_bound(&reasons, &ended));
	assert_int_equal(reasons.n, 2);
	check_text("first", reasons.items[0].text, "argument a");
	check_text("second", reasons.items[1].text, "device 0000:03:00.0");
	assert_false(restart_reasons_forget_bound(&reasons, &ended));
	restart_reasons_done(&reasons);
}

int main(void)
{
#define BOOT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		BOOT_TEST(a_phase_is_added_whole),
		BOOT_TEST(who_hangs),
		BOOT_TEST(what_hotplug_tried_in_vain),
		BOOT_TEST(the_oldest_phases_give_way),
		BOOT_TEST(outcomes_bind_and_release),
		BOOT_TEST(a_function_with_virtual_ones_is_not_bound),
		BOOT_TEST(news),
		BOOT_TEST(by_hand_only_what_is_not_bound_is_told),
		BOOT_TEST(hotplug_gives_way_first),
		BOOT_TEST(whether_a_restart_is_enough),
		BOOT_TEST(devices_that_are_bound_need_no_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
