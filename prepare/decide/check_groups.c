/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/buf.h"
#include "decide/check.h"
#include "decide/group.h"
#include "decide/planner.h"

/* Is it planned, and not where it should be already? Then a finding of its own says so. */
static bool has_own_finding(const struct plan *plan, const struct pci_function *function)
{
	const struct planned_device *device = plan_find(plan, &function->address);

	return device && device->state != DEVICE_RIGHT;
}

/* What group_complete() has said of the group; NULL: nothing. */
static const struct finding *find_incomplete(const struct findings *findings, const char *subject)
{
	vec_foreach(finding, findings)
		if (finding->type == FINDING_GROUP_INCOMPLETE &&
		    strcmp(finding->subject, subject) == 0)
			return finding;
	return NULL;
}

/*
 * What the kernel would answer to a guest that opens the group now. What the profile lists too, and is
 * not on its driver, has a finding of its own.
 */
static void check_viability(const struct checks *checks, const struct planned_device *device,
			    const char *subject, const struct group_index *members)
{
	const struct inventory *inventory = checks->inventory;
	const struct finding *incomplete = find_incomplete(checks->findings, subject);
	_cleanup_free_ char *remedy = xstrdup(
		incomplete ? incomplete->remedy : "vfio-prepare plan says what can be done");
	_cleanup_(buf_done) struct buf others = {};

	vec_foreach(item, members) {
		const struct pci_function *member = *item;

		if (member->has_above || function_leaves_group_viable(inventory, member) ||
		    has_own_finding(checks->plan, member))
			continue;
		buf_addf(&others, "%s%s (%s)", others.length ? ", " : "",
			 PCI_ADDRESS_TEXT(&member->address),
			 member->driver ? member->driver : "unknown driver");
	}
	/* Of a group that goes to no guest it does not matter. */
	if (others.length && (incomplete || device->state != DEVICE_REFUSED))
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_ERROR, FINDING_GROUP_NOT_VIABLE, subject,
				"no guest can use %s while other devices of its IOMMU group are "
				"on drivers of the host: %s",
				PCI_ADDRESS_TEXT(&device->address), buf_text(&others)),
			"%s", remedy);
}

/* What of the group itself keeps it from guests; the kernel binds its devices all the same. */
static void check_translation(struct checks *checks, const struct planned_device *device,
			      const char *subject)
{
	const struct iommu_group *group = platform_group(&checks->inventory->platform,
							 device->iommu_group);
	const char *address = PCI_ADDRESS_TEXT(&device->address);

	if (group && group->noiommu)
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_ERROR, FINDING_VFIO_NOIOMMU, subject,
				"the group of %s comes from the no-IOMMU mode of vfio: no IOMMU "
				"translates its addresses, and no virtual machine can use it",
				address),
			"turn the IOMMU on in the firmware setup, remove "
			"vfio.enable_unsafe_noiommu_mode from the kernel's arguments and from "
			"modprobe.d, and restart");
	if (!group || group->direct == ANSWER_UNKNOWN) {
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_ERROR, FINDING_RESERVED_REGION_UNKNOWN,
				subject,
				"the reserved regions of %s cannot be read, so whether the kernel "
				"gives the device to a guest is not known",
				address),
			"run vfio-prepare validate as root on the host itself, or: cat "
			"/sys/kernel/iommu_groups/%d/reserved_regions",
			device->iommu_group);
	} else if (group->direct == ANSWER_YES) {
		finding_remedy(
			finding_add(checks->findings, SEVERITY_ERROR, FINDING_RESERVED_REGION,
				    subject,
				    "the firmware requires a direct mapping of memory for %s (%s): "
				    "the device can be bound, but the kernel does not give it to a "
				    "guest",
				    address, group->regions),
			"turn off what uses the memory in the firmware setup (option ROM, shared "
			"memory of the management controller, legacy USB), or use another slot");
	}
}

static void check_each_group(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	/* Beside the functions: the first of a group stands for it. */
	_cleanup_free_ bool *seen = xcalloc(inventory->n, sizeof(*seen));
	struct group_index index;

	group_index_make(inventory, &index);
	vec_foreach(device, checks->plan) {
		_cleanup_free_ char *subject = xasprintf("group %d", device->iommu_group);
		struct group_index members = group_members(&index, device->iommu_group);

		/* What goes to a native driver asks nothing of its group. */
		if (!members.n || !driver_leaves_group_viable(device->want) ||
		    seen[*members.items - inventory->items])
			continue;
		seen[*members.items - inventory->items] = true;
		check_translation(checks, device, subject);
		check_viability(checks, device, subject, &members);
	}
	group_index_done(&index);
}

/* What a guest's memory is mapped through; the kernel asks for it only when a guest starts. */
static void check_backend(const struct plan *plan, struct findings *findings)
{
	vec_foreach(action, &plan->actions)
		if (action->type == ACTION_LOAD_MODULE && module_is_backend(action->value))
			finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_IOMMU_BACKEND,
						   "host",
						   "neither %s nor iommufd is loaded, and without "
						   "one of them no guest can use the devices",
						   action->value),
				       "modprobe %s", action->value);
}

void check_groups(struct checks *checks)
{
	check_each_group(checks);
	if (!checks->fit)
		check_backend(checks->plan, checks->findings);
}
