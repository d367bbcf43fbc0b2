/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/buf.h"
#include "decide/check.h"
#include "decide/group.h"
#include "decide/planner.h"

/* Is it planned, and not where it should be already? Then a finding of its own says so. */
static bool has_own_finding(const struct plan *plan, const struct pci_function *function)
{
	size_t low = 0, high = plan->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = pci_address_compare(&plan->items[middle].address, &function->address);

		if (order == 0)
			return plan->items[middle].state != DEVICE_RIGHT;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/*
 * What the kernel would answer to a guest that opens the group now. What the profile lists too, and is
 * not on its driver, has a finding of its own.
 */
static void check_group(const struct inventory *inventory, const struct plan *plan,
			const struct planned_device *device, const size_t *members, size_t n,
			struct findings *findings)
{
	struct buf others = {};

	for (size_t i = 0; i < n; i++) {
		const struct pci_function *member = &inventory->items[members[i]];

		if (!function_leaves_group_viable(inventory, member) &&
		    !has_own_finding(plan, member))
			buf_addf(&others, "%s%s (%s)", others.length ? ", " : "",
				 PCI_ADDRESS_TEXT(&member->address),
				 member->driver ? member->driver : "unknown driver");
	}
	if (others.length) {
		_cleanup_free_ char *subject = xasprintf("group %d", device->iommu_group);

		finding_remedy(
			finding_add(
				findings, SEVERITY_ERROR, "group-not-viable", subject,
				"no guest can use %s while these of its IOMMU group are on other drivers: %s",
				PCI_ADDRESS_TEXT(&device->address), buf_text(&others)),
			"list them in the profile, or write group = expand in section [device %s]",
			device->section);
	}
	buf_done(&others);
}

static void check_viability(const struct inventory *inventory, const struct plan *plan,
			    struct findings *findings)
{
	struct group_index index;
	int max_group = -1;
	_cleanup_free_ bool *seen = NULL;

	vec_foreach(device, plan)
		if (device->iommu_group > max_group)
			max_group = device->iommu_group;
	seen = xcalloc((size_t)max_group + 1, sizeof(*seen));
	group_index_make(inventory, &index);
	vec_foreach(device, plan) {
		const size_t *members;
		size_t n;

		/* What goes to a native driver asks nothing of its group. */
		if (device->iommu_group < 0 || seen[device->iommu_group] ||
		    !driver_leaves_group_viable(device->want))
			continue;
		seen[device->iommu_group] = true;
		n = group_index_find(&index, inventory, device->iommu_group, &members);
		check_group(inventory, plan, device, members, n, findings);
	}
	group_index_done(&index);
}

/* What a guest's memory is mapped through; the kernel asks for it only when a guest starts. */
static void check_backend(const struct plan *plan, struct findings *findings)
{
	vec_foreach(action, &plan->actions)
		if (action->type == ACTION_LOAD_MODULE && strcmp(action->value, IOMMU_BACKEND) == 0)
			finding_remedy(finding_add(findings, SEVERITY_ERROR, "iommu-backend",
						   "host",
						   "neither " IOMMU_BACKEND
						   " nor iommufd is loaded, so that no "
						   "guest can use the devices"),
				       "modprobe " IOMMU_BACKEND);
}

void check_groups(struct checks *checks)
{
	check_viability(checks->inventory, checks->plan, checks->findings);
	check_backend(checks->plan, checks->findings);
}
