/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's arguments that this host must run with, and what is to be done about each: nothing, as
 * the kernel runs with it; a reboot, as it is configured; to be configured; or nothing but to say so,
 * as somebody else configured the contrary. Pure.
 */
#pragma once

#include "model/boot_files.h"
#include "model/inventory.h"
#include "model/policy.h"
#include "model/profile.h"

struct wanted_argument {
	char *text; /* as it is written; more than one word where these belong together */
	struct kernel_args words;
	char *reason;
	enum severity severity; /* of the finding that it is not there */
	bool running;
	bool configured;  /* for the next boot */
	bool by_others;   /* they have it already: not ours to write */
	char *conflict;   /* what others say to the contrary: not ours to overrule */
	char *unwritable; /* why the bootloader's files cannot hold it */
};

struct argument_plan {
	VEC(struct wanted_argument);
	struct strv ours; /* what the bootloader's configuration should have of ours, in order */
	struct strv kept; /* and what of ours it has still to lose */
	struct findings findings;
};

/*
 * intel_iommu=on is wanted only where the kernel does not turn the IOMMU on by itself; iommu=pt where
 * the profile wants passthrough; of vfio-pci and vfio_iommu_type1 what modprobe.d cannot say as they are
 * built in; and the profile's own. Only the last of these is wanted without a device section.
 *
 * Findings: argument-missing, argument-dropped, argument-conflict, argument-unwritable, argument-once,
 * reboot.
 */
void arguments_decide(const struct profile *profile, const struct inventory *inventory,
		      const struct module_policy *policy, const struct bootloader *bootloader,
		      struct argument_plan *ret);
void argument_plan_done(struct argument_plan *plan);

/* Drops the findings of which apply takes care: for reports that show what it would do. */
void arguments_forget_due(struct argument_plan *plan, const struct bootloader *bootloader);
