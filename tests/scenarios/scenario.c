/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/kernel.h"

#define BRIEF_LINES 12

void remove_tree(const char *path)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while (walk && (entry = fts_read(walk)))
		if (entry->fts_info != FTS_D)
			remove(entry->fts_accpath);
	if (walk)
		fts_close(walk);
}

static void truncate_file(const struct scenario *scenario, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s" FAKE "/%s", scenario->tree, name);

	if (truncate(path, 0) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
}

static bool is(const struct statement *statement, const char *verb)
{
	return strcmp(statement->words.items[0], verb) == 0;
}

/* --- the tree --- */

/* Something that happens to a host between the runs. */
static bool is_event(const struct statement *statement)
{
	return is(statement, "load") || is(statement, "write");
}

static void happen(const struct scenario *scenario, const struct statement *statement)
{
	bool load = is(statement, "load");
	const char *path = load ? NULL : statement->words.items[1], *value;
	struct root root;
	int r;

	if (statement->words.n != (load ? 2 : 3))
		script_die(&scenario->script, statement, "load MODULE, or write PATH VALUE");
	if (root_init(&root, scenario->tree) < 0)
		script_die(&scenario->script, statement, "%s: %s", scenario->tree, strerror(errno));
	value = statement->words.items[load ? 1 : 2];
	r = load ? kernel_load(&root, value)
		 : kernel_write(&root, path, strcmp(value, "\\n") == 0 ? "\n" : value);
	root_done(&root);
	if (r < 0)
		script_die(&scenario->script, statement, "%s", strerror(-r));
}

void scenario_build(struct scenario *scenario, const struct statement *before)
{
	remove_tree(scenario->tree);
	if (mkdir(scenario->tree, 0755) < 0)
		script_die(&scenario->script, before, "%s: %s", scenario->tree, strerror(errno));
	tree_build(scenario->host, scenario->tree);
	for (const struct statement *statement = scenario->script.items; statement < before;
	     statement++)
		if (is_event(statement))
			happen(scenario, statement);
	scenario->built = true;
}

/* --- what is expected --- */

void scenario_expect(struct scenario *scenario, const char *name, const char *text)
{
	if (!*text)
		return;
	buf_addf(&scenario->actual, "%s\n", name);
	while (*text) {
		size_t length = strcspn(text, "\n");

		buf_add(&scenario->actual, length ? "| " : "|");
		for (size_t i = 0; i < length; i++)
			buf_addf(&scenario->actual,
				 (unsigned char)text[i] < ' ' && text[i] != '\t' ? "\\x%02x" : "%c",
				 (unsigned char)text[i]);
		buf_add(&scenario->actual, text[length] ? "\n" : " (no newline)\n");
		text += length + (text[length] == '\n');
	}
}

/* The tree is elsewhere in each run. */
static char *without_place(const struct scenario *scenario, const char *text)
{
	size_t length = strlen(scenario->tree);
	const char *found;
	struct buf buf = {};

	for (; (found = strstr(text, scenario->tree)); text = found + length) {
		buf_add_n(&buf, text, (size_t)(found - text));
		buf_add(&buf, "$TREE");
	}
	buf_add(&buf, text);
	return buf_take(&buf);
}

/* Of a long text its first and its last lines, and how many are between. */
static char *shortened(const char *text)
{
	size_t n = 0, i = 0;
	struct buf buf = {};

	for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
		n++;
	for (const char *end; (end = strchr(text, '\n')); text = end + 1, i++) {
		if (i < BRIEF_LINES || i + BRIEF_LINES >= n)
			buf_add_n(&buf, text, (size_t)(end + 1 - text));
		else if (i == BRIEF_LINES)
			buf_addf(&buf, "(%zu lines)\n", n - 2 * BRIEF_LINES);
	}
	buf_add(&buf, text);
	return buf_take(&buf);
}

static bool is_expectation(const struct statement *statement)
{
	static const char *const names[] = {"status", "writes", "changes", "report", "findings",
					    "kmsg",   "stdout", "stderr",  "faults", "moments"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is(statement, names[i]))
			return true;
	return false;
}

static void copy_lines(struct scenario *scenario, size_t end)
{
	for (; scenario->copied < end; scenario->copied++)
		buf_addf(&scenario->actual, "%s\n", scenario->script.lines.items[scenario->copied]);
}

/* --- runs --- */

void scenario_product(struct scenario *scenario, struct product_run *run)
{
	_cleanup_free_ char *path = xasprintf("%s" FAKE "/faults", scenario->tree),
			    *complaints = NULL;
	FILE *file = fopen(path, "we");

	if (!file || fputs(buf_text(&scenario->faults), file) < 0 || fclose(file) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	truncate_file(scenario, "log");
	truncate_file(scenario, "hanging");
	run->tree = scenario->tree;
	run->live = scenario->live;
	run->no_openat2 = scenario->no_openat2;
	run->hasty = scenario->hasty;
	run->side_by_side = scenario->side_by_side;
	run->unread = scenario->unread;
	run->silent = scenario->silent;
	product_run(run);
	scenario->unread = false;
	scenario->silent = NULL;
	buf_done(&scenario->faults);

	complaints = tree_text(scenario->tree, FAKE "/complaints");
	if (*complaints) {
		fprintf(stderr, "%s: %s", scenario->script.path, complaints);
		scenario->broken = true;
		truncate_file(scenario, "complaints");
	}
}

/* Whether it handed a report to be rendered: what it printed is that, in words. */
static bool has_reported(const struct product_run *run)
{
	return run->report.length || run->findings.length;
}

/* A text that is asked for and not there would let a finding's words go untested. */
static void require_texts(struct scenario *scenario, const struct product_run *run)
{
	struct strv names = {};

	strv_split(&names, buf_text(&scenario->spelled), " ");
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *word = xasprintf(" %s ", names.items[i]);

		/* What makes a profile unusable is only logged. */
		if (strstr(buf_text(&run->findings), word) || run->err.length)
			continue;
		fprintf(stderr, "%s: text %s: the run reports no such finding\n",
			scenario->script.path, names.items[i]);
		scenario->broken = true;
	}
	strv_done(&names);
}

static void run_once(struct scenario *scenario, const struct statement *statement)
{
	struct product_run run = {.arguments = statement->rest, .agree = is(statement, "agree")};
	struct strv before = {}, after = {};
	struct buf changes = {};
	_cleanup_free_ char *printed = NULL, *out = NULL, *err = NULL, *writes = NULL, *kmsg = NULL,
			    *report = NULL;

	buf_done(&scenario->spelled);
	scenario->spelled = scenario->asked;
	scenario->asked = (struct buf){};
	run.spelled = buf_text(&scenario->spelled);
	run.files = scenario->files;
	state_read(scenario->tree, &before);
	scenario_product(scenario, &run);
	state_read(scenario->tree, &after);
	state_compare(&before, &after, &changes);
	printed = scenario->brief ? shortened(buf_text(&run.out)) : xstrdup(buf_text(&run.out));
	out = without_place(scenario, printed);
	err = without_place(scenario, buf_text(&run.err));
	report = scenario->brief ? shortened(buf_text(&run.report))
				 : xstrdup(buf_text(&run.report));
	writes = tree_text(scenario->tree, FAKE "/log");
	kmsg = tree_text(scenario->tree, "/dev/kmsg");

	buf_addf(&scenario->actual, "status %d\n", run.status);
	if (!run.agree) /* which says itself what it wrote */
		scenario_expect(scenario, "writes", writes);
	scenario_expect(scenario, "changes", buf_text(&changes));
	if (!scenario->verbatim) {
		scenario_expect(scenario, "report", report);
		scenario_expect(scenario, "findings", buf_text(&run.findings));
	}
	scenario_expect(scenario, "kmsg", kmsg);
	if (scenario->verbatim || !has_reported(&run))
		scenario_expect(scenario, "stdout", out);
	scenario_expect(scenario, "stderr", err);

	buf_done(&changes);
	strv_done(&before);
	strv_done(&after);
	product_run_done(&scenario->last);
	scenario->last = run;
	require_texts(scenario, &run);
	scenario->verbatim = false;
	scenario->files = NULL;
}

/* The same report as of the run before, byte for byte, or it is shown. */
static void run_same(struct scenario *scenario, const struct statement *statement)
{
	struct product_run run = {.arguments = statement->rest, .spelled = scenario->last.spelled};

	scenario_product(scenario, &run);
	if (run.status != scenario->last.status ||
	    strcmp(buf_text(&run.out), buf_text(&scenario->last.out)) != 0 ||
	    strcmp(buf_text(&run.err), buf_text(&scenario->last.err)) != 0) {
		buf_addf(&scenario->actual, "status %d\n", run.status);
		scenario_expect(scenario, "stdout", buf_text(&run.out));
		scenario_expect(scenario, "stderr", buf_text(&run.err));
		scenario->broken = true;
	}
	product_run_done(&run);
}

/* What the last run printed becomes a file of the tree. */
static void save(const struct scenario *scenario, const struct statement *statement)
{
	_cleanup_free_ char *path = NULL;
	FILE *file;

	if (statement->words.n != 2)
		script_die(&scenario->script, statement, "save PATH");
	path = xasprintf("%s%s", scenario->tree, statement->words.items[1]);
	file = fopen(path, "we");
	if (!file || fputs(buf_text(&scenario->last.out), file) < 0 || fclose(file) != 0)
		script_die(&scenario->script, statement, "%s: %s", path, strerror(errno));
}

/* A file of the tree gets another content between the runs, or goes. */
static void rewrite(const struct scenario *scenario, const struct statement *statement)
{
	const char *time = statement_option(statement, "time");
	_cleanup_free_ char *path = NULL;
	struct stat st;
	FILE *file;

	if (statement->words.n < 2)
		script_die(&scenario->script, statement, "rewrite PATH [time=SECONDS]");
	path = xasprintf("%s%s", scenario->tree, statement->words.items[1]);
	if (!statement->text) {
		if (remove(path) < 0)
			script_die(&scenario->script, statement, "%s: %s", path, strerror(errno));
		return;
	}
	/* It may be that of another tree, too (fake/depmod.h). */
	if (stat(path, &st) == 0 && st.st_nlink > 1)
		unlink(path);
	file = fopen(path, "we");
	if (!file || fputs(statement->text, file) < 0 || fclose(file) != 0)
		script_die(&scenario->script, statement, "%s: %s", path, strerror(errno));
	if (time) {
		struct timespec times[2] = {{.tv_sec = atol(time)}, {.tv_sec = atol(time)}};

		if (utimensat(AT_FDCWD, path, times, 0) < 0)
			script_die(&scenario->script, statement, "%s: %s", path, strerror(errno));
	}
}

static void ask_for_texts(struct scenario *scenario, const struct statement *statement)
{
	if (statement->words.n < 2)
		script_die(&scenario->script, statement, "text NAME...");
	buf_addf(&scenario->asked, " %s ", statement->rest);
}

static void add_fault(struct scenario *scenario, const struct statement *statement)
{
	if (statement->words.n != 3)
		script_die(&scenario->script, statement, "fault WHICH WHAT");
	buf_addf(&scenario->faults, "%s %s\n", statement->words.items[1],
		 statement->words.items[2]);
}

static void add_host(struct scenario *scenario, const struct statement *statement)
{
	_cleanup_free_ char *path = NULL;

	if (statement->words.n != 2)
		script_die(&scenario->script, statement, "host NAME");
	path = xasprintf("%s/%s", scenario->hosts, statement->words.items[1]);
	host_read(scenario->host, path);
}

static bool is_sweep(const struct statement *statement)
{
	return is(statement, "sweep") || is(statement, "sweep-undo") || is(statement, "sweep-kill");
}

static bool is_run(const struct statement *statement)
{
	return is(statement, "run") || is(statement, "same") || is(statement, "agree") ||
	       is_sweep(statement);
}

/* A statement that is no run: it changes the host, or says how the next run is to be. */
static void prepare(struct scenario *scenario, const struct statement *statement)
{
	if (is(statement, "live"))
		scenario->live = true;
	else if (is(statement, "brief"))
		scenario->brief = true;
	else if (is(statement, "verbatim"))
		scenario->verbatim = true;
	else if (is(statement, "files"))
		scenario->files = statement->rest;
	else if (is(statement, "silent"))
		scenario->silent = statement->rest;
	else if (is(statement, "text"))
		ask_for_texts(scenario, statement);
	else if (is(statement, "no-openat2"))
		scenario->no_openat2 = true;
	else if (is(statement, "hasty"))
		scenario->hasty = true;
	else if (is(statement, "side-by-side"))
		scenario->side_by_side = true;
	else if (is(statement, "unread"))
		scenario->unread = true;
	else if (is(statement, "fault"))
		add_fault(scenario, statement);
	else if (is(statement, "save") && scenario->built)
		save(scenario, statement);
	else if (is(statement, "rewrite") && scenario->built)
		rewrite(scenario, statement);
	else if (is_event(statement) && scenario->built)
		happen(scenario, statement);
	else if (is_event(statement))
		return; /* once there is a tree */
	else if (is_expectation(statement))
		script_die(&scenario->script, statement, "\"%s\" belongs below a run",
			   statement->words.items[0]);
	else if (scenario->built)
		script_die(&scenario->script, statement,
			   "the host cannot be changed so after the first run");
	else if (is(statement, "host"))
		add_host(scenario, statement);
	else if (!host_add(scenario->host, &scenario->script, statement))
		script_die(&scenario->script, statement, "\"%s\" is nothing that can be said",
			   statement->words.items[0]);
}

/* Writes down what happens, and passes over what the file expects. */
static void carry_out_run(struct scenario *scenario, const struct statement *statement)
{
	const struct statement *end = scenario->script.items + scenario->script.n;

	if (is(statement, "sweep-kill")) {
		sweep_kill(scenario, statement);
	} else if (is_sweep(statement)) {
		sweep(scenario, statement);
	} else if (is(statement, "same")) {
		if (!scenario->last.arguments)
			script_die(&scenario->script, statement, "there was no run before");
		run_same(scenario, statement);
	} else {
		if (!scenario->built)
			scenario_build(scenario, statement);
		run_once(scenario, statement);
	}
	while (++statement < end && is_expectation(statement))
		scenario->copied = statement->end;
}

void scenario_run(struct scenario *scenario, const char *path)
{
	script_read(path, &scenario->script);
	scenario->host = host_new();
	vec_foreach(statement, &scenario->script) {
		if (statement->end <= scenario->copied)
			continue;
		copy_lines(scenario, statement->end);
		if (is_run(statement))
			carry_out_run(scenario, statement);
		else
			prepare(scenario, statement);
	}
	copy_lines(scenario, scenario->script.lines.n);
}

void scenario_done(struct scenario *scenario)
{
	script_done(&scenario->script);
	host_free(scenario->host);
	buf_done(&scenario->faults);
	buf_done(&scenario->asked);
	buf_done(&scenario->spelled);
	buf_done(&scenario->actual);
	product_run_done(&scenario->last);
	remove_tree(scenario->tree);
}
