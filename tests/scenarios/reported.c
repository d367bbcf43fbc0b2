/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: finding_add finding_remedy render_validate render_plan render_bind render_apply */
#include "scenarios/reported.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "render/apply.h"
#include "render/bind.h"
#include "render/plan.h"
#include "render/validate.h"
#include "scenarios/state.h"

/* Of the type that the header gives: a function that changes cannot be wrapped by mistake. */
extern typeof(finding_add) __real_finding_add, __wrap_finding_add;
extern typeof(finding_remedy) __real_finding_remedy, __wrap_finding_remedy;
extern typeof(render_validate) __real_render_validate, __wrap_render_validate;
extern typeof(render_plan) __real_render_plan, __wrap_render_plan;
extern typeof(render_bind) __real_render_bind, __wrap_render_bind;
extern typeof(render_apply) __real_render_apply, __wrap_render_apply;

static struct {
	const char *spelled; /* NULL: nothing is written down, and every text is spelled out */
	const char *files;   /* fnmatch(3) */
	int report, findings;
} telling;

void reported_begin(const char *spelled, const char *files, int report, int findings)
{
	telling = (typeof(telling)){spelled, files, report, findings};
}

static bool is_spelled(enum finding_type type)
{
	_cleanup_free_ char *word = xasprintf(" %s ", finding_name(type));

	return !telling.spelled || strstr(telling.spelled, word);
}

/* --- the texts of findings --- */

struct finding *__wrap_finding_add(struct findings *findings, enum severity severity,
				   enum finding_type type, const char *subject, const char *format,
				   ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n < 0 || !is_spelled(type)) {
		free(text);
		text = xasprintf("<%s>", finding_name(type));
	}
	return __real_finding_add(findings, severity, type, subject, "%s", text);
}

void __wrap_finding_remedy(struct finding *finding, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n > 0 && !is_spelled(finding->type)) {
		free(text);
		text = xasprintf("<remedy of %s>", finding_name(finding->type));
	}
	__real_finding_remedy(finding, "%s", n > 0 ? text : "");
}

/* --- reports --- */

static void tell_findings(const struct findings *findings)
{
	for (int severity = SEVERITY_ERROR; telling.spelled && severity >= SEVERITY_NOTE;
	     severity--)
		vec_foreach(finding, findings) {
			if ((int)finding->severity != severity)
				continue;
			dprintf(telling.findings, "%s %s %s\n", severity_names[finding->severity],
				finding_name(finding->type), finding->subject);
			if (!is_spelled(finding->type))
				continue;
			dprintf(telling.findings, "  %s\n", finding->detail);
			if (*finding->remedy)
				dprintf(telling.findings, "  -> %s\n", finding->remedy);
		}
}

/* "done: 0000:01:00.0 0000:01:00.1": those that the report says the same of, in one line. */
static void tell_alike(const struct strv *addresses, const struct strv *said)
{
	for (size_t i = 0; i < said->n; i++) {
		size_t first = 0;

		while (strcmp(said->items[first], said->items[i]) != 0)
			first++;
		if (first < i)
			continue;
		dprintf(telling.report, "%s:", said->items[i]);
		for (size_t j = i; j < said->n; j++)
			if (strcmp(said->items[j], said->items[i]) == 0)
				dprintf(telling.report, " %s", addresses->items[j]);
		dprintf(telling.report, "\n");
	}
}

static void tell_devices(const struct plan *plan)
{
	struct strv addresses = {}, said = {};

	vec_foreach(device, plan) {
		strv_add(&addresses, PCI_ADDRESS_TEXT(&device->address));
		strv_take(&said, xasprintf("[%s] %s %s", device->section,
					   device->want ? device->want : "-",
					   device_state_names[device->state]));
	}
	tell_alike(&addresses, &said);
	strv_done(&addresses);
	strv_done(&said);
}

static void tell_outcomes(const struct outcomes *outcomes)
{
	struct strv addresses = {}, said = {};

	vec_foreach(outcome, outcomes) {
		bool why = outcome->error && outcome->result != RESULT_REFUSED;

		strv_add(&addresses, PCI_ADDRESS_TEXT(&outcome->address));
		strv_take(&said, xasprintf("%s%s%s", result_names[outcome->result], why ? ", " : "",
					   why ? outcome->error : ""));
	}
	tell_alike(&addresses, &said);
	strv_done(&addresses);
	strv_done(&said);
}

static bool is_spelled_file(const struct planned_file *file)
{
	return telling.files && fnmatch(telling.files, file->path, 0) == 0;
}

/* With its new content, or with what tells that from another. */
static void tell_file(const struct planned_file *file, const char *what)
{
	if (is_spelled_file(file))
		dprintf(telling.report, "%s %s\n%s", what, file->path, file->diff);
	else
		dprintf(telling.report, "%s %s, hash %016llx\n", what, file->path,
			(unsigned long long)state_hash(file->content, strlen(file->content)));
}

char *__wrap_render_validate(enum format format, const struct verdict *verdict)
{
	if (telling.spelled) {
		dprintf(telling.report, "%s\n", readiness_names[verdict->status]);
		tell_devices(verdict->plan);
		tell_findings(verdict->findings);
	}
	return __real_render_validate(format, verdict);
}

/* Its actions are the writes of a bind, whose scenarios have them. */
char *__wrap_render_plan(enum format format, const struct plan *plan,
			 const struct planned_files *files)
{
	if (!telling.spelled)
		return __real_render_plan(format, plan, files);
	tell_devices(plan);
	vec_foreach(file, files)
		if (file->state != FILE_SAME)
			tell_file(file, file_state_names[file->state]);
	tell_findings(&plan->findings);
	return __real_render_plan(format, plan, files);
}

char *__wrap_render_bind(enum format format, enum boot_phase phase, const struct outcomes *outcomes,
			 const struct findings *findings)
{
	if (telling.spelled) {
		tell_outcomes(outcomes);
		tell_findings(findings);
	}
	return __real_render_bind(format, phase, outcomes, findings);
}

static bool is_in_changes(const struct planned_file *file)
{
	return file->result == FILE_WRITTEN || file->result == FILE_REMOVED;
}

char *__wrap_render_apply(enum format format, const struct apply_report *report)
{
	if (!telling.spelled)
		return __real_render_apply(format, report);
	vec_foreach(file, report->files)
		if (file->result != FILE_LEFT && (is_spelled_file(file) || !is_in_changes(file)))
			tell_file(file, file_result_names[file->result]);
	vec_foreach(command, report->commands) {
		_cleanup_free_ char *text = command_text(command);

		dprintf(telling.report, "%s %s\n", command_result_names[command->result], text);
	}
	for (size_t i = 0; i < report->reasons->n; i++)
		dprintf(telling.report, "restart: %s\n", report->reasons->items[i].text);
	tell_findings(report->findings);
	return __real_render_apply(format, report);
}
