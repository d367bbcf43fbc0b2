/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"

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

void check_iommu(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	struct findings *findings = checks->findings;
	enum severity severity = checks->profile->iommu_required ? SEVERITY_ERROR
								 : SEVERITY_WARNING;
	const char *argument = iommu_off_argument(&inventory->args);
	struct finding *finding;

	if (inventory->iommu == IOMMU_ON)
		return;
	if (inventory->iommu == IOMMU_UNKNOWN) {
		checks->unknown = checks->profile->iommu_required;
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
