/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/text.h"

#include <string.h>

#define COLUMNS 96

void text_finding(struct buf *buf, const struct finding *finding, const char *before_remedy)
{
	buf_addf(buf, "%s: %s: %s [%s]%s%s", severity_names[finding->severity], finding->subject,
		 finding->detail, finding_name(finding->type),
		 *finding->remedy ? before_remedy : "", finding->remedy);
}

void text_findings(struct buf *buf, const struct findings *findings)
{
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--)
		vec_foreach(finding, findings)
			if ((int)finding->severity == severity) {
				text_finding(buf, finding, "\n  -> ");
				buf_add(buf, "\n");
			}
}

void text_wrap(struct buf *buf, const char *text, unsigned first, unsigned rest)
{
	size_t column = first;

	buf_addf(buf, "%*s", (int)first, "");
	for (const char *word = text; *word;) {
		size_t length = strcspn(word, " ");

		if (word > text && column + 1 + length > COLUMNS) {
			buf_addf(buf, "\n%*s", (int)rest, "");
			column = rest;
		} else if (word > text) {
			buf_add(buf, " ");
			column++;
		}
		buf_add_n(buf, word, length);
		column += length;
		word += length + (word[length] == ' ');
	}
	buf_add(buf, "\n");
}

static void add_row(struct buf *buf, char *const *row, const size_t *widths, size_t n_columns,
		    const char *indent, unsigned width)
{
	_cleanup_(buf_done) struct buf line = {};
	size_t length;

	buf_add(&line, indent);
	for (size_t column = 0; column < n_columns; column++)
		if (widths[column])
			buf_addf(&line, "%-*s  ", (int)widths[column], row[column]);
	length = line.length;
	if (width && length > width)
		length = width;
	while (length && buf_text(&line)[length - 1] == ' ')
		length--;
	buf_add_n(buf, buf_text(&line), length);
	buf_add(buf, "\n");
}

void text_table(struct buf *buf, const struct strv *cells, size_t n_columns, const char *indent,
		unsigned width)
{
	_cleanup_free_ size_t *widths = xcalloc(n_columns, sizeof(*widths));

	for (size_t i = 0; i < cells->n; i++) {
		size_t *widest = &widths[i % n_columns], length = strlen(cells->items[i]);

		if (*cells->items[i % n_columns] && length > *widest)
			*widest = length;
	}
	for (size_t i = 0; i < cells->n; i += n_columns)
		add_row(buf, cells->items + i, widths, n_columns, indent, width);
}

void text_diff(struct buf *buf, const char *diff)
{
	for (const char *line = diff; *line; line += strcspn(line, "\n") + 1)
		buf_addf(buf, "  %.*s\n", (int)strcspn(line, "\n"), line);
}
