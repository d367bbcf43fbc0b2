/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a host into an inventory (Documentation/ABI/testing/sysfs-bus-pci). Each attribute is read
 * once, and only those that were asked for: a bind at boot needs seven system calls for a function.
 */
#ifndef HOST_SCAN_H
#define HOST_SCAN_H

#include "host/root.h"
#include "model/inventory.h"

enum scan {
	SCAN_DETAILS = 1,   /* revision, NUMA node, sriov_totalvfs */
	SCAN_OVERRIDES = 2, /* driver_override; starts a process, as the read can block for ever */
	SCAN_NAMES = 4,     /* from pci.ids */
	SCAN_PATHS = 8,     /* root-port paths */
};

/* 0, or -errno where the host has no readable list of PCI functions (none at all is no error). */
int scan_host(struct root *root, unsigned what, struct inventory *ret);

/* The kernel's arguments alone; none where they cannot be read. */
void scan_arguments(struct root *root, struct kernel_args *ret);

/* Fills in the root-port path of one function. */
void scan_path(struct root *root, struct pci_function *function);

/* Fills in the device serial numbers, from the configuration space; root sees them, others do not. */
void scan_serials(struct root *root, struct inventory *inventory);

/* Fills in which modules are built into the kernel (modules.builtin). */
void scan_builtin_modules(struct root *root, struct inventory *inventory);

/* Fills in the candidate modules of the functions that chosen(userdata, function) is true for. */
void scan_modules(struct root *root, struct inventory *inventory,
		  bool (*chosen)(void *userdata, const struct pci_function *function),
		  void *userdata);

#endif
