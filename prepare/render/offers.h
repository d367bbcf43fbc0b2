/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could be given away, for list --assignable: tables for persons, and for JSON an object of each function. */
#pragma once

#include "render/json.h"
#include "render/list.h"

/* Those that can be given away now, after a restart, and not at all, each with the first reason. */
char *render_offers(const struct inventory *inventory, const struct list_entry *entries,
		    unsigned width);

/* The function's verdict, with its resets and BARs; null where it was not asked for. */
json_t *json_offer(const struct pci_function *function, const struct offer *offer);
