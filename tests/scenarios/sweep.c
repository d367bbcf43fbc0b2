/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command is run once undisturbed, to learn its writes, and then once for each write and each
 * way in which it can go wrong, on a fresh tree. What came of it is listed, and whatever that is,
 * these must hold:
 *
 *   - what the report says of a device is what the tree has;
 *   - "done" is said of devices on their driver with the override set, and of no others;
 *   - status 0 goes with "done" for all of them and no error found, and nothing else does;
 *   - a device that the kernel answered for, and that had a driver, has one;
 *   - one that failed has its old override again;
 *   - of a release: "done" is said of devices with another driver and no override, and of no others;
 *     one that keeps its driver keeps its override;
 *   - of a physical function that is to have virtual ones: "done" is said of one that has them, and of no
 *     others; one that failed has as many as before, with autoprobe as before, and no override in any case;
 *   - no other function is different, but for virtual ones where the physical one is not "done";
 *   - the same command without a fault then brings all of them to their drivers.
 *
 * sweep-undo has two writes go wrong: one, and then each of those that take the bind back. Then a device
 * may be left without its driver or its override, but what is said of it must be true all the same.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fake/kernel.h"
#include "model/boot_log.h"
#include "scenarios/scenario.h"

static const char *const kinds[] = {"EIO", "hang", "lie", "late", "short"};
/* For two at a time, those that differ most in what they leave behind. */
static const char *const first_kinds[] = {"EIO", "lie", "late"};
static const char *const second_kinds[] = {"EIO", "hang", "lie"};

struct trial {
	struct scenario *scenario;
	const char *name; /* "2 hang", "2 EIO, 3 lie" */
	bool undo;        /* the second fault is in what takes the first one back */
	const struct strv *before,
		*good;    /* the tree, and what it is like after a run without a fault */
	struct buf *list; /* a line for each trial */
};

