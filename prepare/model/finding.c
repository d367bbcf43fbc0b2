/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* Names, arguments and texts of others come into findings here. */
static char *_printf_(1, 0) format_visible(const char *format, va_list arguments)
{
	_cleanup_free_ char *text = xvasprintf(format, arguments);

	return text_visible(text, "\t");
}

const char *const readiness_names[] = {
	[READY] = "ready",
	[NOT_READY] = "not-ready",
	[REBOOT_REQUIRED] = "reboot-required",
	[READINESS_UNKNOWN] = "unknown",
};

const char *const severity_names[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

static const struct {
	const char *name;
	enum readiness verdict;
	unsigned kinds; /* enum finding_kind */
} infos[] = {
#define INFO(type, ...) [type] = {__VA_ARGS__},
	FINDING_TYPES(INFO)
#undef INFO
};

const char *finding_name(enum finding_type type)
{
	return infos[type].name;
}

bool finding_is(enum finding_type type, enum finding_kind kind)
{
	return infos[type].kinds & kind;
}

enum readiness finding_verdict(enum finding_type type)
{
	return infos[type].verdict;
}

struct finding *finding_add(struct findings *findings, enum severity severity,
			    enum finding_type type, const char *subject, const char *format, ...)
{
	struct finding *finding = vec_add(findings);
	va_list arguments;

	va_start(arguments, format);
	*finding = (struct finding){
		.type = type,
		.severity = severity,
		.subject = text_visible(subject, "\t"),
		.detail = format_visible(format, arguments),
		.remedy = xstrdup(""),
	};
	va_end(arguments);
	return finding;
}

void finding_remedy(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	free(finding->remedy);
	va_start(arguments, format);
	finding->remedy = format_visible(format, arguments);
	va_end(arguments);
}

bool findings_have(const struct findings *findings, enum severity severity)
{
	vec_foreach(finding, findings)
		if (finding->severity == severity)
			return true;
	return false;
}

void finding_done(struct finding *finding)
{
	free(finding->subject);
	free(finding->detail);
	free(finding->remedy);
}

void findings_move(struct findings *from, struct findings *to)
{
	vec_foreach(finding, from)
		*vec_add(to) = *finding;
	free(from->items);
	*from = (struct findings){};
}

void findings_done(struct findings *findings)
{
	if (!findings)
		return;
	vec_foreach(finding, findings)
		finding_done(finding);
	free(findings->items);
	*findings = (struct findings){};
}
