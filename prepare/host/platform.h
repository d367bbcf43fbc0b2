/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what only a verdict on the host needs; a bind never does. */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

/* Reads whether vfio-pci takes what it otherwise refuses. */
void platform_read_denylist(struct root *root, struct inventory *inventory);
/* Reads the processor and the kernel's configuration. */
void platform_read_processor(struct root *root, struct inventory *inventory);
/*
 * Reads the rest of struct platform, but for the groups. modules: those whose absence from the kernel's tables
 * is asked for.
 */
void platform_read(struct root *root, const struct strv *modules, struct inventory *inventory);
/* Reads the IOMMU groups of the functions that FACT_HEADER is needed of. */
void platform_read_groups(struct root *root, const struct needs *needs,
			  struct inventory *inventory);
