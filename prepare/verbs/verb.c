/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/verb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "model/outcome.h"

void log_findings(const struct findings *findings)
{
	vec_foreach(finding, findings)
		log_error("%s: %s; %s", finding->subject, finding->detail, finding->remedy);
}

bool wants_colour(void)
{
	const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (!no_colour || !*no_colour) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

bool wants_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	/* The first that says anything counts. */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *locale = getenv(names[i]);

		if (locale && *locale)
			return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
	}
	return false;
}

static int report_keeping(char *text, const char *keep, int status)
{
	/* Findings and outcomes are so already; names of files and differences come in here. */
	_cleanup_free_ char *visible = text_visible(text, keep);
	bool written = fputs(visible, stdout) >= 0 && fflush(stdout) == 0;

	free(text);
	if (written)
		return status;
	/* Whoever closes the pipe has read enough. */
	if (errno != EPIPE)
		log_error("the report cannot be written: %s", strerror(errno));
	return STATUS_FAILED;
}

int report(char *text, int status)
{
	return report_keeping(text, "\n\t", status);
}

int report_coloured(char *text, int status)
{
	return report_keeping(text, "\n\t\033", status);
}

int status_of_counts(size_t n_good, size_t n_refused, size_t n_failed)
{
	if (!n_refused && !n_failed)
		return STATUS_DONE;
	if (n_good)
		return STATUS_PARTLY;
	return n_failed ? STATUS_FAILED : STATUS_REFUSED;
}

int status_unrecorded(int status)
{
	return status == STATUS_DONE || status == STATUS_REBOOT_REQUIRED ? STATUS_PARTLY : status;
}

int status_of_outcomes(const struct plan *plan, const struct outcomes *outcomes)
{
	enum { GOOD, REFUSED, FAILED };
	static const int kinds[] = {
		[RESULT_DONE] = GOOD,      [RESULT_ALREADY] = GOOD,    [RESULT_FAILED] = FAILED,
		[RESULT_TIMEOUT] = FAILED, [RESULT_SKIPPED] = REFUSED, [RESULT_REFUSED] = REFUSED,
	};
	size_t n[] = {[REFUSED] = findings_have(&plan->findings, SEVERITY_ERROR), [FAILED] = 0};

	/* That a device waits is as planned: a later phase answers for it. */
	for (size_t i = 0; i < plan->n; i++)
		if (plan->items[i].state != DEVICE_WAITING &&
		    !device_may_be_absent(&plan->items[i]))
			n[kinds[outcomes->items[i].result]]++;
	return status_of_counts(n[GOOD], n[REFUSED], n[FAILED]);
}
