/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guard_record.h"

#include "decide/guards.h"

/* Would the profile take it, for its own sake or for that of its group? */
static bool is_wanted(const struct match *match, const struct claim *claim)
{
	int group = claim->function->iommu_group;

	if (claim->section)
		return !claim->section->vfs && !(claim->section->allow & ALLOW_NETWORK);
	vec_foreach(other, match)
		if (other->section && other->section->group == GROUP_EXPAND &&
		    !(other->section->allow & ALLOW_NETWORK) && group >= 0 &&
		    other->function->iommu_group == group)
			return true;
	return false;
}

void guarded_make(const struct match *match, struct guarded_list *ret)
{
	_cleanup_(guards_done) struct guards guards = {};

	guards_make(match->inventory, PHASE_SYSTEM, &guards);
	vec_foreach(claim, match) {
		const struct pci_function *function = claim->function;

		vec_foreach(guard, &guards.functions[claim - match->items])
			if (guard->type == FINDING_NETWORK && is_wanted(match, claim))
				*vec_add(ret) = (struct guarded){function->address,
								 {.vendor = function->vendor,
								  .device = function->device}};
	}
}
