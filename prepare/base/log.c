/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FACILITY_DAEMON (3 << 3)

static enum log_level stderr_level = LOG_LEVEL_NOTICE;
static int kmsg_fd = -1;

void log_set_level(enum log_level level)
{
	stderr_level = level;
}

void log_set_kmsg(int fd)
{
	if (kmsg_fd >= 0)
		close(kmsg_fd);
	kmsg_fd = fd;
}

void log_message(enum log_level level, const char *format, ...)
{
	/* A kernel log record holds about 1000 bytes (PRINTKRB_RECORD_MAX). */
	char text[900], record[960];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);

	if (kmsg_fd < 0) {
		if (level <= stderr_level)
			fprintf(stderr, "vfio-prepare: %s\n", text);
	} else {
		int n = snprintf(record, sizeof(record), "<%d>vfio-prepare: %s\n",
				 FACILITY_DAEMON | (int)level, text);

		/* A full or closed kernel log must not stop the boot: nothing to do about it. */
		if (write(kmsg_fd, record, (size_t)n) < 0)
			return;
	}
}
