/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <stdarg.h>
#include <stdio.h>

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_NOTE] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[severity];
}

static char *_printf_(1, 0) format_text(const char *format, va_list arguments)
{
	char *text;

	return vasprintf(&text, format, arguments) < 0 ? xstrdup(format) : text;
}

struct finding *finding_add(struct findings *findings, enum severity severity, const char *check,
			    const char *subject, const char *format, ...)
{
	struct finding *finding = vec_add(findings);
	va_list arguments;

	va_start(arguments, format);
	*finding = (struct finding){
		.check = check,
		.severity = severity,
		.subject = xstrdup(subject),
		.detail = format_text(format, arguments),
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
	finding->remedy = format_text(format, arguments);
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
