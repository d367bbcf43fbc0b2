/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a run needs to know of the host into its inventory, and nothing else.
 *
 * decide/needs.h says, from what is known so far, which facts are needed (model/facts.h); the survey reads
 * those that are not known yet and marks them as known; verbs/situation.c lets both take turns until nothing
 * new is needed. So no fact is read twice, no verb reads a host by itself, and a snapshot, which needs
 * everything, holds whatever any verb reads. While root->remembers is set no path is opened twice either,
 * though several facts rest on it.
 *
 * Each fact has one reader, in survey.c. The directory of a function stays open from its first
 * read to the end of the run (device_lend()): what is decided on is what is acted on.
 */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

/*
 * Adds what is needed and not known. 0, or -errno where the host has no readable list of PCI functions (none
 * at all is no error); whatever else cannot be read is unknown in the inventory.
 */
int survey(struct root *root, const struct needs *needs, struct inventory *inventory);

/*
 * Forgets what apply and the programs that it runs may have changed, so that it is read anew when it is needed
 * next. facts: of HOST_BOOTLOADER, HOST_REBUILD and HOST_OWN_FILES.
 */
void survey_forget(struct root *root, unsigned facts, struct inventory *inventory);
