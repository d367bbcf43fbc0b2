/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices other systems are told of, and whether those systems can take them. Pure. */
#pragma once

#include "model/export.h"
#include "model/plan.h"

/*
 * Adds the devices that guests may get once the plan is carried out: those on a driver for guests, and the virtual
 * functions of each physical one that has or gets some, at the addresses that the kernel will give them
 * (drivers/pci/iov.c: pci_iov_virtfn_bus(), pci_iov_virtfn_devfn()). What is absent and optional is left out.
 *
 * Finding: export, where the host or the profile has what the text cannot say, and where there is no device to name.
 */
void export_make(const struct plan *plan, struct export *export, struct findings *findings);
