/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts that other systems load, each in one function; names and values through render/escape.h. */
#pragma once

#include "model/export.h"
#include "render/format.h"

/* The text, as it belongs into its place (struct export_info); the caller's. */
char *render_export(const struct export *export);
/* What texts there are, as a table or as JSON; the caller's. */
char *render_export_list(enum format format);
