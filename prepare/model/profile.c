/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/profile.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

const char *const allow_names[N_ALLOW] = {"display", "network", "storage"};

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
	struct ini_entry *entry = NULL;

	vec_foreach(known, ini)
		if (strcmp(known->section, section) == 0 && text_same(known->key, key))
			entry = known;
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
	vec_foreach(entry, ini)
		entry_done(entry);
	free(ini->items);
	*ini = (struct ini){};
}

void profile_done(struct profile *profile)
{
	if (!profile)
		return;
	vec_foreach(section, &profile->sections) {
		free(section->label);
		free(section->file);
		free(section->addresses.items);
		free(section->ids.items);
		free(section->classes.items);
		free(section->subsystems.items);
		strv_done(&section->paths);
		free(section->serials.items);
		free(section->except.items);
		free(section->driver);
		free(section->alias);
		free(section->numa);
		free(section->resource_class);
		free(section->physical_network);
		free(section->traits);
		free(section->trusted);
		free(section->live_migratable);
		free(section->consumer);
	}
	free(profile->sections.items);
	ini_done(&profile->entries);
	free(profile->description);
	free(profile->kernel_arguments);
	free(profile->blacklist_mode);
	strv_done(&profile->blacklist);
	*profile = (struct profile){};
}

const struct device_section *profile_section(const struct profile *profile, const char *label)
{
	vec_foreach(section, &profile->sections)
		if (strcmp(section->label, label) == 0)
			return section;
	return NULL;
}

unsigned profile_asks(const struct profile *profile)
{
	unsigned asks = 0;

	vec_foreach(section, &profile->sections)
		asks |= (section->serials.n ? ASKS_SERIALS : 0) |
			(section->paths.n ? ASKS_PATHS : 0) | (section->vfs ? ASKS_VFS : 0) |
			(section->reset == RESET_REQUIRE ? ASKS_RESETS : 0);
	return asks;
}

bool profile_places(const struct profile *profile, struct address_list *ret)
{
	vec_foreach(section, &profile->sections) {
		if (!section->addresses.n || section->vfs)
			return false;
		vec_foreach(pattern, &section->addresses)
			*vec_add(ret) = *pattern;
	}
	address_list_sort(ret);
	return true;
}

bool is_module_name(const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '-' && word[i] != '_')
			return false;
	return length > 0 && length < DRIVER_NAME_MAX;
}

const char *driver_canonical_name(const char *name)
{
	if (strcmp(name, "vfio_pci") == 0)
		return "vfio-pci";
	if (strcmp(name, "pci_stub") == 0)
		return "pci-stub";
	if (strcmp(name, "xen_pciback") == 0 || strcmp(name, "xen-pciback") == 0)
		return "pciback";
	return name;
}

char *driver_registered_name(const char *name)
{
	const char *canonical = driver_canonical_name(name);
	_cleanup_free_ char *module = module_of_driver(canonical);
	bool as_module = (text_ends_with(module, "_vfio_pci") ||
			  strcmp(module, "uio_pci_generic") == 0 || strcmp(module, "igb_uio") == 0);

	return as_module ? TAKE_PTR(module) : xstrdup(canonical);
}

bool driver_is_vfio(const char *name)
{
	return strstr(name, "vfio") != NULL;
}

char *module_of_driver(const char *driver)
{
	char *module = xstrdup(driver);

	text_underscore(module);
	return module;
}
