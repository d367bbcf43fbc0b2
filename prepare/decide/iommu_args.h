/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's arguments do to the IOMMU, read as the kernel reads them: values are prefixes in
 * lists, taken in order; some cannot be taken back. Pure. (drivers/iommu/intel/iommu.c
 * intel_iommu_setup(), drivers/iommu/amd/init.c parse_amd_iommu_options(), arch/x86/kernel/pci-dma.c
 * iommu_setup(), drivers/iommu/irq_remapping.c setup_irqremap())
 */
#pragma once

#include "decide/check.h"

/* An argument that turns something off, and one that says "on" and does not count beside it. */
struct turned_off {
	const struct kernel_arg *by;
	const struct kernel_arg *beaten; /* NULL: none */
};

/* kind: the IOMMU that the firmware has; NONE: not known, then whatever could turn one off counts. */
bool iommu_turned_off(const struct kernel_args *args, enum iommu_kind kind, struct turned_off *ret);
/* Does intel_iommu= say "on" in the end? */
bool intel_iommu_turned_on(const struct kernel_args *args);
/* An IOMMU that is off for no reason that is known: may it be that this kernel waits for intel_iommu=on? */
bool iommu_may_need_argument(const struct inventory *inventory);
/* intel_iommu=, amd_iommu= and iommu=: lists, and all that there are of one name add up. */
bool iommu_is_list(const char *name);
/* The next item that the kernel reads of such an argument, up to a comma; *position: NULL to begin with. */
const char *iommu_next_item(const struct kernel_arg *list, const char **position);
/*
 * What all of a name come to for an item: 1: it is there, -1: the opposite is, 0: neither; *ret_text: the
 * argument that has it.
 */
int iommu_item_state(const struct kernel_args *args, const char *name, const char *item,
		     const char **ret_text);
bool interrupt_remapping_turned_off(const struct kernel_args *args, struct turned_off *ret);
