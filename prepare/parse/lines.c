/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/lines.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"

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

/* Takes a backslash; within quotes only four characters lose theirs. */
static const char *take_backslash(const char *c, bool quoted, struct buf *value)
{
	if (quoted && !strchr("\"\\$`\n", c[1]))
		buf_add_n(value, c, 1);
	c++;
	if (*c && *c != '\n')
		buf_add_n(value, c, 1);
	return c + (*c != '\0');
}

const char *shell_word(const char *text,
		       const char *(*expand)(void *userdata, const char *dollar, struct buf *value),
		       void *userdata, struct buf *value)
{
	const char *c = text, *operators = expand ? ";&|()<>" : "";
	char quote = '\0';

	while (c && *c && (quote || !(isspace((unsigned char)*c) || (!expand && *c == ';')))) {
		bool literal = quote == '\'' && *c != '\'';

		if (quote && *c == quote) {
			quote = '\0';
			c++;
		} else if (!quote && (*c == '"' || *c == '\'')) {
			quote = *c++;
		} else if (!literal && *c == '\\') {
			c = take_backslash(c, quote, value);
		} else if (!literal && expand && *c == '$') {
			c = expand(userdata, c, value);
		} else if (!literal &&
			   ((expand && *c == '`') || (!quote && strchr(operators, *c)))) {
			return NULL;
		} else {
			buf_add_n(value, c++, 1);
		}
	}
	return quote && expand ? NULL : c;
}
