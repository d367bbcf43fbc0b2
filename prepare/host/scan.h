/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a host into an inventory (Documentation/ABI/testing/sysfs-bus-pci). Only attributes that were
 * asked for are read: a bind at boot needs six system calls for a function.
 */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

enum scan {
	SCAN_DETAILS = 1, /* revision, NUMA node, SR-IOV */
	SCAN_NAMES = 4,   /* from pci.ids */
	SCAN_PATHS = 8,   /* root-port paths */
	SCAN_IOMMU = 16,  /* the state of the IOMMU and what the firmware says of it */
};

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
 * places: only the functions of these buses, and what shares an IOMMU group with them; the rest of
 * the host is left out where that saves work. NULL: all.
 *
 * 0, or -errno where the host has no readable list of PCI functions (none at all is no error).
 */
int scan_host(struct root *root, unsigned what, const struct address_list *places,
	      struct inventory *ret);

/* Adds the functions that scan_host() left out because of places; 0 or -errno, as there. */
int scan_rest(struct root *root, unsigned what, struct inventory *inventory);

/* The kernel's arguments alone; none where they cannot be read. */
void scan_arguments(struct root *root, struct kernel_args *ret);

/* The number that an attribute of an open directory holds; absent where it holds none. */
int scan_decimal(struct root *root, int dir, const char *name, int absent);
/* Fills in whose virtual function the one is whose directory is open. */
void scan_physfn(struct root *root, int dir, struct pci_function *function);
/* Fills in the root-port path of one function. */
void scan_path(struct root *root, struct pci_function *function);

/*
 * Fills in driver_override of the functions that chosen(userdata, function) is true for. Starts a
 * process, as the read can block for ever.
 */
void scan_overrides(struct root *root, struct inventory *inventory,
		    bool (*chosen)(void *userdata, const struct pci_function *function),
		    void *userdata);

/*
 * Fills in the device serial numbers, from the configuration space; root sees them, others do not. Starts
 * a process, as the read can block for ever; what does not answer in time stays unknown (FUNCTION_SERIAL).
 */
void scan_serials(struct root *root, struct inventory *inventory);

/* Fills in which modules are built into the kernel (modules.builtin), unless that is done already. */
void scan_builtin_modules(struct root *root, struct inventory *inventory);

/* Fills in which modules are loaded; of those built in, it is those with parameters. */
void scan_loaded_modules(struct root *root, struct inventory *inventory);

/* Where a snapshot keeps what the images of its host held. */
#define SNAPSHOT_IMAGES "/.vfio-prepare/images"
/*
 * Reads the images of the initramfs that the running kernel and the newest kernel have; takes as long as
 * that takes, up to a second or two.
 */
void scan_images(struct root *root, const char *kernel, struct images *ret);

/* Fills in the candidate modules of the functions that chosen(userdata, function) is true for. */
void scan_modules(struct root *root, struct inventory *inventory,
		  bool (*chosen)(void *userdata, const struct pci_function *function),
		  void *userdata);
