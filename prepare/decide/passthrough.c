/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/passthrough.h"

#include <string.h>

#include "base/text.h"
#include "decide/iommu_args.h"
#include "parse/kernel_args.h"

static bool is_arm(const struct inventory *inventory)
{
	return inventory_machine_iommu(inventory) == IOMMU_KIND_ARM;
}

const char *passthrough_argument(const struct inventory *inventory)
{
	return inventory_machine(inventory)->passthrough;
}

int passthrough_state(const struct inventory *inventory, const struct kernel_args *args,
		      const char **ret_text)
{
	bool x86 = inventory_machine(inventory)->x86;
	int state = 0;

	vec_foreach(arg, args) {
		const char *position = NULL, *item;
		bool value;
		int now = 0;

		if (strcmp(arg->name, "iommu") == 0 && x86)
			while ((item = iommu_next_item(arg, &position)))
				now = text_starts_with(item, "pt")     ? 1
				      : text_starts_with(item, "nopt") ? -1
								       : now;
		else if (strcmp(arg->name, "iommu.passthrough") == 0 && arg->value &&
			 bool_parse(arg->value, &value) == 0)
			now = value ? 1 : -1;
		if (now) {
			state = now;
			*ret_text = arg->text;
		}
	}
	return state;
}

static bool asks(const struct inventory *inventory, const struct kernel_args *args)
{
	return passthrough_state(inventory, args, &(const char *){NULL}) > 0;
}

static const struct kernel_args *configured(const struct inventory *inventory,
					    const struct bootloader *bootloader)
{
	return bootloader->others_known ? &bootloader->others
	       : bootloader->next_path  ? &bootloader->next
					: &inventory->args;
}

/*
 * Does the host want guests with SEV-SNP? kvm_amd's parameter says so, unless the kernel has switched SNP off
 * before kvm_amd was there, as it does with iommu=pt (drivers/iommu/amd/init.c iommu_snp_enable()): then the
 * arguments do, or modprobe.d.
 */
static enum answer snp_wanted(const struct inventory *inventory,
			      const struct bootloader *bootloader)
{
	const struct kernel_args *lines[] = {&inventory->args, configured(inventory, bootloader)};

	if (inventory_machine_iommu(inventory) != IOMMU_KIND_AMD)
		return ANSWER_NO;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (kernel_args_list_has(lines[i], "sev", "nosnp"))
			return ANSWER_NO;
		if (kernel_args_last(lines[i], "kvm_amd.sev_snp"))
			return kernel_args_bool(lines[i], "kvm_amd.sev_snp", false) ? ANSWER_YES
										    : ANSWER_NO;
	}
	if (inventory->platform.snp_capable &&
	    foreign_option_is_on(&inventory->foreign, FOREIGN_SNP_OPTION))
		return ANSWER_YES;
	return inventory->platform.snp == ANSWER_UNKNOWN && !inventory->platform.snp_capable
		       ? ANSWER_NO
		       : inventory->platform.snp;
}

/* NVIDIA's Grace processors have root ports of NVIDIA. */
static bool is_grace(const struct inventory *inventory)
{
	if (!is_arm(inventory) || !strv_contains(&inventory->firmware_tables, "IORT"))
		return false;
	vec_foreach(function, inventory)
		if (function->vendor == 0x10de && function->class >> 8 == 0x0604)
			return true;
	return false;
}

/* What the host loses by passthrough; NULL: nothing that is known. */
static const char *loss(const struct inventory *inventory, const struct bootloader *bootloader)
{
	/* From 7.3 on some IOMMUs can do both, and then the kernel runs with both. */
	bool both = inventory->platform.snp == ANSWER_YES && asks(inventory, &inventory->args) &&
		    inventory_kernel_is_at_least(inventory, 7, 3);

	if (snp_wanted(inventory, bootloader) == ANSWER_YES && !both)
		return "SEV-SNP is wanted on this host (kvm_amd's parameter sev_snp), and the "
		       "kernel turns SEV-SNP off when it starts with this argument";
	if (is_grace(inventory))
		return "NVIDIA advises to run Grace systems with iommu.passthrough=0, as their "
		       "GPUs share memory with the host through the SMMU";
	return NULL;
}

bool passthrough_wanted(const struct profile *profile, const struct inventory *inventory,
			const struct bootloader *bootloader)
{
	if (profile->iommu_passthrough != PASSTHROUGH_AUTO)
		return profile->iommu_passthrough == PASSTHROUGH_YES;
	/* Where it cannot be told whether something is lost, all stays as it is. */
	if (snp_wanted(inventory, bootloader) == ANSWER_UNKNOWN)
		return asks(inventory, &inventory->args);
	return !loss(inventory, bootloader) &&
	       passthrough_state(inventory, configured(inventory, bootloader),
				 &(const char *){NULL}) >= 0;
}

static void find(const struct profile *profile, const struct bootloader *bootloader,
		 const char *text, const char *why, struct findings *findings)
{
	struct finding *finding = finding_add(findings, SEVERITY_WARNING, FINDING_PASSTHROUGH, text,
					      "%s", why);

	if (profile->kernel_arguments && strstr(profile->kernel_arguments, text))
		finding_remedy(finding,
			       "remove %s from \"arguments\" in section [kernel] of the profile, "
			       "then: vfio-prepare apply --rebuild",
			       text);
	else if (profile->iommu_passthrough == PASSTHROUGH_YES)
		finding_remedy(finding, "set passthrough = auto in section [iommu] of the profile, "
					"then: vfio-prepare apply --rebuild");
	else if (strv_contains(&bootloader->ours, text))
		finding_remedy(finding, "vfio-prepare apply --rebuild");
	else
		finding_remedy(finding, "remove %s from the kernel's arguments, and restart", text);
}

void passthrough_check(const struct profile *profile, const struct inventory *inventory,
		       const struct bootloader *bootloader, struct findings *findings)
{
	const char *why = loss(inventory, bootloader), *text = passthrough_argument(inventory);

	if (!why || !text)
		return;
	if (snp_wanted(inventory, bootloader) == ANSWER_YES &&
	    (iommu_item_state(&inventory->args, "amd_iommu", "pgtbl_v2", &text) > 0 ||
	     iommu_item_state(configured(inventory, bootloader), "amd_iommu", "pgtbl_v2", &text) >
		     0))
		find(profile, bootloader, text, why, findings);
	text = passthrough_argument(inventory);
	if (profile->iommu_passthrough == PASSTHROUGH_YES ||
	    passthrough_state(inventory, &inventory->args, &text) > 0 ||
	    passthrough_state(inventory, configured(inventory, bootloader), &text) > 0)
		find(profile, bootloader, text, why, findings);
}
