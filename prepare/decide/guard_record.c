/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guard_record.h"

#include "decide/guards.h"

/* Would the profile take it, for its own sake or for that of its group? */
static bool is_wanted(const struct match *match, const struct inventory *inventory, size_t i)
{
	const struct device_section *section = match->claims[i].section;

	if (section)
		return !section->vfs && !(section->allow & ALLOW_NETWORK);
	for (size_t j = 0; j < inventory->n; j++) {
		section = match->claims[j].section;
		if (section && section->group == GROUP_EXPAND &&
		    !(section->allow & ALLOW_NETWORK) && inventory->items[j].iommu_group >= 0 &&
		    inventory->items[j].iommu_group == inventory->items[i].iommu_group)
			return true;
	}
	return false;
}

void guarded_make(const struct match *match, const struct inventory *inventory,
		  struct guarded_list *ret)
{
	_cleanup_(guards_done) struct guards guards = {};

	guards_make(inventory, PHASE_SYSTEM, &guards);
	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *function = &inventory->items[i];

		vec_foreach(guard, &guards.functions[i])
			if (guard->type == FINDING_NETWORK && is_wanted(match, inventory, i))
				*vec_add(ret) = (struct guarded){function->address,
								 {.vendor = function->vendor,
								  .device = function->device}};
	}
}
