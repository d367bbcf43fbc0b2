/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports as text in memory; pure. Each render function returns a text that the caller frees. */
#ifndef RENDER_FORMAT_H
#define RENDER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

enum format { FORMAT_TEXT, FORMAT_JSON };

#define REPORT_VERSION 1

#endif
