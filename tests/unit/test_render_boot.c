/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/boot.h"

#include <jansson.h>

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

static const struct boot_phase early = {.phase = "early", .started_ms = 2149, .elapsed_ms = 310};

/* Each of these reads the memory from its text. */

static char *rendered(const char *before, const struct boot_phase *phase,
		      const struct outcomes *ended, const struct findings *found)
{
	struct boot *boot = boot_parse(before);
	char *after = render_boot(boot, phase, ended, found);

	boot_free(boot);
	return after;
}

static bool told(struct buf *story, const char *memory)
{
	struct boot *boot = boot_parse(memory);
	bool any = text_boot(story, boot);

	boot_free(boot);
	return any;
}

static void read_bindings(const char *memory, struct bindings *ret)
{
	struct boot *boot = boot_parse(memory);

	boot_bindings(boot, ret);
	boot_free(boot);
}

static size_t n_phases(const char *memory)
{
	json_t *report = json_loads(memory, JSON_REJECT_DUPLICATES, NULL);
	size_t n = json_array_size(json_object_get(report, "phases"));

	assert_non_null(report);
	assert_int_equal(json_integer_value(json_object_get(report, "version")), 1);
	json_decref(report);
	return n;
}

TEST(a_phase_is_kept_whole)
{
	_cleanup_free_ char *memory = rendered(NULL, &early, &outcomes, &findings);
	json_t *report = json_loads(memory, 0, NULL);
	json_t *phase = json_array_get(json_object_get(report, "phases"), 0);
	json_t *outcome = json_array_get(json_object_get(phase, "outcomes"), 1);

	assert_int_equal(n_phases(memory), 1);
	assert_string_equal(json_string_value(json_object_get(phase, "phase")), "early");
	assert_int_equal(json_integer_value(json_object_get(phase, "started_ms")), 2149);
	assert_int_equal(json_integer_value(json_object_get(phase, "elapsed_ms")), 310);
	assert_true(json_is_null(json_object_get(phase, "off")));
	assert_int_equal(json_array_size(json_object_get(phase, "findings")), 1);
	assert_string_equal(json_string_value(json_object_get(outcome, "address")), "0000:02:00.0");
	assert_string_equal(json_string_value(json_object_get(outcome, "result")), "timeout");
	json_decref(report);
}

TEST(phases_come_one_after_another)
{
	struct boot_phase system = {.phase = "system",
				    .off = "vfio_prepare.enable=0",
				    .started_ms = 65000};
	_cleanup_free_ char *first = rendered(NULL, &early, &outcomes, &findings);
	_cleanup_free_ char *both = rendered(first, &system, &(struct outcomes){},
					     &(struct findings){});
	struct buf story = {};

	assert_int_equal(n_phases(both), 2);
	assert_true(told(&story, both));
	check_text(
		"story", buf_text(&story),
		"  early phase, 2.1 s after the kernel's start, took 310 ms\n"
		"    0000:01:00.0 [gpu] done, on vfio-pci\n"
		"    0000:02:00.0 [gpu] timeout, on no driver: unbinding did not return within 10 s\n"
		"  system phase, 65.0 s after the kernel's start, took 0 ms: turned off by "
		"vfio_prepare.enable=0\n");
	buf_done(&story);
}

TEST(what_is_no_memory_starts_anew)
{
	static const char *const texts[] = {
		"", "{", "[]", "{\"phases\":3}", "{\"version\":1}", "\xff\xfe"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *memory = rendered(texts[i], &early, &outcomes, &findings);
		struct buf story = {};

		check_int(texts[i], n_phases(memory), 1);
		check(texts[i], !told(&story, texts[i]));
		check_text(texts[i], buf_text(&story), "");
		buf_done(&story);
	}
}

static void check_hanging(const char *memory, const char *expected)
{
	struct boot *boot = boot_parse(memory);
	struct inventory inventory = {};

	for (uint8_t bus = 1; bus <= 3; bus++)
		((struct pci_function *)vec_add(&inventory))->address.bus = bus;
	boot_hanging(boot, &inventory);
	boot_free(boot);
	assert_null(inventory.items[0].hangs);
	assert_null(inventory.items[2].hangs);
	if (expected)
		assert_string_equal(inventory.items[1].hangs, expected);
	else
		assert_null(inventory.items[1].hangs);
	inventory_done(&inventory);
}

/* What was not tried again hangs on; what was, and came to an end, does not. */
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
	struct boot_phase manual = {.phase = "manual"};
	_cleanup_free_ char *memory = rendered(NULL, &early, &outcomes, &findings);

	check_hanging(memory, "in phase early unbinding did not return within 10 s");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *later = NULL;

		outcomes.items[1].result = rows[i].result;
		later = rendered(memory, &manual, &outcomes, &findings);
		check_hanging(later, rows[i].hangs
					     ? "in phase early unbinding did not return within 10 s"
					     : NULL);
	}
	check_hanging("{\"phases\":[{\"outcomes\":[{\"result\":\"timeout\"},1]},2]}", NULL);
}

