/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of devices, where the host has the pci.ids file (pciutils, hwdata). */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/* Sets name ("Vendor Device") for each function that the host's pci.ids knows; none is no error. */
void pci_ids_name(struct root *root, struct inventory *inventory);
