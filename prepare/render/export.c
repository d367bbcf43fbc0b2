/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/export.h"

#include <string.h>

#include "base/text.h"
#include "render/json.h"
#include "render/text.h"

static char *render_kernel_args(const struct export *export)
{
	_cleanup_free_ char *line = strv_join(&export->arguments, " ");

	return xasprintf("%s\n", line);
}

/* As libvirt names them (src/node_device/node_device_udev.c, udevGenerateDeviceName()). */
static char *render_nodedev(const struct export *export)
{
	struct buf buf = {};

	vec_foreach(device, export)
		buf_addf(&buf, "pci_%04x_%02x_%02x_%u\n", device->address.domain,
			 device->address.bus, device->address.slot, device->address.function);
	return buf_take(&buf);
}

static char *(*const renderers[N_EXPORT_TEXTS])(const struct export *export) = {
	[EXPORT_KERNEL_ARGS] = render_kernel_args,
	[EXPORT_LIBVIRT_NODEDEV] = render_nodedev,
};

char *render_export(const struct export *export)
{
	return renderers[export->text](export);
}

/* --- the list ------------------------------------------------------------------------------------ */

static char *list_json(void)
{
	json_t *report = json_report(), *texts = json_array();

	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		const struct export_info *info = &export_infos[i];
		json_t *text = json_object();

		json_set(text, "target", json_text(info->target));
		json_set(text, "part", *info->part ? json_text(info->part) : json_null());
		json_set(text, "format", json_text(info->format));
		json_set(text, "place", json_text(info->place));
		json_set(text, "oldest_release", json_text(info->oldest));
		json_set(text, "newest_release", json_text(info->newest));
		json_set(text, "needs_host", json_boolean(info->kinds & EXPORT_OF_HOST));
		json_append(texts, text);
	}
	json_set(report, "texts", texts);
	return json_finish(report);
}

char *render_export_list(enum format format)
{
	static const char *const titles[] = {"TARGET", "PART", "RELEASES", "FORMAT", "BELONGS IN"};
	_cleanup_(strv_done) struct strv cells = {};
	struct buf buf = {};

	if (format == FORMAT_JSON)
		return list_json();
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		strv_add(&cells, titles[i]);
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		const struct export_info *info = &export_infos[i];

		strv_add(&cells, info->target);
		strv_add(&cells, *info->part ? info->part : "-");
		strv_take(&cells, info->oldest ? xasprintf("%s to %s", info->oldest, info->newest)
					       : xstrdup("any"));
		strv_add(&cells, info->format);
		strv_add(&cells, info->place);
	}
	text_table(&buf, &cells, ARRAY_SIZE(titles), "", 0);
	return buf_take(&buf);
}

/* --- escapes ------------------------------------------------------------------------------------- */

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

void add_yaml_text(struct buf *buf, const char *text)
{
	json_t *value = json_text(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

	buf_add(buf, quoted ? quoted : "\"\"");
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
