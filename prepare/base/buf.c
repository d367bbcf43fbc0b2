/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void buf_done(struct buf *buf)
{
	if (!buf)
		return;
	free(buf->text);
	*buf = (struct buf){};
}

static char *reserve(struct buf *buf, size_t n)
{
	if (buf->length + n + 1 > buf->capacity) {
		buf->capacity = 2 * (buf->length + n + 1);
		buf->text = xreallocarray(buf->text, buf->capacity, 1);
	}
	return buf->text + buf->length;
}

void buf_add_n(struct buf *buf, const char *text, size_t n)
{
	char *end = reserve(buf, n);

	if (n)
		memcpy(end, text, n);
	end[n] = '\0';
	buf->length += n;
}

void buf_add(struct buf *buf, const char *text)
{
	buf_add_n(buf, text, strlen(text));
}

void buf_pad(struct buf *buf, size_t n)
{
	char *end = reserve(buf, n);

	memset(end, ' ', n);
	end[n] = '\0';
	buf->length += n;
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	char *end = reserve(buf, 0);
	size_t room = buf->capacity - buf->length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(end, room, format, arguments);
	va_end(arguments);
	if (n < 0) {
		*end = '\0';
		return;
	}
	if ((size_t)n >= room) {
		va_start(arguments, format);
		vsnprintf(reserve(buf, (size_t)n), (size_t)n + 1, format, arguments);
		va_end(arguments);
	}
	buf->length += (size_t)n;
}

const char *buf_text(const struct buf *buf)
{
	return buf->text ? buf->text : "";
}

char *buf_take(struct buf *buf)
{
	char *text = buf->text ? buf->text : xstrdup("");

	*buf = (struct buf){};
	return text;
}
