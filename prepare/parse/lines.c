/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/lines.h"

#include "base/alloc.h"
#include "base/buf.h"

bool lines_next(struct lines *lines)
{
	const char *c = lines->rest;
	struct buf line = {};

	if (!*c)
		return false;
	lines->first = ++lines->last;
	for (; *c && *c != '\n'; c++) {
		if (*c == '\\' && c[1] == '\n') {
			c++;
			lines->last++;
			continue;
		}
		if (*c == '\\' && lines->unescape && c[1])
			c++;
		buf_add_n(&line, c, 1);
	}
	lines->rest = *c ? c + 1 : c;
	lines_done(lines);
	lines->text = buf_take(&line);
	return true;
}

void lines_done(struct lines *lines)
{
	free(lines->text);
	lines->text = NULL;
}
