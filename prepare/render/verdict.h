/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What validate came to, as all its formats are made of it. Owns nothing. */
#pragma once

#include "base/buf.h"
#include "model/boot_log.h"
#include "model/finding.h"
#include "model/plan.h"

struct verdict {
	enum readiness status;
	const struct plan *plan;
	const struct findings *findings;
	const struct boot_log *log; /* NULL: none */
	bool colour;                /* of the text, for a terminal */
};

struct tally {
	size_t n_devices, n_right;
	size_t n_findings[SEVERITY_ERROR + 1]; /* by severity */
};

void verdict_count(const struct verdict *verdict, struct tally *ret);
/* "not ready: 1 of 2 devices on their drivers; 1 error, 2 warnings", without an end of line. */
void verdict_headline(struct buf *buf, const struct verdict *verdict);
