/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guard_record.h"

#include <string.h>

#include "decide/guarded.h"
#include "decide/guards.h"

static bool takes(const struct device_section *section, unsigned opened_by)
{
	return section && !section->vfs && !(section->allow & opened_by);
}

/* Would the profile take it in spite of the guard, for its own sake or for that of its group? */
static bool is_wanted(const struct match *match, const struct claim *claim, unsigned opened_by)
{
	int group = claim->function->iommu_group;

	if (claim->section)
		return takes(claim->section, opened_by);
	vec_foreach(other, match)
		if (takes(other->section, opened_by) && other->section->group == GROUP_EXPAND &&
		    group >= 0 && other->function->iommu_group == group)
			return true;
	return false;
}

static bool is_listed(const struct mount_list *table, const struct mount *mount)
{
	vec_foreach(entry, table)
		if (strcmp(entry->target, mount->target) == 0)
			return true;
	return false;
}

/* The guards of the system phase of a boot: nothing is mounted but the root and what fstab names. */
static void guards_make_at_boot(const struct inventory *inventory, struct guards *ret)
{
	struct inventory then = *inventory;

	then.storage.mounts = then.storage.swaps = (struct mount_list){};
	vec_foreach(mount, &inventory->storage.mounts)
		if (strcmp(mount->target, "/") == 0 || is_listed(&inventory->storage.fstab, mount))
			*vec_add(&then.storage.mounts) = *mount;
	guards_make(&then, PHASE_SYSTEM, ret);
	free(then.storage.mounts.items);
}

static bool holds_disk(const struct guard_list *guards)
{
	vec_foreach(guard, guards)
		if (guard->type == FINDING_HOST_DISK || guard->type == FINDING_HOST_DISK_UNKNOWN)
			return true;
	return false;
}

/* The guard as a boot has to keep it; N_FINDING_TYPES: it finds out by itself, or need not know. */
static enum finding_type kept_type(const struct guard *guard, const struct guard_list *at_boot)
{
	if (guard->type == FINDING_NETWORK || guard->type == FINDING_STORAGE)
		return guard->type;
	if ((guard->type == FINDING_HOST_DISK || guard->type == FINDING_HOST_DISK_UNKNOWN ||
	     guard->lasts) &&
	    !holds_disk(at_boot))
		return FINDING_HOST_DISK;
	return N_FINDING_TYPES;
}

static bool has(const struct guarded_list *list, enum finding_type type,
		const struct pci_address *address)
{
	vec_foreach(guarded, list)
		if (guarded->type == type && pci_address_compare(&guarded->address, address) == 0)
			return true;
	return false;
}

static void add(const struct inventory *inventory, const struct pci_function *function,
		enum finding_type type, struct guarded_list *ret)
{
	struct guarded *guarded;

	if (has(ret, type, &function->address))
		return;
	guarded = vec_add(ret);
	*guarded = (struct guarded){.type = type,
				    .address = function->address,
				    .id = {.vendor = function->vendor, .device = function->device},
				    .path = xstrdup_null(function->port_path),
				    .has_serial = function->has_serial,
				    .serial = function->serial};
	if (type != FINDING_NETWORK)
		guarded_contents(&inventory->storage, function, &guarded->contents);
}

void guarded_make(const struct match *match, struct guarded_list *ret)
{
	const struct inventory *inventory = match->inventory;
	_cleanup_(guards_done) struct guards now = {}, at_boot = {};

	guards_make(inventory, PHASE_APPLY, &now);
	guards_make_at_boot(inventory, &at_boot);
	vec_foreach(claim, match) {
		size_t i = (size_t)(claim - match->items);

		vec_foreach(guard, &now.functions[i]) {
			enum finding_type type = kept_type(guard, &at_boot.functions[i]);

			if (type != N_FINDING_TYPES &&
			    is_wanted(match, claim, guard_opened_by(type)))
				add(inventory, claim->function, type, ret);
		}
	}
}
