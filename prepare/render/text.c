/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/text.h"

void text_finding(struct buf *buf, const struct finding *finding)
{
	buf_addf(buf, "%s: %s: %s [%s]\n", severity_name(finding->severity), finding->subject,
		 finding->detail, finding->check);
	if (*finding->remedy)
		buf_addf(buf, "  -> %s\n", finding->remedy);
}

void text_findings(struct buf *buf, const struct findings *findings)
{
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--)
		vec_foreach(finding, findings)
			if ((int)finding->severity == severity)
				text_finding(buf, finding);
}
