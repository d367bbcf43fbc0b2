/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that lives in a directory tree. It stands in for the two functions through which the
 * product changes a host, root_write_attribute() and module_load(), and changes the tree as the
 * kernel would change sysfs (drivers/base/bus.c, dd.c, drivers/pci/pci-driver.c, pci-sysfs.c):
 *
 *   drivers_probe            -ENODEV: no such device; else 0, also if nothing matched or probe() failed
 *   drivers/D/bind           -ENODEV: no such device, or no match; -EBUSY: has a driver; probe()'s error
 *   drivers/D/unbind         -ENODEV: not bound to D
 *   devices/A/driver_override  "\n" clears, an unset one reads "(null)"; -EINVAL above 4094 bytes
 *   devices/A/sriov_numvfs   -ERANGE: more than sriov_totalvfs; -ENOENT: no driver, or one that makes none;
 *                            -EBUSY: another number stands that is not 0; the same number is no error
 *   devices/A/sriov_drivers_autoprobe  at 0 a new virtual function is probed only with an override
 *   loading a module         registers its drivers, which take the unbound devices that they match
 *
 * A driver matches if it is what the override names, or without an override by its "pci:" aliases.
 * The probe of a vfio driver fails for a device without IOMMU group, for a bridge to another bus, and for a
 * physical function that has virtual ones. A module may also be named by a modalias. A write to
 * anything else ends the process with a complaint: whoever teaches the product a new write teaches
 * it to the fake first, and agree.c checks the fake against a real kernel.
 *
 * All that it knows stands in the tree below FAKE (tree.c writes it), so it outlives the children
 * that the product makes: the drivers and modules that exist, the log of what was written, the
 * faults that are to happen (faults.c).
 */
#pragma once

#include "host/root.h"

#define FAKE "/.fake"

/* Like the product's functions, but neither logged nor subject to faults. */
int kernel_write(struct root *root, const char *path, const char *value);
int kernel_load(struct root *root, const char *module);

/* Makes the drivers of a module that is loaded or built in known, without letting them probe. */
void kernel_register(struct root *root, const char *module, bool builtin);
/* Puts a device on a driver, whatever matches. */
void kernel_attach(struct root *root, const char *address, const char *driver);

/* Ends the process, after a line in FAKE/complaints: the test fails. */
_Noreturn void kernel_complain(struct root *root, const char *format, ...) _printf_(2, 3);
/* Adds text to a file of the tree. */
void kernel_append(struct root *root, const char *path, const char *text);
/* What a file of the tree holds; the caller's, NULL: it cannot be read. */
char *kernel_text(struct root *root, const char *path);

/* "EIO" for 5 and back; 0 for what is no name of an error. */
const char *errno_name(int error);
int errno_number(const char *name);
