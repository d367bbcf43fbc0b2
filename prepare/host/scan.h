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
	SCAN_DETAILS = 1,   /* revision, NUMA node, SR-IOV */
	SCAN_OVERRIDES = 2, /* driver_override; starts a process, as the read can block for ever */
	SCAN_SERIALS = 4,   /* device serial numbers, from the configuration space */
	SCAN_NAMES = 8,     /* from pci.ids */
};

/* 0, or -errno where the host has no readable list of PCI functions (none at all is no error). */
int scan_host(struct root *root, unsigned what, struct inventory *ret);

/* Fills in the candidate modules of the functions that chosen(userdata, function) is true for. */
void scan_modules(struct root *root, struct inventory *inventory,
		  bool (*chosen)(void *userdata, const struct pci_function *function), void *userdata);

#endif
