/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the PCI functions of a host (Documentation/ABI/testing/sysfs-bus-pci), each by its directory, which
 * stays open: what a bind decides on takes six system calls for a function.
 */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

#define DEVICE_PATH SYSFS_PCI "/devices/"
#define DEVICE_PATH_MAX (sizeof(DEVICE_PATH) + PCI_ADDRESS_MAX)
/* Where sysfs has the function; returns path. */
char *device_path(const struct pci_address *address, char path[static DEVICE_PATH_MAX]);
/*
 * Its directory, open (O_PATH) and lent until root_forget(): the one that was read stays the one that is
 * asked and written to, whatever came to the address since. -errno.
 */
int device_lend(struct root *root, const struct pci_address *address);

/*
 * Adds the functions that the inventory does not have, with their ids, driver and IOMMU group. places: only
 * those of these buses, and what shares an IOMMU group with them; the others are left out where that saves
 * work. NULL: all.
 *
 * 0, or -errno where the host has no readable list of PCI functions (none at all is no error).
 */
int pci_list(struct root *root, const struct address_list *places, struct inventory *inventory);

/* Reads one fact (model/facts.h) of the function whose directory is dir. */
typedef void pci_read_fact(struct root *root, int dir, const struct inventory *inventory,
			   struct pci_function *function);
pci_read_fact pci_read_details, pci_read_path, pci_read_physfn, pci_read_reset, pci_read_bars;

/* Marks the fact as unread if a read has failed since root_heed(). */
void pci_take_unread(struct root *root, struct pci_function *function, enum function_fact fact);

/*
 * The numbers of the IOMMU groups of the functions that any of the facts is needed of (needs NULL: of all), each
 * once and in order; how many. *ret is the caller's.
 */
size_t pci_groups(const struct inventory *inventory, const struct needs *needs, unsigned facts,
		  int **ret);

/* The number that an attribute of an open directory holds; absent where it holds none. */
int pci_decimal(struct root *root, int dir, const char *name, int absent);
