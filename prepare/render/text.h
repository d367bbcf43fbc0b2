/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text reports have in common. */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "base/buf.h"
#include "model/finding.h"

/* One finding: severity, subject and detail in a line, the remedy in another below it. */
void text_finding(struct buf *buf, const struct finding *finding);
/* All of them, errors first. */
void text_findings(struct buf *buf, const struct findings *findings);

#endif
