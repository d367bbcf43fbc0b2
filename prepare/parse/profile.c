/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/profile.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "parse/profile_keys.h"

/* One pass over the entries: what is being read, and where its errors go. */
struct reader {
	const struct ini_entry *entry;
	struct findings *findings;
};

/* Takes detail and remedy. */
static void complain_at(struct findings *findings, const char *file, unsigned line, char *detail,
			char *remedy)
{
	_cleanup_free_ char *subject = xasprintf("%s:%u", file, line);

	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_PROFILE, subject, "%s",
				   detail),
		       "%s", remedy);
	free(detail);
	free(remedy);
}

static void complain(struct reader *reader, char *detail, char *remedy)
{
	complain_at(reader->findings, reader->entry->file, reader->entry->line, detail, remedy);
}

/* Levenshtein's distance, for short names; good enough to say "did you mean". */
static size_t distance(const char *a, const char *b)
{
	size_t row[65], n = strlen(b);

	if (n >= ARRAY_SIZE(row))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t substitute = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			size_t shorter = diagonal < row[j] ? diagonal : row[j];
			row[j + 1] = substitute < shorter + 1 ? substitute : shorter + 1;
		}
	}
	return row[n];
}

/* Of n names, the members at that distance from each other, the one that is most like word; NULL: none is. */
static const char *nearest(const char *word, const char *const *name, size_t n, size_t stride)
{
	const char *best = NULL;
	size_t best_distance = 3;

	for (; n; n--, name = (const void *)((const char *)name + stride)) {
		size_t d = distance(word, *name);

		if (d < best_distance && d < strlen(*name)) {
			best_distance = d;
			best = *name;
		}
	}
	return best;
}

static bool is_label(const char *label)
{
	size_t length = strlen(label);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)label[i]) && !strchr("._-", label[i]))
			return false;
	return length > 0 && length < 64;
}

/* The kind of a section by its name, "device LABEL" or one of the others; NULL after a complaint. */
static const struct section_kind *section_kind(struct reader *reader, const char **ret_label)
{
	const char *name = reader->entry->section, *space = strchrnul(name, ' '), *near;
	_cleanup_free_ char *word = xstrndup(name, (size_t)(space - name));

	*ret_label = *space ? space + 1 : NULL;
	for (size_t i = 0; i < N_SECTION_KINDS; i++) {
		const struct section_kind *kind = &section_kinds[i];

		if (strcmp(kind->name, word) != 0)
			continue;
		if (kind == DEVICE_KIND ? *ret_label && is_label(*ret_label) : !*ret_label)
			return kind;
		complain(
			reader, xasprintf("section [%s] has an invalid name", name),
			xstrdup(kind == DEVICE_KIND
					? "write [device LABEL], where LABEL is up to 63 letters, digits, "
					  "'.', '_' or '-'"
					: "write the section's name alone, as in [host]"));
		return NULL;
	}
	near = nearest(word, &section_kinds->name, N_SECTION_KINDS, sizeof(*section_kinds));
	complain(reader, xasprintf("unknown section [%s]", name),
		 near ? xasprintf("did you mean [%s%s]?", near,
				  strcmp(near, "device") == 0 ? " LABEL" : "")
		      : xstrdup("sections are [host], [iommu], [kernel], [modules], [bind] and "
				"[device LABEL]"));
	return NULL;
}

static void read_entry(struct reader *reader, const struct section_kind *kind, void *target)
{
	const struct ini_entry *entry = reader->entry;
	const char *near;

	for (size_t i = 0; i < kind->n_keys; i++) {
		const struct profile_key *key = &kind->keys[i];
		struct value_error error = {};

		if (strcmp(key->name, entry->key) != 0)
			continue;
		if (key->read(&error, (char *)target + key->offset, entry->value) < 0)
			complain(reader,
				 xasprintf("section [%s], key \"%s\": \"%s\" is not valid",
					   entry->section, entry->key, error.seen),
				 xasprintf("expected %s",
					   error.expected ? error.expected : key->expected));
		return;
	}
	near = nearest(entry->key, &kind->keys->name, kind->n_keys, sizeof(*kind->keys));
	complain(reader,
		 xasprintf("unknown key \"%s\" in section [%s]", entry->key, entry->section),
		 near ? xasprintf("did you mean \"%s\"?", near)
		      : xasprintf("vfio-prepare.conf(5) has the keys of [%s]", kind->name));
}

/* The section of that label, a new one where it is the first entry of it; NULL: one too many. */
static struct device_section *device_section(struct profile *profile, const struct ini_entry *entry,
					     const char *label)
{
	struct device_section *section;

	vec_foreach(known, &profile->sections)
		if (strcmp(known->label, label) == 0)
			return known;
	if (profile->sections.n == PROFILE_MAX_SECTIONS)
		return NULL;
	section = vec_add(&profile->sections);
	section->label = xstrdup(label);
	section->file = xstrdup(entry->file);
	section->line = entry->line;
	section->driver = xstrdup("vfio-pci");
	return section;
}

static void check_section(const struct device_section *section, struct findings *findings)
{
	if (section->addresses.n || section->ids.n || section->classes.n || section->subsystems.n ||
	    section->paths.n || section->serials.n)
		return;
	complain_at(findings, section->file, section->line,
		    xasprintf("section [device %s] selects no device", section->label),
		    xstrdup("give it at least one of address, id, class, subsystem, path, serial"));
}

int profile_parse(const struct ini *ini, struct profile *ret, struct findings *findings)
{
	struct profile profile = {
		.iommu_required = true,
		.iommu_passthrough = PASSTHROUGH_AUTO,
		.device_timeout_s = 10,
		.timeout_s = 45,
		.bootloader = BOOTLOADER_AUTO,
		.blacklist_mode = xstrdup("auto"),
	};
	struct reader reader = {.findings = findings};
	size_t before = findings->n;
	bool readable;

	for (size_t i = 0; i < ini->n; i++) {
		const struct section_kind *kind;
		void *target = &profile;
		const char *label;

		reader.entry = &ini->items[i];
		if (reader.entry->key && strcmp(reader.entry->section, "") == 0) {
			complain(&reader, xstrdup("a key precedes the first section"),
				 xstrdup("move it below a line such as [host]"));
			continue;
		}
		/* An unknown section is told once, by its own line, not for each of its keys. */
		struct findings none = {}, *keep = reader.findings;
		if (reader.entry->key)
			reader.findings = &none;
		kind = section_kind(&reader, &label);
		reader.findings = keep;
		findings_done(&none);
		if (!kind)
			continue;
		if (kind == DEVICE_KIND)
			target = device_section(&profile, reader.entry, label);
		if (!target) {
			complain(&reader, xstrdup("the profile has more than 512 device sections"),
				 xstrdup("list more devices in one section"));
			break;
		}
		if (reader.entry->key)
			read_entry(&reader, kind, target);
	}
	readable = findings->n == before;
	vec_foreach(section, &profile.sections) {
		/* A selector that could not be read is no missing one. */
		if (readable)
			check_section(section, findings);
		address_list_sort(&section->addresses);
		address_list_sort(&section->except);
	}

	if (findings->n > before) {
		profile_done(&profile);
		return -EINVAL;
	}
	*ret = profile;
	return 0;
}
