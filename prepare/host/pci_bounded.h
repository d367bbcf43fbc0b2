/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads of functions that the kernel may never answer: a child asks, with a deadline (host/bounded.h).
 * The configuration space waits for a change of the function's runtime power state (drivers/pci/access.c
 * pci_config_pm_runtime_get()), other attributes for the device's lock.
 */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

struct bounded_read {
	size_t size; /* of the answer */
	int piece_ms, total_ms;
	/* In the child. dir: the function's; answer: zeroed. What is read is not recorded. */
	void (*read)(struct root *root, int dir, void *answer);
	/* In the parent. answer NULL: there is none. */
	void (*take)(struct root *root, struct pci_function *function, const void *answer);
};

/*
 * Asks each function that the fact is needed of; one that hangs is not asked. Starts a process if there is
 * any to ask.
 */
void pci_read_bounded(struct root *root, const struct needs *needs, enum function_fact fact,
		      const struct bounded_read *what, struct inventory *inventory);

/* Reads driver_override; a read that does not end leaves it unknown (FUNCTION_OVERRIDE). */
extern const struct bounded_read pci_override;
/*
 * Reads the device serial number from the configuration space, which root sees whole; what does not answer in
 * time stays unknown (FUNCTION_SERIAL).
 */
extern const struct bounded_read pci_serial;
/* Reads the type of the configuration space's header. */
extern const struct bounded_read pci_header;
