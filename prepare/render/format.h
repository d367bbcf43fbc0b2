/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports as text in memory; pure. Each render function returns a text that the caller frees. */
#pragma once

#include <stdbool.h>

/* The last three are of validate alone, for programs that watch hosts. */
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_NAGIOS, FORMAT_PROMETHEUS, FORMAT_MAAS };

static inline bool format_is_for_monitor(enum format format)
{
	return format > FORMAT_JSON;
}

#define REPORT_VERSION 1
