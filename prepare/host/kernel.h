/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what the running kernel says of itself: release, arguments, drivers, modules and its IOMMU. */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/* Reads the release, the arguments, the registered PCI drivers, and whether VFIO has a backend. */
void kernel_read(struct root *root, struct inventory *inventory);
/* Reads the arguments alone; none where they cannot be read. */
void kernel_read_arguments(struct root *root, struct kernel_args *ret);
/* Reads the state of the IOMMU, and what the firmware says of it. */
void kernel_read_iommu(struct root *root, struct inventory *inventory);
/* Lists the modules that are loaded (/sys/module), and of those built in the ones with parameters. */
void kernel_read_loaded(struct root *root, struct inventory *inventory);
/* Reads the name of the host, and the _UID of each root bus (firmware_node/uid, drivers/acpi/device_sysfs.c). */
void kernel_read_node(struct root *root, struct inventory *inventory);
/* Lists the modules that are built in (modules.builtin). */
void kernel_read_builtin(struct root *root, struct inventory *inventory);
