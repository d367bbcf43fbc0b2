/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/ini.h"

#include <string.h>

static struct ini_entry *find(const struct ini *ini, const char *section, const char *key)
{
	for (size_t i = 0; i < ini->n; i++) {
		struct ini_entry *entry = &ini->items[i];

		if (strcmp(entry->section, section) == 0 &&
		    (key ? entry->key && strcmp(entry->key, key) == 0 : !entry->key))
			return entry;
	}
	return NULL;
}

static void entry_done(struct ini_entry *entry)
{
	free(entry->section);
	free(entry->key);
	free(entry->value);
	free(entry->file);
}

void ini_set(struct ini *ini, const char *section, const char *key, const char *value,
	     const char *file, unsigned line)
{
	struct ini_entry *entry = find(ini, section, key);

	if (entry)
		entry_done(entry);
	else
		entry = vec_add(ini);
	*entry = (struct ini_entry){
		.section = xstrdup(section),
		.key = xstrdup_null(key),
		.value = xstrdup_null(value),
		.file = xstrdup(file),
		.line = line,
	};
}

void ini_done(struct ini *ini)
{
	if (!ini)
		return;
	for (size_t i = 0; i < ini->n; i++)
		entry_done(&ini->items[i]);
	free(ini->items);
	*ini = (struct ini){};
}
