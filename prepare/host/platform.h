/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what only a verdict on the host needs; a bind never does. */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/*
 * Fills in inventory->platform, and of the functions that chosen(userdata, function) is true for the
 * header type and the IOMMU group. modules: those whose absence from the kernel's tables is asked for.
 */
void scan_platform(struct root *root, struct inventory *inventory, const struct strv *modules,
		   bool (*chosen)(void *userdata, const struct pci_function *function),
		   void *userdata);

/* Fills in the processor and the kernel's configuration alone, unless that is done already. */
void scan_processor(struct root *root, struct inventory *inventory);
