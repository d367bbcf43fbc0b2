/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What validate came to, as all its formats are made of it, and the verdict for programs that watch hosts:
 *   nagios      a plugin's output (monitoring-plugins' guidelines): a line with performance data, then
 *               a line for each error and warning
 *   prometheus  the text exposition format, for node_exporter's textfile collector
 *   maas        the YAML that a MAAS script leaves at $RESULT_PATH
 */
#pragma once

#include "base/buf.h"
#include "model/boot_log.h"
#include "model/finding.h"
#include "model/plan.h"
#include "render/format.h"

/* Owns nothing. */
struct verdict {
	enum readiness status;
	bool fit;    /* status is that of fitness_of(): could the host be ready, not is it */
	bool failed; /* the profile or the host could not be read */
	const struct plan *plan;
	const struct findings *findings;
	const struct boot_log *log; /* NULL: none */
	bool colour;                /* of the text, for a terminal */
};

/* The exit status of a plugin. */
enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* A warning, or a reboot that is required, is WARNING. */
enum nagios_state nagios_state(const struct verdict *verdict);

char *render_monitor(enum format format, const struct verdict *verdict);

/* Ready; or of the fitness: fit, now or after a restart. */
bool verdict_is_good(const struct verdict *verdict);
/* "not-ready", or of the fitness "not-fit". */
const char *verdict_status(const struct verdict *verdict);

/* "not ready: 1 of 2 devices on their drivers; 1 error, 2 warnings", without an end of line. */
void verdict_headline(struct buf *buf, const struct verdict *verdict);
