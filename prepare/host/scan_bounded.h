/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads of functions that the kernel may never answer: a child asks, with a deadline (host/bounded.h).
 * The configuration space waits for a change of the function's runtime power state (drivers/pci/access.c
 * pci_config_pm_runtime_get()), other attributes for the device's lock.
 */
#pragma once

#include "host/root.h"
#include "model/inventory.h"

/* For the configuration space: a function without power (D3cold) is woken up, which takes seconds. */
#define CONFIG_MS 5000
#define CONFIGS_MS 10000

struct bounded_read {
	size_t size; /* of the answer */
	int piece_ms, total_ms;
	/* In the child. dir: the function's; answer: zeroed. What is read is not recorded. */
	void (*read)(struct root *root, int dir, void *answer);
	/* In the parent. answer NULL: there is none. */
	void (*take)(struct root *root, struct pci_function *function, const void *answer);
};

/*
 * Asks each function that chosen(userdata, function) is true for; one that hangs is not asked. Starts a
 * process if there is any to ask.
 */
void scan_bounded(struct root *root, struct inventory *inventory, const struct bounded_read *what,
		  bool (*chosen)(void *userdata, const struct pci_function *function),
		  void *userdata);
