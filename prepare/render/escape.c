/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/json.h"

void add_shell_word(struct buf *buf, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./:,=+@%";

	if (*word && !word[strspn(word, plain)]) {
		buf_add(buf, word);
		return;
	}
	buf_add(buf, "'");
	for (const char *c = word; *c; c++)
		if (*c == '\'')
			buf_add(buf, "'\\''");
		else
			buf_add_n(buf, c, 1);
	buf_add(buf, "'");
}

/* The number of an escape of JSON, "\\ud83d"; 0: it is none. */
static unsigned escaped(const char *c)
{
	char digits[5];

	if (strncmp(c, "\\u", 2) != 0)
		return 0;
	snprintf(digits, sizeof(digits), "%s", c + 2);
	return (unsigned)strtoul(digits, NULL, 16);
}

/* JSON has two escapes for a character above ffff, which parsers of YAML take for two characters. */
void add_yaml_text(struct buf *buf, const char *text)
{
	json_t *value = json_text(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

	for (const char *c = quoted ? quoted : "\"\""; *c;) {
		size_t length = *c == '\\' ? 2 : 1;
		unsigned high = escaped(c);

		if (high >> 10 == 0xd800 >> 10) {
			unsigned low = escaped(c + strlen("\\ud800"));

			buf_addf(buf, "\\U%08x", 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
			length = strlen("\\ud800\\udc00");
		} else {
			buf_add_n(buf, c, length);
		}
		c += length;
	}
	free(quoted);
	json_decref(value);
}

void add_xml_text(struct buf *buf, const char *text)
{
	for (const char *c = text; *c; c++)
		switch (*c) {
		case '&':
			buf_add(buf, "&amp;");
			break;
		case '<':
			buf_add(buf, "&lt;");
			break;
		case '>':
			buf_add(buf, "&gt;");
			break;
		case '"':
			buf_add(buf, "&quot;");
			break;
		case '\'':
			buf_add(buf, "&apos;");
			break;
		default:
			/* The rest is UTF-8 by what the reader of profiles lets pass. */
			buf_add_n(buf, (unsigned char)*c < ' ' && *c != '\t' ? "?" : c, 1);
		}
}

bool text_is_plain(const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			return false;
	return true;
}

void add_base64(struct buf *buf, const void *bytes, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = bytes;

	for (size_t i = 0; i < n; i += 3) {
		unsigned long three = (unsigned long)in[i] << 16 |
				      (i + 1 < n ? (unsigned long)in[i + 1] << 8 : 0) |
				      (i + 2 < n ? in[i + 2] : 0);
		const char out[4] = {digits[three >> 18], digits[three >> 12 & 63],
				     i + 1 < n ? digits[three >> 6 & 63] : '=',
				     i + 2 < n ? digits[three & 63] : '='};

		buf_add_n(buf, out, sizeof(out));
	}
}

/* A value as the reader of profiles takes it back, who cuts comments off and takes quotes away. */
static void add_profile_value(struct buf *buf, const char *value)
{
	bool quoted = !*value || strpbrk(value, "#;") || strchr("\"' \t", *value) ||
		      strchr(" \t\\", value[strlen(value) - 1]);
	const char *quote = !quoted ? "" : strchr(value, '"') ? "'" : "\"";

	buf_addf(buf, "%s%s%s", quote, value, quote);
}

/* Of several files the entries of a section stand apart. */
void add_profile_text(struct buf *buf, const struct profile *profile)
{
	const struct ini *ini = &profile->entries;

	for (size_t i = 0; i < ini->n; i++) {
		const char *section = ini->items[i].section;
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = strcasecmp(ini->items[j].section, section) == 0;
		if (seen)
			continue;
		buf_addf(buf, "%s[%s]\n", i ? "\n" : "", section);
		for (size_t j = i; j < ini->n; j++)
			if (ini->items[j].key && strcasecmp(ini->items[j].section, section) == 0) {
				buf_addf(buf, "%s = ", ini->items[j].key);
				add_profile_value(buf, ini->items[j].value);
				buf_add(buf, "\n");
			}
	}
}

void add_nodedev(struct buf *buf, const struct pci_address *address)
{
	buf_addf(buf, "pci_%04x_%02x_%02x_%u", address->domain, address->bus, address->slot,
		 address->function);
}
