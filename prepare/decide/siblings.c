/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/siblings.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define IDS "options vfio-pci ids="
#define BLACKLIST "blacklist "

static const char *own_file(const struct inventory *inventory)
{
	const char *text = inventory->own_files[FILE_MODPROBE].text;

	return text ? text : "";
}

/* Is there a line that begins so? */
static bool has_line(const char *text, const char *start)
{
	for (; *text; text = text_next_line(text))
		if (text_starts_with(text, start))
			return true;
	return false;
}

bool siblings_have_ids(const struct inventory *inventory)
{
	return has_line(own_file(inventory), IDS);
}

bool siblings_may_exist(const struct inventory *inventory)
{
	return siblings_have_ids(inventory) || has_line(own_file(inventory), BLACKLIST) ||
	       strv_contains(&inventory->drivers, "vfio-pci");
}

void own_blacklist(const struct inventory *inventory, struct strv *ret)
{
	for (const char *text = own_file(inventory); *text; text = text_next_line(text))
		if (text_starts_with(text, BLACKLIST)) {
			const char *name = text + strlen(BLACKLIST);

			strv_take(ret, xstrndup(name, strcspn(name, "\n")));
		}
}

/* Is the id of the function one that the tool gives to vfio-pci, in the file or as that of a listed one? */
static bool has_given_id(const struct match *match, const struct pci_function *function)
{
	const char *text = own_file(match->inventory);
	char id[sizeof("ffff:ffff")];

	snprintf(id, sizeof(id), "%04x:%04x", function->vendor, function->device);
	for (; *text; text = text_next_line(text))
		if (text_starts_with(text, IDS)) {
			_cleanup_free_ char *ids = xstrndup(text + strlen(IDS),
							    strcspn(text + strlen(IDS), "\n"));

			if (text_list_has(ids, ',', id))
				return true;
		}
	vec_foreach(claim, match)
		if (claim->section && claim->function->vendor == function->vendor &&
		    claim->function->device == function->device)
			return true;
	return false;
}

/* Does a guest get a device of its group, which it would lose with this one? */
static bool has_given_group(const struct match *match, const struct pci_function *function)
{
	vec_foreach(claim, match)
		if (claim->section && !claim->refused && function->iommu_group >= 0 &&
		    claim->function->iommu_group == function->iommu_group)
			return true;
	return false;
}

static bool is_taken(const struct match *match, const struct pci_function *function)
{
	return text_same(function->driver, "vfio-pci") && has_given_id(match, function) &&
	       !has_given_group(match, function);
}

bool sibling_may_be(const struct match *match, const struct claim *claim)
{
	const struct pci_function *function = claim->function;

	if ((claim->section && !claim->refused) || function->hangs || (function->unknown & FUNCTION_DRIVER) ||
	    function_is_bridge(function))
		return false;
	return function->driver ? is_taken(match, function)
				: has_line(own_file(match->inventory), BLACKLIST);
}

/* Do others keep the module out as well? */
static bool is_foreign(const struct inventory *inventory, const char *module)
{
	vec_foreach(setting, &inventory->foreign) {
		if (setting->ours || setting->idle ||
		    (setting->effect != FOREIGN_BLACKLIST && setting->effect != FOREIGN_INSTALL))
			continue;
		if (setting->effect == FOREIGN_INSTALL && text_same(setting->name, module))
			return true;
		for (size_t i = 0; i < setting->values.n; i++)
			if (strcmp(setting->values.items[i], module) == 0)
				return true;
	}
	return false;
}

/* Is each native module of the function kept out, and by nobody else? */
static bool is_starved(const struct pci_function *function, const struct strv *blacklist)
{
	size_t n = 0;

	for (size_t i = 0; i < function->modules.n; i++) {
		if (driver_is_vfio(function->modules.items[i]))
			continue;
		if (!strv_contains(blacklist, function->modules.items[i]))
			return false;
		n++;
	}
	return n && !(function->unknown & FUNCTION_MODULES);
}

bool sibling_starves(const struct match *match, const struct claim *claim)
{
	_cleanup_(strv_done) struct strv own = {};

	own_blacklist(match->inventory, &own);
	return !claim->function->driver && is_starved(claim->function, &own);
}

void siblings_find(const struct match *match, struct siblings *ret)
{
	const struct inventory *inventory = match->inventory;
	_cleanup_(strv_done) struct strv own = {};

	own_blacklist(inventory, &own);
	for (size_t i = 0; i < own.n; i++)
		if (!is_foreign(inventory, own.items[i]))
			strv_add(&ret->blacklist, own.items[i]);
	ret->release.force = ret->release.forgets_ids = true;
	ret->release.own_blacklist = &ret->blacklist;
	vec_foreach(claim, match) {
		const struct pci_function *function = claim->function;

		/* An override is somebody's will. */
		if (!sibling_may_be(match, claim) || function->driver_override || function->user ||
		    (function->unknown & FUNCTION_OVERRIDE))
			continue;
		if (function->driver || is_starved(function, &ret->blacklist))
			*vec_add(&ret->release.addresses) = (struct address_pattern){
				.address = function->address};
	}
	address_list_sort(&ret->release.addresses);
}

void siblings_done(struct siblings *siblings)
{
	free(siblings->release.addresses.items);
	strv_done(&siblings->blacklist);
}
