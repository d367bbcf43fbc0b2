/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command is run once undisturbed, and then once for each system call that it makes from the moment
 * it has locked the configuration, on a fresh tree, and is killed at that call. Whenever it is:
 *
 *   - each file is as it was, or as the undisturbed run leaves it;
 *   - the same command then brings all of them there, and leaves nothing else behind.
 *
 * Which files are new at which moment is listed, each such moment once.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/scenario.h"

/* What is not judged: what programs said, of which the last run has less to say. */
#define LOG_FILES "/var/log/vfio-prepare/*"
/* Of a run that was killed; the next one must remove it. */
#define LEFTOVERS "*/.vfio-prepare-*"

struct kills {
	struct scenario *scenario;
	const struct statement *statement;
	struct strv before, after; /* of the undisturbed run */
	struct strv moments;
	unsigned call;
};

static void complain(struct kills *kills, const char *what, const char *line)
{
	fprintf(stderr, "%s: killed at call %u: %s: %s\n", kills->scenario->script.path,
		kills->call, what, line);
	kills->scenario->broken = true;
}

static void add_once(struct strv *list, const char *text)
{
	if (!strv_contains(list, text))
		strv_add(list, text);
}

/* The lines of differences between two states, without those of the log. */
static void differences(const struct strv *before, const struct strv *after, struct strv *ret)
{
	struct strv lines = {};
	struct buf changes = {};

	state_compare(before, after, &changes);
	strv_split(&lines, buf_text(&changes), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_free_ char *name = xstrndup(lines.items[i], strcspn(lines.items[i], ":"));

		if (fnmatch(LOG_FILES, name, 0) != 0)
			strv_add(ret, lines.items[i]);
	}
	buf_done(&changes);
	strv_done(&lines);
}

static void judge_killed(struct kills *kills)
{
	struct strv now = {}, lines = {};
	struct buf moment = {};

	state_read(kills->scenario->tree, &now);
	differences(&kills->before, &now, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_free_ char *name = xstrndup(lines.items[i], strcspn(lines.items[i], ":"));

		if (fnmatch(LEFTOVERS, name, 0) == 0)
			continue;
		if (strcmp(state_of(&now, name), state_of(&kills->after, name)) != 0)
			complain(kills, "neither old nor new", lines.items[i]);
		buf_addf(&moment, "%s%s", moment.length ? " " : "", name);
	}
	add_once(&kills->moments, moment.length ? buf_text(&moment) : "nothing");
	buf_done(&moment);
	strv_done(&lines);
	strv_done(&now);
}

static void judge_repaired(struct kills *kills)
{
	struct product_run again = {.arguments = kills->statement->rest};
	struct strv now = {}, lines = {};

	scenario_product(kills->scenario, &again);
	state_read(kills->scenario->tree, &now);
	differences(&kills->after, &now, &lines);
	for (size_t i = 0; i < lines.n; i++)
		complain(kills, "the next run leaves", lines.items[i]);
	product_run_done(&again);
	strv_done(&lines);
	strv_done(&now);
}

/* On a fresh tree; false: it ended before that call. */
static bool kill_once(struct kills *kills)
{
	struct product_run run = {.arguments = kills->statement->rest, .kill_at = kills->call};

	scenario_build(kills->scenario, kills->statement);
	scenario_product(kills->scenario, &run);
	if (run.killed) {
		judge_killed(kills);
		judge_repaired(kills);
	}
	product_run_done(&run);
	return run.killed;
}

void sweep_kill(struct scenario *scenario, const struct statement *statement)
{
	struct kills kills = {.scenario = scenario, .statement = statement};
	struct product_run run = {.arguments = statement->rest};

	scenario_build(scenario, statement);
	state_read(scenario->tree, &kills.before);
	scenario_product(scenario, &run);
	state_read(scenario->tree, &kills.after);
	for (kills.call = 1; kill_once(&kills) && !scenario->broken;)
		kills.call++;
	if (kills.call == 1) {
		fprintf(stderr, "%s: it was never killed\n", scenario->script.path);
		scenario->broken = true;
	}
	buf_addf(&scenario->actual, "status %d\nmoments\n", run.status);
	for (size_t i = 0; i < kills.moments.n; i++)
		buf_addf(&scenario->actual, "| %s\n", kills.moments.items[i]);
	strv_done(&kills.before);
	strv_done(&kills.after);
	strv_done(&kills.moments);
	product_run_done(&run);
}
