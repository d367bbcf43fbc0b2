/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/group.h"

#include <string.h>

#include "base/buf.h"

bool driver_leaves_group_viable(const char *driver)
{
	/* Variant drivers have vfio in their names: mlx5_vfio_pci, nvgrace_gpu_vfio_pci. */
	return !driver || strstr(driver, "vfio") || strcmp(driver, "pci-stub") == 0 ||
	       strcmp(driver, "pcieport") == 0;
}

/*
 * Would the function keep the group from the guest? Early in a boot no driver has it yet, so a
 * module that may come counts like a driver; for a bridge only the driver does, as modules such as
 * shpchp offer themselves for all of them and take few.
 */
static bool stands_in_the_way(const struct pci_function *function)
{
	if (function->unknown & FUNCTION_DRIVER)
		return true;
	if (function->driver)
		return !driver_leaves_group_viable(function->driver);
	if (function_is_infrastructure(function))
		return false;
	return (function->unknown & FUNCTION_MODULES) || function->modules.n > 0;
}

static bool may_join(const struct device_section *section, const struct pci_function *function)
{
	if ((function->unknown & (FUNCTION_IDS | FUNCTION_DRIVER)) ||
	    function_is_infrastructure(function) || function->class >> 16 == 0x01)
		return false;
	vec_foreach(pattern, &section->except)
		if (address_pattern_matches(pattern, &function->address))
			return false;
	return true;
}

static void add_member(struct buf *list, const struct pci_function *function)
{
	buf_addf(list, "%s%s (%04x:%04x, %s)", list->length ? ", " : "",
		 PCI_ADDRESS_TEXT(&function->address), function->vendor, function->device,
		 function->driver                      ? function->driver
		 : function->unknown & FUNCTION_DRIVER ? "unknown driver"
		 : function->modules.n                 ? function->modules.items[0]
						       : "no driver");
}

/* One group, as far as one section's functions in it are concerned. */
static void complete(const struct inventory *inventory, struct match *match,
		     const struct device_section *section, const struct pci_function *listed)
{
	_cleanup_free_ char *subject = xasprintf("group %d", listed->iommu_group);
	struct buf others = {};
	struct finding *finding;

	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *member = &inventory->items[i];
		struct claim *claim = &match->claims[i];

		if (member->iommu_group != listed->iommu_group ||
		    (claim->section && !claim->refused) || !stands_in_the_way(member))
			continue;
		if (section->group == GROUP_EXPAND && !claim->section && may_join(section, member))
			*claim = (struct claim){.section = section, .companion = true};
		else
			add_member(&others, member);
	}
	if (others.length) {
		finding = finding_add(&match->findings,
				      section->group == GROUP_IGNORE ? SEVERITY_WARNING
								     : SEVERITY_ERROR,
				      "group-incomplete", subject,
				      "%s of section [device %s] shares its IOMMU group with %s",
				      PCI_ADDRESS_TEXT(&listed->address), section->label,
				      buf_text(&others));
		finding_remedy(
			finding,
			"list these too, or write group = expand; or move the card to a slot of its own");
		if (section->group != GROUP_IGNORE)
			for (size_t i = 0; i < inventory->n; i++)
				if (inventory->items[i].iommu_group == listed->iommu_group &&
				    match->claims[i].section == section)
					match->claims[i].refused = true;
	}
	buf_done(&others);
}

void group_complete(const struct inventory *inventory, struct match *match)
{
	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *function = &inventory->items[i];
		const struct claim *claim = &match->claims[i];
		bool seen = false;

		if (!claim->section || claim->refused || function->iommu_group < 0)
			continue;
		/* Once for each section in a group: at its first function there. */
		for (size_t j = 0; j < i && !seen; j++)
			seen = inventory->items[j].iommu_group == function->iommu_group &&
			       match->claims[j].section == claim->section;
		if (!seen)
			complete(inventory, match, claim->section, function);
	}
}
