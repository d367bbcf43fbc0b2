/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growable text buffer; always NUL-terminated once something was added. */
#pragma once

#include <stddef.h>

#include "base/macros.h"

struct buf {
	char *text;
	size_t length;
	size_t capacity;
};

void buf_done(struct buf *buf);
void buf_add(struct buf *buf, const char *text);
void buf_add_n(struct buf *buf, const char *text, size_t n);
/* Adds n spaces. */
void buf_pad(struct buf *buf, size_t n);
void buf_addf(struct buf *buf, const char *format, ...) _printf_(2, 3);
/* The text, "" where nothing was added; stays owned by the buffer. */
const char *buf_text(const struct buf *buf);
/* The text, owned by the caller; the buffer is empty afterwards. */
char *buf_take(struct buf *buf);
