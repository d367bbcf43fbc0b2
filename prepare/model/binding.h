/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices this tool has brought to which driver since the host was started, and has not given
 * back: what the memory of the boot keeps, so that only what was bound here is released.
 */
#pragma once

#include "model/outcome.h"

struct binding {
	struct pci_address address;
	char *section; /* label; "" where there is none */
	char *driver;
};

struct bindings {
	/* Sorted by address. */
	struct binding *items;
	size_t n, capacity;
	/* What was given back and not bound again since: what comes of itself leaves it alone. */
	struct pci_address_list released;
};

void bindings_done(struct bindings *bindings);
/* The binding of a device or NULL. */
const struct binding *bindings_find(const struct bindings *bindings,
				    const struct pci_address *address);
/* Adds one, or replaces that of the same address. */
void bindings_set(struct bindings *bindings, const struct pci_address *address, const char *section,
		  const char *driver);

bool bindings_has_released(const struct bindings *bindings, const struct pci_address *address);

/*
 * What these outcomes make of it: a device that is on the driver that was wanted is bound, one that
 * was released is not any more.
 */
void bindings_update(struct bindings *bindings, const struct outcomes *outcomes);
/* Do they say nothing that it does not say already: was nothing done, and is nothing new? */
bool bindings_tell(const struct bindings *bindings, const struct outcomes *outcomes);