/* Whatever came later, unlike what hangs; what is no address is none. */
TEST(devices_that_were_given_up)
{
	struct boot *boot = boot_parse(
		"{\"phases\":[{\"outcomes\":["
		"{\"address\":\"0000:01:00.0\",\"result\":\"timeout\"},"
		"{\"address\":\"0000:02:00.0\",\"result\":\"failed\"},"
		"{\"address\":\"where\",\"result\":\"timeout\"},{\"result\":\"timeout\"},1]},"
		"{\"outcomes\":[{\"address\":\"0000:01:00.0\",\"result\":\"done\"},"
		"{\"address\":\"0000:03:00.0\",\"result\":\"timeout\"}]},2]}");
	struct pci_address_list list = {};

	boot_given_up(boot, &list);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.items[0].bus, 1);
	assert_int_equal(list.items[1].bus, 3);
	free(list.items);
	boot_free(boot);
}

/* A memory that something else wrote tells what it can, and nothing breaks. */
static void expect_failures(const char *phases, const char *place, unsigned want)
{
	_cleanup_free_ char *text = xasprintf("{\"version\":1,\"phases\":[%s]}", phases);
	struct boot *boot = boot_parse(text);
	struct pci_address at = address(place);

	check_int(phases, boot_failures(boot, &at), (int)want);
	boot_free(boot);
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

TEST(odd_phases_are_told_as_far_as_they_go)
{
	struct buf story = {};

	assert_true(
		told(&story,
		     "{\"phases\":[7,{\"phase\":\"early\",\"outcomes\":[null,{\"address\":1}]}]}"));
	check_text("story", buf_text(&story),
		   "   phase, 0.0 s after the kernel's start, took 0 ms\n"
		   "  early phase, 0.0 s after the kernel's start, took 0 ms\n"
		   "     [] , on no driver\n"
		   "     [] , on no driver\n");
	buf_done(&story);
}

TEST(the_oldest_phases_give_way)
{
	char *memory = NULL;
	json_t *report;

	for (unsigned i = 0; i < BOOT_MAX_PHASES + 3; i++) {
		struct boot_phase phase = {.phase = "system", .started_ms = i};
		char *next = rendered(memory, &phase, &(struct outcomes){}, &(struct findings){});

		free(memory);
		memory = next;
	}
	assert_int_equal(n_phases(memory), BOOT_MAX_PHASES);
	report = json_loads(memory, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(json_object_get(report, "phases"), 0),
				 "started_ms")),
			 3);
	json_decref(report);
	free(memory);
}

/* What a phase did counts on when the phase itself has given way. */
TEST(bindings_outlive_their_phase)
{
	char *memory = rendered(NULL, &early, &outcomes, &findings);
	struct bindings bindings = {};
	struct outcome released = {.address = {.bus = 3}, .result = RESULT_DONE};

	for (unsigned i = 0; i < BOOT_MAX_PHASES; i++) {
		char *next = rendered(memory, &(struct boot_phase){.phase = "system"},
				      &(struct outcomes){.items = &released, .n = i == 0},
				      &(struct findings){});

		free(memory);
		memory = next;
	}
	read_bindings(memory, &bindings);
	assert_int_equal(bindings.n, 1);
	assert_int_equal(bindings.items[0].address.bus, 1);
	check_text("section", bindings.items[0].section, "gpu");
	check_text("driver", bindings.items[0].driver, "vfio-pci");
	assert_int_equal(bindings.released.n, 1);
	assert_int_equal(bindings.released.items[0].bus, 3);
	bindings_done(&bindings);
	free(memory);
}

TEST(odd_bindings_are_none)
{
	static const char *const texts[] = {
		"",
		"{\"bound\":3}",
		"{\"released\":[3,\"x\"]}",
		"{\"bound\":[3,null]}",
		"{\"bound\":[{\"addresses\":[\"01:00.0\"]}]}",
		"{\"bound\":[{\"addresses\":\"01:00.0\",\"driver\":\"vfio-pci\"}]}",
		"{\"bound\":[{\"addresses\":[\"x\",7],\"driver\":\"vfio-pci\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct bindings bindings = {};

		read_bindings(texts[i], &bindings);
		check_int(texts[i], bindings.n, 0);
		check_int(texts[i], bindings.released.n, 0);
	}
	read_bindings(NULL, &(struct bindings){});
}

