/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict for programs that watch hosts:
 *   nagios      a plugin's output (monitoring-plugins' guidelines): a line with performance data, then
 *               a line for each error and warning
 *   prometheus  the text exposition format, for node_exporter's textfile collector
 *   maas        the YAML that a MAAS script leaves at $RESULT_PATH
 */
#pragma once

#include "render/format.h"
#include "render/verdict.h"

/* The exit status of a plugin. */
enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* A warning, or a reboot that is required, is WARNING. */
enum nagios_state nagios_state(const struct verdict *verdict);

char *render_monitor(enum format format, const struct verdict *verdict);
