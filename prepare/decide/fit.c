/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/fit.h"

#include <string.h>

#include "base/text.h"
#include "decide/iommu_args.h"

/* Does apply refuse the device for the next boot, too? */
static bool stays_refused(const struct plan *plan, const char *address)
{
	vec_foreach(device, plan)
		if (strcmp(PCI_ADDRESS_TEXT(&device->address), address) == 0)
			return device->state == DEVICE_REFUSED && !device->next_boot;
	return false;
}

/* What an error makes of the fitness. A restart helps where what is wrong is of this boot alone. */
static enum readiness weigh(const struct profile *profile, const struct inventory *inventory,
			    const struct plan *plan, const struct finding *finding)
{
	struct turned_off off;

	switch (finding->type) {
	case FINDING_IOMMU_NOT_BUILT: /* by another kernel */
	case FINDING_DEVICE_HANGS:
		return REBOOT_REQUIRED;
	case FINDING_IOMMU:
		/* Of an IOMMU that may not be there, no restart is promised to turn it on. */
		return inventory->firmware_known && iommu_may_need_argument(inventory)
			       ? REBOOT_REQUIRED
			       : READINESS_UNKNOWN;
	case FINDING_NO_IOMMU_GROUP:
		return inventory->iommu != IOMMU_ON ||
				       kernel_args_list_has(&inventory->args, "intel_iommu",
							    "igfx_off")
			       ? REBOOT_REQUIRED
			       : NOT_READY;
	case FINDING_INTERRUPT_REMAPPING:
		return profile->unsafe_interrupts ||
				       interrupt_remapping_turned_off(&inventory->args, &off) ||
				       inventory->platform.config[KERNEL_IRQ_REMAP] == ANSWER_NO
			       ? REBOOT_REQUIRED
			       : NOT_READY;
	case FINDING_IN_USE:
		return stays_refused(plan, finding->subject) ? NOT_READY : REBOOT_REQUIRED;
	case FINDING_GROUP_NOT_VIABLE: /* what is in the way is not in the profile */
		return NOT_READY;
	default:
		return finding_verdict(finding->type);
	}
}

/* A device without a group is refused, whether or not the profile requires an IOMMU. */
static bool counts(const struct finding *finding)
{
	return finding->severity == SEVERITY_ERROR || finding->type == FINDING_NO_IOMMU_GROUP;
}

const struct finding *fitness_reason(const struct profile *profile,
				     const struct inventory *inventory,
				     const struct findings *findings, const struct plan *plan,
				     enum readiness fitness)
{
	vec_foreach(finding, findings)
		if (counts(finding) && weigh(profile, inventory, plan, finding) == fitness)
			return finding;
	return NULL;
}

enum readiness fitness_of(const struct profile *profile, const struct inventory *inventory,
			  const struct findings *findings, const struct plan *plan)
{
	bool seen[N_READINESS] = {};

	vec_foreach(finding, findings)
		if (counts(finding))
			seen[weigh(profile, inventory, plan, finding)] = true;
	if (seen[NOT_READY])
		return NOT_READY;
	if (seen[READINESS_UNKNOWN])
		return READINESS_UNKNOWN;
	if (seen[REBOOT_REQUIRED])
		return REBOOT_REQUIRED;
	vec_foreach(device, plan)
		if (device->state == DEVICE_REFUSED)
			return NOT_READY;
	return READY;
}

bool system_is_ephemeral(const struct kernel_args *args)
{
	const struct kernel_arg *root = kernel_args_last(args, "root"),
				*overlay = kernel_args_last(args, "overlayroot");

	return (root && root->value && text_starts_with(root->value, "squash:")) ||
	       (overlay && overlay->value && text_starts_with(overlay->value, "tmpfs"));
}
