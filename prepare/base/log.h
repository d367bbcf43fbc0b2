/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where messages go: standard error for a person, the kernel log (/dev/kmsg) at boot, where it is
 * the only record that an initramfs leaves. A function logs or returns an error, never both.
 */
#pragma once

#include "base/macros.h"

/* The kernel's levels; see syslog(3). */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6
};

/* What is more verbose than level is not written to standard error (default: notice). */
void log_set_level(enum log_level level);

/* Messages of every level go to the kernel log instead, through this descriptor, which log keeps; -1 ends it. */
void log_set_kmsg(int fd);

void log_message(enum log_level level, const char *format, ...) _printf_(2, 3);

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
/* For a return statement: logs why, and is the value. */
#define log_fail(value, ...) (log_error(__VA_ARGS__), (value))
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_message(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
