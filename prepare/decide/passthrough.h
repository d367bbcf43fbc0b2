/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu=pt and iommu.passthrough=1: the host's own devices bypass the translation of the IOMMU. Most hosts
 * gain speed by it, some lose by it what they were bought for. Pure.
 */
#pragma once

#include "model/boot_files.h"
#include "model/inventory.h"
#include "model/profile.h"

/* "iommu=pt", or "iommu.passthrough=1" where the kernel does not read iommu= (arm64); NULL: s390, POWER have none. */
const char *passthrough_argument(const struct inventory *inventory);
/*
 * Does a line of arguments ask for it (1) or for the contrary (-1)? The last of both spellings counts.
 * 0: the line does not say. *ret_text: the argument that says so.
 */
int passthrough_state(const struct inventory *inventory, const struct kernel_args *args,
		      const char **ret_text);
/* Does the profile want it, as far as this host does not speak against it? */
bool passthrough_wanted(const struct profile *profile, const struct inventory *inventory,
			const struct bootloader *bootloader);
/*
 * Finds what the host loses by the arguments that it runs with, that the next boot gets, or that the profile
 * asks for.
 */
void passthrough_check(const struct profile *profile, const struct inventory *inventory,
		       const struct bootloader *bootloader, struct findings *findings);
