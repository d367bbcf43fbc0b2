/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each function checks one topic of validate: it looks at the host and the plan, and adds findings. Pure.
 * vfio-prepare-findings(7) explains each finding.
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
	const struct bindings *bindings; /* of this boot; NULL: nobody asks for them */
	bool fit; /* only what the machine can do is asked, not whether it is done (decide/fit.h) */
};

/* The IOMMU of the firmware and of the kernel; interrupt remapping. */
void check_iommu(struct checks *checks);
/* Kernel arguments that change nothing (decide/iommu_args.c). */
void check_iommu_arguments(struct checks *checks);
/* Whether the modules that the plan needs can be loaded, and what loads native ones first. */
void check_modules(struct checks *checks);
/* Each device: present, on its driver, with its override; of a kind that a guest can have. */
void check_devices(struct checks *checks);
/* IOMMU groups, and the backend that maps the memory of guests. */
void check_groups(struct checks *checks);
/* Console, keyboard and framebuffer, which a person would miss. */
void check_console(struct checks *checks);
/* What other tools, or a person, have configured for these devices. */
void check_foreign(struct checks *checks);
/* What the images of the initramfs contain. */
void check_images(struct checks *checks);
