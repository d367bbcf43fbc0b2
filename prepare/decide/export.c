/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/export.h"

#include <string.h>

/* The address of the virtual function of that index, or false: the kernel does not say where they go. */
static bool vf_address(const struct pci_function *physfn, unsigned index, struct pci_address *ret)
{
	const struct pci_address *from = &physfn->address;
	unsigned way = (unsigned)from->bus << 8 | (unsigned)from->slot << 3 | from->function;

	if (physfn->vf_offset <= 0 || (index && physfn->vf_stride <= 0))
		return false;
	way += (unsigned)physfn->vf_offset + index * (unsigned)physfn->vf_stride;
	if (way > 0xffff)
		return false;
	*ret = (struct pci_address){from->domain, (uint8_t)(way >> 8), way >> 3 & 0x1f, way & 7};
	return true;
}

static void add_device(const struct planned_device *planned, const struct pci_function *function,
		       struct export *export)
{
	struct export_device *device = vec_add(export);

	*device = (struct export_device){
		.address = planned->address,
		.section = profile_section(export->profile, planned->section),
		.function = function,
		.vendor = function->vendor,
		.device = function->device,
		.class = function->class,
		.numa_node = function->numa_node,
		.iommu_group = function->iommu_group,
		.type = function->is_vf           ? EXPORT_TYPE_VF
			: function->total_vfs > 0 ? EXPORT_TYPE_PF
						  : EXPORT_TYPE_PCI,
		.physfn = function->physfn,
		.driver = xstrdup(planned->want),
		.companion = planned->companion,
	};
}

/* Those that exist are in the plan themselves; what is there now may make way for another number of them. */
static void add_vfs(const struct plan *plan, const struct planned_device *planned,
		    const struct pci_function *physfn, struct export *export,
		    struct findings *findings)
{
	const struct device_section *section = profile_section(export->profile, planned->section);

	for (unsigned i = 0; i < planned->vfs; i++) {
		struct pci_address address;
		struct export_device *device;

		if (!vf_address(physfn, i, &address) || physfn->vf_device < 0) {
			finding_remedy(
				finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
					    PCI_ADDRESS_TEXT(&physfn->address),
					    "the addresses or ids of its virtual functions are not "
					    "known before they are made"),
				"vfio-prepare bind makes them; then export again");
			return;
		}
		if (address_list_has(&section->except, &address) || plan_find(plan, &address))
			continue;
		device = vec_add(export);
		*device = (struct export_device){
			.address = address,
			.section = section,
			.vendor = physfn->vendor,
			.device = (uint16_t)physfn->vf_device,
			.class = physfn->class,
			.numa_node = physfn->numa_node,
			.iommu_group = -1,
			.type = EXPORT_TYPE_VF,
			.physfn = physfn->address,
			.driver = xstrdup(strcmp(section->driver, "auto") == 0 ? "vfio-pci"
									       : section->driver),
		};
	}
}

static void check_domain(const struct export *export, const struct export_device *device,
			 struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	if (device->address.domain > info->max_domain)
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "%s takes PCI domains up to %04x, and that of the device "
				    "is above",
				    info->target, info->max_domain),
			"remove the device from section [device %s], or pass it with a "
			"consumer that takes its domain, such as vfio-prepare export qemu "
			"sysfsdev",
			device->section->label);
}

void export_make(const struct plan *plan, struct export *export, struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	vec_foreach(planned, plan) {
		const struct pci_function *function = inventory_find(export->inventory,
								     &planned->address);

		if (!function || planned->state == DEVICE_ABSENT)
			continue;
		if (planned->vfs)
			add_vfs(plan, planned, function, export, findings);
		else if (planned->want && driver_is_vfio(planned->want))
			add_device(planned, function, export);
	}
	vec_sort(export, pci_address_order);
	vec_foreach(device, export)
		check_domain(export, device, findings);
	if (!export->n && !findings->n)
		finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT, "host",
					   "the profile gives no device of this host to guests, so "
					   "that there is nothing to tell %s",
					   info->target),
			       "vfio-prepare init prints a device section for this host");
}
