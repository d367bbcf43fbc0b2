/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guarded.h"

#include <string.h>

#include "base/text.h"

#define CLASS_NVME 0x0108

void guarded_contents(const struct storage *storage, const struct pci_function *function,
		      struct strv *ret)
{
	vec_foreach(device, &storage->devices) {
		const char *const ids[] = {device->uuid, device->partuuid};

		if (!pci_address_list_has(&device->carriers, &function->address))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
			if (ids[i] && *ids[i] && !strpbrk(ids[i], " \t\n,") &&
			    ret->n < GUARDED_MAX_CONTENTS)
				strv_add_new(ret, ids[i]);
	}
}

enum contents { CONTENTS_UNSEEN, CONTENTS_SAME, CONTENTS_OTHER };

static enum contents compare_contents(const struct guarded *guarded,
				      const struct inventory *inventory,
				      const struct pci_function *function)
{
	bool seen = false, all = true;

	vec_foreach(device, &inventory->storage.devices) {
		if (!pci_address_list_has(&device->carriers, &function->address))
			continue;
		seen = true;
		all = all && device->probed;
		for (size_t i = 0; i < guarded->contents.n; i++) {
			const char *kept = guarded->contents.items[i];

			if ((device->uuid && strcasecmp(device->uuid, kept) == 0) ||
			    (device->partuuid && strcasecmp(device->partuuid, kept) == 0))
				return CONTENTS_SAME;
		}
	}
	/* Other controllers find their disks one after another, so that the one may be still to come. */
	return guarded->contents.n && seen && all && function->class >> 8 == CLASS_NVME
		       ? CONTENTS_OTHER
		       : CONTENTS_UNSEEN;
}

static bool has_id(const struct guarded *guarded, const struct pci_function *function)
{
	return id_pattern_matches(&guarded->id, function->vendor, function->device,
				  function->class);
}

static bool is_in_place(const struct guarded *guarded, const struct pci_function *function)
{
	if (!has_id(guarded, function))
		return false;
	if (guarded->has_serial && function->has_serial)
		return guarded->serial == function->serial;
	if (guarded->path && function->port_path)
		return strcmp(guarded->path, function->port_path) == 0;
	return pci_address_compare(&guarded->address, &function->address) == 0;
}

bool guarded_is(const struct guarded *guarded, const struct inventory *inventory,
		const struct pci_function *function)
{
	enum contents contents = compare_contents(guarded, inventory, function);

	if (contents != CONTENTS_UNSEEN)
		return contents == CONTENTS_SAME;
	if (is_in_place(guarded, function))
		return true;
	/* Its serial number says that it is another one; an id that means any says nothing. */
	if ((guarded->has_serial && function->has_serial) || guarded->id.vendor < 0 ||
	    guarded->id.device < 0 || !has_id(guarded, function))
		return false;
	vec_foreach(other, inventory) {
		contents = compare_contents(guarded, inventory, other);
		if (contents == CONTENTS_SAME ||
		    (contents == CONTENTS_UNSEEN && is_in_place(guarded, other)))
			return false;
	}
	return true;
}