/* How long the outcomes of the last phase are, after binds by hand that went well, and one that did not. */
TEST(by_hand_only_what_is_not_bound_is_told)
{
	static const struct {
		const char *before; /* the phase with the timeout that is told first; NULL: none */
		const char *phase;
		enum result result;
		size_t n;
	} rows[] = {
		{NULL, "manual", RESULT_DONE, 0},      {NULL, "manual", RESULT_ALREADY, 0},
		{NULL, "manual", RESULT_FAILED, 1},    {NULL, "manual", RESULT_TIMEOUT, 1},
		{NULL, "manual", RESULT_REFUSED, 1},   {NULL, "release", RESULT_DONE, 0},
		{NULL, "release", RESULT_FAILED, 1},   {NULL, "system", RESULT_DONE, 1},
		{NULL, "hotplug", RESULT_DONE, 1},     {"early", "manual", RESULT_DONE, 1},
		{"manual", "release", RESULT_DONE, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("row %zu", i), *before = NULL, *after;
		struct boot_phase first = {.phase = rows[i].before};
		struct outcome ended = {.address = {.bus = 1},
					.section = "gpu",
					.want = "vfio-pci",
					.result = rows[i].result};
		struct bindings bindings = {};
		json_t *report, *phases;

		if (rows[i].before)
			before = rendered(NULL, &first, &outcomes, &findings);
		after = rendered(before, &(struct boot_phase){.phase = rows[i].phase},
				 &(struct outcomes){.items = &ended, .n = 1}, &(struct findings){});
		report = json_loads(after, 0, NULL);
		phases = json_object_get(report, "phases");
		check_int(what, json_array_size(phases), rows[i].before ? 2 : 1);
		check_int(what,
			  json_array_size(json_object_get(
				  json_array_get(phases, json_array_size(phases) - 1), "outcomes")),
			  rows[i].n);
		check_int(what,
			  json_integer_value(json_object_get(
				  json_array_get(phases, json_array_size(phases) - 1), "left_out")),
			  1 - (int)rows[i].n);
		read_bindings(after, &bindings);
		check_int(what, bindings_find(&bindings, &ended.address) != NULL,
			  rows[i].before || rows[i].result == RESULT_DONE ||
				  rows[i].result == RESULT_ALREADY);
		bindings_done(&bindings);
		json_decref(report);
	}
}

/* What stands together with one section and driver is written once; all come back. */
TEST(bindings_by_section)
{
	static const struct {
		uint8_t bus;
		const char *section, *driver;
	} rows[] = {{1, "gpu", "vfio-pci"},
		    {2, "gpu", "vfio-pci"},
		    {3, "nic", "vfio-pci"},
		    {4, "nic", "mlx5_vfio_pci"},
		    {5, "gpu", "vfio-pci"}};
	struct outcomes done = {};
	struct bindings bindings = {};
	_cleanup_free_ char *memory = NULL;
	json_t *report;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		*vec_add(&done) = (struct outcome){.address = {.bus = rows[i].bus},
						   .section = rows[i].section,
						   .want = rows[i].driver,
						   .result = RESULT_DONE};
	memory = rendered(NULL, &early, &done, &(struct findings){});
	report = json_loads(memory, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(report, "bound")), 4);
	json_decref(report);
	read_bindings(memory, &bindings);
	assert_int_equal(bindings.n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(bindings.items[i].address.bus, rows[i].bus);
		check_text("section", bindings.items[i].section, rows[i].section);
		check_text("driver", bindings.items[i].driver, rows[i].driver);
	}
	bindings_done(&bindings);
	free(done.items);
}

/* However often something is plugged in, how the boot went is still told. */
TEST(hotplug_gives_way_first)
{
	char *memory = NULL;
	struct buf story = {};

	for (unsigned i = 0; i < BOOT_MAX_PHASES + 3; i++) {
		struct boot_phase phase = {.phase = i ? "hotplug" : "early",
					   .started_ms = i * 1000};
		char *next = rendered(memory, &phase, &(struct outcomes){}, &(struct findings){});

		free(memory);
		memory = next;
	}
	assert_int_equal(n_phases(memory), BOOT_MAX_PHASES);
	told(&story, memory);
	assert_non_null(strstr(buf_text(&story), "early phase, 0.0 s"));
	assert_non_null(strstr(buf_text(&story), "hotplug phase, 4.0 s"));
	assert_null(strstr(buf_text(&story), "hotplug phase, 3.0 s"));
	buf_done(&story);
	free(memory);
}

int main(void)
{
#define BOOT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		BOOT_TEST(a_phase_is_kept_whole),
		BOOT_TEST(phases_come_one_after_another),
		BOOT_TEST(what_is_no_memory_starts_anew),
		BOOT_TEST(who_hangs),
		BOOT_TEST(devices_that_were_given_up),
		BOOT_TEST(what_hotplug_tried_in_vain),
		BOOT_TEST(odd_phases_are_told_as_far_as_they_go),
		BOOT_TEST(the_oldest_phases_give_way),
		BOOT_TEST(bindings_outlive_their_phase),
		BOOT_TEST(odd_bindings_are_none),
		BOOT_TEST(bindings_by_section),
		BOOT_TEST(by_hand_only_what_is_not_bound_is_told),
		BOOT_TEST(hotplug_gives_way_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
