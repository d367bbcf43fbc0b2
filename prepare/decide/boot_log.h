/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from the log of the boot, and what each run adds to it. Pure. */
#pragma once

#include "model/boot_log.h"
#include "model/inventory.h"

/*
 * Sets hangs of the functions whose driver did not answer in a phase and that no later attempt brought to
 * an end.
 */
void boot_log_find_hanging(const struct boot_log *log, struct inventory *inventory);

/*
 * Was the device, or with NULL any device, given up in a phase because the kernel did not answer, whatever
 * came later?
 */
bool boot_log_has_given_up(const struct boot_log *log, const struct pci_address *address);

/*
 * Returns how many attempts of hotplug to bind the device failed since a person last started a run; from
 * HOTPLUG_TRIES on hotplug leaves it alone. A driver that refuses a device hands it back to its native
 * driver, which udev announces, which starts hotplug again.
 */
#define HOTPLUG_TRIES 3
unsigned boot_log_hotplug_failures(const struct boot_log *log, const struct pci_address *address);

/* Do the outcomes have anything that the bindings do not tell? */
bool boot_log_is_news(const struct boot_log *log, const struct outcomes *outcomes);

/*
 * Adds a phase that ended with these outcomes and findings, of which the log makes copies, and updates the
 * bindings. Of a phase by hand it leaves out the outcomes that the bindings tell, unless a device was given
 * up before: else the log would grow with each run. Where there are too many phases the oldest are dropped,
 * those of hotplug and by hand first. phase: its times and off; the log copies off.
 */
void boot_log_add(struct boot_log *log, const struct logged_phase *phase,
		  const struct outcomes *outcomes, const struct findings *findings);

/* Drops a phase, but never the last one; false: only one is left. */
bool boot_log_make_room(struct boot_log *log);

/* Does the host want a restart, and no program before it? */
bool restart_reasons_suffice(const struct restart_reasons *reasons);

/* Removes the devices that are bound now; true: there were some. */
bool restart_reasons_forget_bound(struct restart_reasons *reasons, const struct outcomes *outcomes);
