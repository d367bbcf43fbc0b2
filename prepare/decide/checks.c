/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/checks.h"

#include <string.h>

#include "base/buf.h"
#include "decide/group.h"
#include "decide/planner.h"

const char *off_switch(const struct kernel_args *args, bool initramfs)
{
	if (!kernel_args_bool(args, "vfio_prepare.enable", true))
		return "vfio_prepare.enable=0";
	if (initramfs && !kernel_args_bool(args, "rd.vfio_prepare", true))
		return "rd.vfio_prepare=0";
	return NULL;
}

/* The argument that turns the IOMMU off, whatever else stands there; NULL: none (kernel.md 1, 2). */
static const char *iommu_off_argument(const struct kernel_args *args)
{
	const struct kernel_arg *intel = kernel_args_last(args, "intel_iommu");

	if (kernel_args_list_has(args, "iommu", "off"))
		return "iommu=off";
	if (kernel_args_list_has(args, "amd_iommu", "off"))
		return "amd_iommu=off";
	if (intel && intel->value && strncmp(intel->value, "off", 3) == 0)
		return "intel_iommu=off";
	return NULL;
}

static void check_iommu(const struct profile *profile, const struct inventory *inventory,
			struct findings *findings)
{
	enum severity severity = profile->iommu_required ? SEVERITY_ERROR : SEVERITY_WARNING;
	const char *argument = iommu_off_argument(&inventory->args);
	struct finding *finding;

	if (inventory->iommu == IOMMU_ON)
		return;
	if (inventory->iommu == IOMMU_UNKNOWN) {
		finding_remedy(
			finding_add(findings, severity, "iommu-unknown", "host",
				    "/sys/class/iommu or /sys/kernel/iommu_groups cannot be read"),
			"run as root, on the host itself");
		return;
	}
	if (inventory->firmware_known && inventory->firmware_tables.n == 0) {
		finding_remedy(
			finding_add(
				findings, severity, "firmware-table", "host",
				"the firmware describes no IOMMU (no DMAR, IVRS, IORT or VIOT table)"),
			"turn VT-d or AMD-Vi (IOMMU; SVM alone is not enough) on in the firmware setup; no kernel "
			"argument helps");
		return;
	}
	finding = finding_add(
		findings, severity, "iommu", "host", "no IOMMU is in use%s%s",
		inventory->firmware_tables.n ? ", though the firmware describes one: table " : "",
		inventory->firmware_tables.n ? inventory->firmware_tables.items[0] : "");
	if (argument)
		finding_remedy(finding, "remove %s from the kernel's arguments", argument);
	else
		finding_remedy(
			finding,
			"add intel_iommu=on to the kernel's arguments on an Intel host; on AMD it is on by "
			"itself, look for AMD-Vi in the kernel log");
}

static void check_device(const struct planned_device *device, const char *off,
			 struct findings *findings)
{
	struct finding *finding;

	if (device->state != DEVICE_BIND)
		return;
	finding = finding_add(findings, SEVERITY_ERROR, "wrong-driver",
			      PCI_ADDRESS_TEXT(&device->address),
			      "section [device %s] wants it on %s, it is on %s", device->section,
			      device->want, device_driver_text(device));
	if (off)
		finding_remedy(finding, "remove %s from the kernel's arguments and restart", off);
	else
		finding_remedy(finding, "vfio-prepare bind");
}

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

static void check_groups(const struct inventory *inventory, const struct plan *plan,
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

static enum readiness status_of(const struct profile *profile, const struct inventory *inventory,
				const struct plan *plan, const struct findings *findings)
{
	if (inventory->iommu == IOMMU_UNKNOWN && profile->iommu_required)
		return READINESS_UNKNOWN;
	if (findings_have(findings, SEVERITY_ERROR))
		return NOT_READY;
	vec_foreach(device, plan)
		if (device->state != DEVICE_RIGHT)
			return NOT_READY;
	return READY;
}

void validation_make(const struct profile *profile, const struct inventory *inventory,
		     struct plan *plan, struct validation *ret)
{
	struct validation validation = {.findings = plan->findings};
	const char *off = off_switch(&inventory->args, true);

	plan->findings = (struct findings){};
	check_iommu(profile, inventory, &validation.findings);
	vec_foreach(device, plan)
		check_device(device, off, &validation.findings);
	check_groups(inventory, plan, &validation.findings);
	check_backend(plan, &validation.findings);
	if (off)
		finding_remedy(finding_add(&validation.findings, SEVERITY_WARNING, "off-switch",
					   "host", "this boot was told to leave devices alone: %s",
					   off),
			       "remove %s from the kernel's arguments", off);
	validation.status = status_of(profile, inventory, plan, &validation.findings);
	*ret = validation;
}

void validation_done(struct validation *validation)
{
	if (validation)
		findings_done(&validation->findings);
}

const char *readiness_name(enum readiness status)
{
	static const char *const names[] = {
		[READY] = "ready",
		[NOT_READY] = "not-ready",
		[REBOOT_REQUIRED] = "reboot-required",
		[READINESS_UNKNOWN] = "unknown",
	};

	return names[status];
}
