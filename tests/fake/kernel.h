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
 *   loading a module         registers its drivers, which take the unbound devices that they match
 *
 * A driver matches if it is what the override names, or without an override by its "pci:" aliases.
 * The probe of a vfio driver fails for a device without IOMMU group, and for a bridge. A write to
 * anything else ends the process with a complaint: whoever teaches the product a new write teaches
 * it to the fake first, and agree.c checks the fake against a real kernel.
 *
 * All that it knows stands in the tree below FAKE (tree.c writes it), so it outlives the children
 * that the product makes: the drivers and modules that exist, the log of what was written, the
 * faults that are to happen.
 *
 * A fault is one line "WHICH WHAT" in FAKE/faults. WHICH is the number of a write (from 1) or a
 * pattern for its line in the log, without spaces. WHAT is one of
 *
 *   EIO (or another error)  the error, and nothing happens
 *   hang     it never returns: a probe after the driver's link was made, an unbind after the link
 *            was removed, others before they did anything
 *   short    only a part of the value was taken
 *   lie      success, and nothing happens
 *   late     the error EIO, but it happened
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "host/root.h"

#define FAKE "/.fake"

/* Like the product's functions, but neither logged nor subject to faults. */
int kernel_write(struct root *root, const char *path, const char *value);
int kernel_load(struct root *root, const char *module);

/* Makes the drivers of a module that is loaded or built in known, without letting them probe. */
void kernel_register(struct root *root, const char *module, bool builtin);
/* Puts a device on a driver, whatever matches. */
void kernel_attach(struct root *root, const char *address, const char *driver);

/* "EIO" for 5 and back; 0 for what is no name of an error. */
const char *errno_name(int error);
int errno_number(const char *name);

#endif
