/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads which modules the kernel's tables offer for a function. */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

/*
 * The candidate modules of the functions that FACT_MODULES is needed of; without tables they stay unknown
 * (FUNCTION_MODULES).
 */
void pci_read_modules(struct root *root, const struct needs *needs, struct inventory *inventory);
