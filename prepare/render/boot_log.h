/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the log of the boot as JSON:
 * {"version":1,"bound":[{"section","driver","addresses":[...]}],"released":["ADDRESS"],
 *  "phases":[{"phase","started_ms","elapsed_ms","off","left_out","outcomes":[...],"findings":[...]}]},
 * outcomes and findings as bind reports them. Times are milliseconds; started_ms counts from the start
 * of the kernel. The reader is parse/boot_log.h.
 */
#pragma once

#include "base/buf.h"
#include "model/boot_log.h"

/* The log as the content of its file. */
char *render_boot_log(const struct boot_log *log);

/* The reasons for a restart as the content of their file; "" without any. */
char *render_restart_reasons(const struct restart_reasons *reasons);

/* Adds the phases as validate shows them, a line for each phase and outcome. */
void text_boot_log(struct buf *buf, const struct boot_log *log);
