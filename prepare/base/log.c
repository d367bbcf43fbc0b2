/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#define FACILITY_DAEMON (3 << 3)
#define TEXT_MAX 899

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

/*
 * The kernel takes ten records in five seconds from one open file (printk_devkmsg=ratelimit), which
 * is fewer than there are devices on a host: each record gets an open file of its own.
 */
static void write_kmsg(const char *record, size_t length)
{
	char path[sizeof("/proc/self/fd/") + 12];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", kmsg_fd);
	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	/* A full or closed kernel log must not stop the boot. */
	ssize_t n _unused_ = write(fd < 0 ? kmsg_fd : fd, record, length);

	if (fd >= 0)
		close(fd);
}

void log_message(enum log_level level, const char *format, ...)
{
	/* A kernel log record holds about 1000 bytes (PRINTKRB_RECORD_MAX). */
	char record[960];
	_cleanup_free_ char *said = NULL, *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	said = xvasprintf(format, arguments);
	va_end(arguments);
	text = text_visible(said, "\t");
	text[strnlen(text, TEXT_MAX)] = '\0';

	if (kmsg_fd < 0) {
		if (level <= stderr_level)
			fprintf(stderr, "vfio-prepare: %s\n", text);
	} else {
		int n = snprintf(record, sizeof(record), "<%d>vfio-prepare: %s\n",
				 FACILITY_DAEMON | (int)level, text);

		write_kmsg(record, (size_t)n);
	}
}
