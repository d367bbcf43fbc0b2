/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One topic of validate each: looks at the host and the plan, and adds what it finds. Pure. The
 * manual has an entry for each name of a finding.
 */
#pragma once

#include "model/inventory.h"
#include "model/plan.h"
#include "model/profile.h"

struct checks {
	const struct profile *profile;
	const struct inventory *inventory;
	const struct plan *plan;
	struct findings *findings;
};

/*
 * firmware-table, iommu-argument, iommu-not-built, iommu-default-off, iommu, iommu-unknown;
 * interrupt-remapping, interrupt-remapping-unknown, unsafe-interrupts
 */
void check_iommu(struct checks *checks);
/* argument-without-effect (decide/iommu_args.c) */
void check_iommu_arguments(struct checks *checks);
/*
 * module-missing, module-unknown, module-blacklisted, modules-disabled, module-signature,
 * blacklist-spelling, native-module, options-ignored
 */
void check_modules(struct checks *checks);
/*
 * device-absent, wrong-driver, vfs-missing, override-cleared, override-differs, override-unknown,
 * not-assignable, denylisted, driver-variant
 */
void check_devices(struct checks *checks);
/* vfio-noiommu, reserved-region, reserved-region-unknown, group-not-viable, iommu-backend */
void check_groups(struct checks *checks);
/* console, keyboard, framebuffer */
void check_people(struct checks *checks);
/* foreign-*, ids-conflict: what else was told about these devices, by hand or by another tool */
void check_foreign(struct checks *checks);
/* image-missing-tool, image-old-profile, image-missing-module, image-order, image-damaged, image-unknown */
void check_images(struct checks *checks);
