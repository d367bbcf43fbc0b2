/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/verdict.h"

void verdict_count(const struct verdict *verdict, struct tally *ret)
{
	*ret = (struct tally){.n_devices = verdict->plan->n};
	vec_foreach(device, verdict->plan)
		ret->n_right += device->state == DEVICE_RIGHT;
	vec_foreach(finding, verdict->findings)
		ret->n_findings[finding->severity]++;
}

void verdict_headline(struct buf *buf, const struct verdict *verdict)
{
	const char *separator = "; ";
	struct tally tally;

	verdict_count(verdict, &tally);
	for (const char *c = readiness_names[verdict->status]; *c; c++)
		buf_add_n(buf, *c == '-' ? " " : c, 1);
	if (tally.n_devices)
		buf_addf(buf, ": %zu of %zu devices on their drivers", tally.n_right,
			 tally.n_devices);
	else if (verdict->status != READINESS_UNKNOWN)
		buf_add(buf, ": the profile selects no device");
	for (int severity = SEVERITY_ERROR; severity > SEVERITY_NOTE; severity--) {
		size_t n = tally.n_findings[severity];

		if (!n)
			continue;
		buf_addf(buf, "%s%zu %s%s", separator, n, severity_names[severity],
			 n == 1 ? "" : "s");
		separator = ", ";
	}
}