static _printf_(3, 4) void require(struct trial *trial, bool holds, const char *what, ...)
{
	va_list arguments;

	if (holds)
		return;
	fprintf(stderr, "%s: fault %s: ", trial->scenario->script.path, trial->name);
	va_start(arguments, what);
	vfprintf(stderr, what, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	trial->scenario->broken = true;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "none";
}

static bool one_of(const char *text, const char *a, const char *b)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void judge_release(struct trial *trial, const char *address, bool good, const char *driver,
			  const char *override, const char *old_driver, const char *old_override)
{
	bool released = strcmp(override, "none") == 0 && strcmp(driver, old_driver) != 0 &&
			strcmp(driver, "none") != 0;

	require(trial, good == released, "%s is %sreleased, and on %s with the override %s",
		address, good ? "" : "not ", driver, override);
	if (trial->undo || good)
		return;
	require(trial, strcmp(driver, "none") != 0, "%s is left without a driver", address);
	require(trial, strcmp(driver, old_driver) != 0 || strcmp(override, old_override) == 0,
		"%s is left on %s with the override %s", address, driver, override);
}

/* ", virtual functions 2, autoprobe 0" of a line of the state */
static const char *virtual_part(const char *state)
{
	const char *part = strstr(state, ", virtual functions");

	return part ? part : "";
}

/* A virtual function that was there, and gave way to a new one of the same address. */
static bool is_new(const struct trial *trial, const char *before)
{
	const char *of = strstr(before, ", of ");

	return of && strcmp(virtual_part(state_of(trial->before, of + strlen(", of "))),
			    virtual_part(state_of(trial->good, of + strlen(", of ")))) != 0;
}

static void judge_physical(struct trial *trial, const char *address, bool good)
{
	const char *before = virtual_part(state_of(trial->before, address)),
		   *right = virtual_part(state_of(trial->good, address));
	_cleanup_free_ char *override = tree_override(trial->scenario->tree, address),
			    *now = tree_virtual(trial->scenario->tree, address);
	/* That autoprobe is left off is a finding. */
	size_t number = strlen(", virtual functions ");

	while (isdigit((unsigned char)right[number]))
		number++;
	require(trial, good == (strncmp(now, right, number) == 0) || (trial->undo && !good),
		"%s is %sdone, and has%s", address, good ? "" : "not ", now);
	require(trial, strcmp(override, "none") == 0, "%s has the override %s", address, override);
	require(trial, good || trial->undo || strcmp(now, before) == 0, "%s is left with%s",
		address, now);
	if (!good || strcmp(now, right) != 0)
		buf_addf(trial->list, "%s", now);
}

static void judge_device(struct trial *trial, const json_t *outcome)
{
	const char *address = text_of(outcome, "address"), *result = text_of(outcome, "result");
	const char *want = text_of(outcome, "want"), *after = text_of(outcome, "after");
	_cleanup_free_ char *driver = tree_driver(trial->scenario->tree, address);
	_cleanup_free_ char *override = tree_override(trial->scenario->tree, address);
	const char *before = state_of(trial->before, address);
	char old_driver[64] = "none", old_override[64] = "none";
	bool physical = *virtual_part(state_of(trial->good, address));
	bool unanswered = strcmp(result, "timeout") == 0, good = one_of(result, "done", "already");

	if (!is_new(trial, before))
		sscanf(before, "driver %63[^,], override %63[^,]", old_driver, old_override);
	buf_addf(trial->list, "; %s %s, on %s", address, result, driver);
	if (!physical && strcmp(override, good ? want : old_override) != 0)
		buf_addf(trial->list, " (override %s)", override);

	require(trial, strcmp(text_of(outcome, "before"), old_driver) == 0, "%s was not on %s",
		address, text_of(outcome, "before"));
	require(trial, strcmp(after, driver) == 0 || (unanswered && strcmp(after, "none") == 0),
		"%s is on %s, not on %s", address, driver, after);
	if (unanswered)
		return;
	if (json_is_null(json_object_get(outcome, "want"))) {
		judge_release(trial, address, good, driver, override, old_driver, old_override);
		return;
	}
	if (physical) {
		judge_physical(trial, address, good);
		return;
	}
	require(trial, good == (strcmp(driver, want) == 0), "%s is %s and on %s", address, result,
		driver);
	if (trial->undo && !good)
		return;
	require(trial, strcmp(override, good ? want : old_override) == 0,
		"%s is left with the override %s", address, override);
	require(trial, strcmp(old_driver, "none") == 0 || strcmp(driver, "none") != 0,
		"%s is left without a driver", address);
}

/* Is the line about a virtual function of the outcome's device, which is not what it should be? */
static bool is_virtual_of(const char *line, const json_t *outcome)
{
	_cleanup_free_ char *of = xasprintf(", of %s", text_of(outcome, "address"));

	return strstr(line, of) && strcmp(text_of(outcome, "result"), "done") != 0;
}

/* What is different, but for the devices of the report, modules and the memory of it. */
static void judge_others(struct trial *trial, const json_t *outcomes)
{
	struct strv after = {}, lines = {};
	struct buf changes = {};

	state_read(trial->scenario->tree, &after);
	state_compare(trial->before, &after, &changes);
	strv_split(&lines, buf_text(&changes), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		bool told = starts_with(lines.items[i], "modules loaded:") ||
			    starts_with(lines.items[i], BOOT_LOG_PATH);
		const json_t *outcome;
		size_t index;

		json_array_foreach(outcomes, index, outcome)
			told = told || starts_with(lines.items[i], text_of(outcome, "address")) ||
			       is_virtual_of(lines.items[i], outcome);
		require(trial, told, "%s", lines.items[i]);
	}
	buf_done(&changes);
	strv_done(&lines);
	strv_done(&after);
}

static void judge(struct trial *trial, const struct product_run *run)
{
	json_error_t error;
	json_t *report = json_loads(buf_text(&run->out), 0, &error);
	const json_t *outcomes = json_object_get(report, "outcomes"), *outcome, *finding;
	bool all_good = true;
	size_t index;

	buf_addf(trial->list, "%s: status %d", trial->name, run->status);
	require(trial, report, "the report is no JSON: %s", error.text);
	require(trial, !run->err.length, "%s", buf_text(&run->err));
	json_array_foreach(outcomes, index, outcome)
	{
		judge_device(trial, outcome);
		all_good = all_good && one_of(text_of(outcome, "result"), "done", "already");
	}
	buf_add(trial->list, "\n");
	judge_others(trial, outcomes);
	json_array_foreach(json_object_get(report, "findings"), index, finding)
		all_good = all_good && strcmp(text_of(finding, "severity"), "error") != 0;
	require(trial, all_good == (run->status == 0), "status %d", run->status);
	json_decref(report);
}

static void judge_again(struct trial *trial, const char *arguments)
{
	struct product_run again = {.arguments = arguments};

	scenario_product(trial->scenario, &again);
	require(trial, again.status == 0, "again, without a fault, it ends with status %d: %s%s",
		again.status, buf_text(&again.out), buf_text(&again.err));
	product_run_done(&again);
}

/* Runs it on a fresh tree with these faults, "2 EIO, 3 lie". */
static void run_with(struct scenario *scenario, const struct statement *statement,
		     const char *faults, struct product_run *run)
{
	struct strv parts = {};

	scenario_build(scenario, statement);
	strv_split(&parts, faults, ",");
	for (size_t i = 0; i < parts.n; i++)
		buf_addf(&scenario->faults, "%s\n", parts.items[i] + strspn(parts.items[i], " "));
	strv_done(&parts);
	scenario_product(scenario, run);
}

static void try(struct scenario *scenario, const struct statement *statement, const char *arguments,
		const char *faults, const struct strv *good, struct buf *list)
{
	struct product_run run = {.arguments = arguments};
	struct strv before = {};
	struct trial trial = {scenario, faults, strchr(faults, ','), &before, good, list};

	scenario_build(scenario, statement);
	state_read(scenario->tree, &before);
	run_with(scenario, statement, faults, &run);
	judge(&trial, &run);
	judge_again(&trial, arguments);
	product_run_done(&run);
	strv_done(&before);
}

static void read_log(const struct scenario *scenario, struct strv *ret)
{
	_cleanup_free_ char *log = tree_text(scenario->tree, FAKE "/log");

	strv_split(ret, log, "\n");
}

/* After this fault, each write from the first on that is not made without it goes wrong, too. */
static void try_undo(struct scenario *scenario, const struct statement *statement,
		     const char *arguments, const char *fault, const struct strv *writes,
		     const struct strv *good, struct buf *list)
{
	struct product_run run = {.arguments = arguments};
	struct strv log = {};
	size_t first;

	run_with(scenario, statement, fault, &run);
	read_log(scenario, &log);
	first = strtoul(fault, NULL, 10);
	while (first < log.n && first < writes->n &&
	       strcmp(log.items[first], writes->items[first]) == 0)
		first++;
	for (size_t i = first; i < log.n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(second_kinds); j++) {
			_cleanup_free_ char *faults = xasprintf("%s, %zu %s", fault, i + 1,
								second_kinds[j]);

			try(scenario, statement, arguments, faults, good, list);
		}
	strv_done(&log);
	product_run_done(&run);
}

void sweep(struct scenario *scenario, const struct statement *statement)
{
	bool undo = strcmp(statement->words.items[0], "sweep-undo") == 0;
	size_t n_kinds = undo ? ARRAY_SIZE(first_kinds) : ARRAY_SIZE(kinds);
	_cleanup_free_ char *arguments = xasprintf("%s --format json", statement->rest),
			    *log = NULL;
	struct product_run run = {.arguments = arguments};
	struct buf list = {};
	struct strv writes = {}, good = {};

	run_with(scenario, statement, "", &run);
	state_read(scenario->tree, &good);
	log = tree_text(scenario->tree, FAKE "/log");
	read_log(scenario, &writes);
	for (size_t i = 0; i < writes.n; i++)
		for (size_t j = 0; j < n_kinds; j++) {
			const char *kind = undo ? first_kinds[j] : kinds[j];
			_cleanup_free_ char *fault = xasprintf("%zu %s", i + 1, kind);

			if (strcmp(kind, "short") == 0 && strncmp(writes.items[i], "load ", 5) == 0)
				continue;
			if (undo)
				try_undo(scenario, statement, arguments, fault, &writes, &good,
					 &list);
			else
				try(scenario, statement, arguments, fault, &good, &list);
		}
	buf_addf(&scenario->actual, "status %d\n", run.status);
	scenario_expect(scenario, "writes", log);
	scenario_expect(scenario, "faults", buf_text(&list));

	buf_done(&list);
	strv_done(&good);
	strv_done(&writes);
	product_run_done(&run);
}
