/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/nova.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

const char *const nova_types[] = {
	[EXPORT_TYPE_PCI] = "type-PCI",
	[EXPORT_TYPE_PF] = "type-PF",
	[EXPORT_TYPE_VF] = "type-VF",
};
const char *const nova_numa_policies[] = {"legacy", "preferred", "required", "socket"};

void nova_aliases_done(struct nova_aliases *aliases)
{
	vec_foreach(alias, aliases)
		free(alias->name);
	free(aliases->items);
}

static unsigned base_class(const struct export_device *device)
{
	return device->class >> 16;
}

/*
 * The first function of the section's cards, of which one is given, says what the section is for: it is never the
 * sound of a card.
 */
static const struct export_device *main_device(const struct export *export,
					       const struct export_device *one)
{
	const struct export_device *first = NULL;

	vec_foreach(device, export)
		if (device->section == one->section && !device->companion &&
		    (!first || device->address.function < first->address.function))
			first = device;
	return first ? first : one;
}

/* What the functions of a card are called beside its main one (include/linux/pci_ids.h). */
static char *class_word(const struct export_device *device)
{
	static const char *const words[] = {
		[0x01] = "storage",   [0x02] = "network", [0x03] = "display",     [0x04] = "audio",
		[0x0b] = "processor", [0x10] = "crypto",  [0x12] = "accelerator",
	};
	unsigned class = device->class >> 8;

	if (class == 0x0c03)
		return xstrdup("usb");
	if (base_class(device) < ARRAY_SIZE(words) && words[base_class(device)])
		return xstrdup(words[base_class(device)]);
	return xasprintf("%04x", class);
}

static bool is_line_of(const struct nova_alias *alias, const struct export_device *device)
{
	return alias->section == device->section && alias->device->vendor == device->vendor &&
	       alias->device->device == device->device && alias->device->type == device->type &&
	       base_class(alias->device) == base_class(device);
}

const struct nova_alias *nova_alias_of(const struct nova_aliases *aliases,
				       const struct export_device *device)
{
	if (device->companion)
		return NULL;
	vec_foreach(alias, aliases)
		if (is_line_of(alias, device))
			return alias;
	return NULL;
}

void nova_aliases_make(const struct export *export, struct nova_aliases *ret)
{
	vec_foreach(device, export) {
		const struct device_section *section = device->section;
		struct nova_alias *alias;

		if (device->companion || nova_alias_of(ret, device))
			continue;
		alias = vec_add(ret);
		*alias = (struct nova_alias){
			.section = section,
			.device = device,
			.is_main = base_class(device) == base_class(main_device(export, device)),
			.is_asked = section->alias || !section->physical_network,
		};
		if (alias->is_main) {
			alias->name = xstrdup(export_alias(section));
		} else {
			_cleanup_free_ char *word = class_word(device);

			alias->name = xasprintf("%s-%s", export_alias(section), word);
		}
	}
}

/* The charms have no options for it. */
static bool has_placement(const struct export *export, const char *release)
{
	return strcmp(export_infos[export->text].target, "nova") == 0 &&
	       export_is_since(export, release);
}

static bool wants_placement(const struct export *export)
{
	vec_foreach(device, export)
		if (device->section->resource_class || device->section->traits)
			return true;
	return false;
}

bool nova_reports(const struct export *export)
{
	return has_placement(export, "26") && wants_placement(export);
}

bool nova_could_schedule(const struct export *export)
{
	return has_placement(export, "27");
}

bool nova_schedules(const struct export *export)
{
	return nova_could_schedule(export) && wants_placement(export);
}

bool nova_has_network(const struct device_section *section)
{
	return section->physical_network && strcmp(section->physical_network, "null") != 0;
}

/* As os_resource_classes.normalize_name(), without the CUSTOM_ that nova adds where it is no standard class. */
char *nova_resource_class(const struct nova_alias *alias)
{
	const char *name = alias->section->resource_class;
	_cleanup_free_ char *word = alias->is_main || !name ? NULL : class_word(alias->device);
	char *class = !name ? xstrdup("") : word ? xasprintf("%s_%s", name, word) : xstrdup(name);
	char *to = class;
	bool gap = false;

	for (const char *from = class; *from; from++) {
		bool plain = isalnum((unsigned char)*from) || *from == '_';

		if (plain || !gap)
			*to++ = plain ? (char)toupper((unsigned char)*from) : '_';
		gap = !plain;
	}
	*to = '\0';
	return class;
}

void nova_traits(const struct device_section *section, struct strv *ret)
{
	if (section->traits)
		strv_split(ret, section->traits, " \t,");
}

const char *nova_release(const char *name)
{
	static const char *const names[][3] = {
		{"queens", "17"},
		{"rocky", "18"},
		{"stein", "19"},
		{"train", "20"},
		{"ussuri", "21"},
		{"victoria", "22"},
		{"wallaby", "23"},
		{"xena", "24"},
		{"yoga", "25"},
		{"zed", "26"},
		{"antelope", "27", "2023.1"},
		{"bobcat", "28", "2023.2"},
		{"caracal", "29", "2024.1"},
		{"dalmatian", "30", "2024.2"},
		{"epoxy", "31", "2025.1"},
		{"flamingo", "32", "2025.2"},
		{"gazpacho", "33", "2026.1"},
		{"hibiscus", "34", "2026.2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(name, names[i][0]) == 0 || text_same(names[i][2], name))
			return names[i][1];
	return name;
}
