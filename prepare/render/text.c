/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

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

	buf_pad(buf, first);
	for (const char *word = text; *word;) {
		size_t length = strcspn(word, " ");

		if (word > text && column + 1 + length > COLUMNS) {
			buf_add(buf, "\n");
			buf_pad(buf, rest);
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
	const size_t start = buf->length;

	buf_add(buf, indent);
	for (size_t column = 0; column < n_columns; column++) {
		size_t length = strlen(row[column]);

		if (!widths[column])
			continue;
		buf_add_n(buf, row[column], length);
		buf_pad(buf, length < widths[column] ? widths[column] - length + 2 : 2);
	}
	if (width && buf->length > start + width)
		buf->length = start + width;
	while (buf->length > start && buf->text[buf->length - 1] == ' ')
		buf->length--;
	buf_add(buf, "\n");
}

void text_table(struct buf *buf, struct strv *cells, size_t n_columns, const char *indent,
		unsigned width)
{
	_cleanup_free_ size_t *widths = xcalloc(n_columns, sizeof(*widths));

	for (size_t i = 0; i < cells->n; i++) {
		size_t *widest = &widths[i % n_columns], length = text_plain(cells->items[i]);

		if (cells->items[i][length]) {
			char *visible = text_visible(cells->items[i], "");

			free(cells->items[i]);
			cells->items[i] = visible;
			length = strlen(visible);
		}
		if (*cells->items[i % n_columns] && length > *widest)
			*widest = length;
	}
	for (size_t i = 0; i < cells->n; i += n_columns)
		add_row(buf, cells->items + i, widths, n_columns, indent, width);
}

size_t text_bytes_of(const char *text, size_t columns)
{
	size_t bytes = 0;

	for (; text[bytes]; bytes++)
		/* Bytes that continue a character take no column. */
		if (((unsigned char)text[bytes] & 0xc0) != 0x80 && columns-- == 0)
			break;
	return bytes;
}

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

const char *text_class(uint32_t class)
{
	static const struct {
		unsigned class, shift; /* shift: of what the class says beyond it */
		const char *text;
	} texts[] = {
		{0x0100, 8, "SCSI controller"}, {0x0104, 8, "RAID controller"},
		{0x0106, 8, "SATA controller"}, {0x0107, 8, "SAS controller"},
		{0x0108, 8, "NVMe disk"},       {0x01, 16, "storage controller"},
		{0x0200, 8, "Ethernet card"},   {0x0207, 8, "InfiniBand card"},
		{0x02, 16, "network card"},     {0x0300, 8, "VGA display"},
		{0x0302, 8, "3D controller"},   {0x03, 16, "display"},
		{0x0403, 8, "audio"},           {0x04, 16, "multimedia"},
		{0x05, 16, "memory"},           {0x0600, 8, "host bridge"},
		{0x0601, 8, "ISA bridge"},      {0x0604, 8, "PCI bridge"},
		{0x06, 16, "bridge"},           {0x07, 16, "communication"},
		{0x08, 16, "system"},           {0x09, 16, "input"},
		{0x0b40, 8, "coprocessor"},     {0x0c03, 8, "USB controller"},
		{0x0c04, 8, "Fibre Channel"},   {0x0c05, 8, "SMBus"},
		{0x0c, 16, "serial bus"},       {0x0d, 16, "wireless"},
		{0x10, 16, "encryption"},       {0x11, 16, "signal processing"},
		{0x12, 16, "accelerator"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (class >> texts[i].shift == texts[i].class)
			return texts[i].text;
	return "";
}

char *text_bytes(uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	size_t unit = 0;

	while (bytes && bytes % 1024 == 0 && units[unit]) {
		bytes /= 1024;
		unit++;
	}
	return unit ? xasprintf("%" PRIu64 "%c", bytes, units[unit - 1])
		    : xasprintf("%" PRIu64, bytes);
}

void text_diff(struct buf *buf, const char *diff)
{
	for (const char *line = diff; *line; line += strcspn(line, "\n") + 1)
		buf_addf(buf, "  %.*s\n", (int)strcspn(line, "\n"), line);
}
