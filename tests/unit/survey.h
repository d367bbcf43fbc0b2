/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions in a tree of files, and what a survey makes of them. */
#pragma once

#include "host/pci.h"
#include "host/survey.h"
#include "support.h"

#define PORT "sys/devices/pci0000:00/0000:00:03.1/"

static struct tree tree;
static struct inventory inventory;

/* A function whose directory is path, "sys/devices/.../ADDRESS", and its link in the list. */
static inline void put_function(const char *path)
{
	const char *place = strrchr(path, '/') + 1;
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s", place);
	_cleanup_free_ char *target = xasprintf("../../../%s", path + strlen("sys/"));

	tree_dir(&tree, path);
	tree_link(&tree, link, target);
}

static inline void put_attribute(const char *path, const char *name, const char *value)
{
	_cleanup_free_ char *place = xasprintf("%s/%s", path, name);

	tree_file(&tree, place, value);
}

/* Reads facts of the functions that chosen() is true for; NULL: of all. 0 or -errno. */
static inline int look(unsigned host, unsigned facts, bool (*chosen)(const struct pci_function *))
{
	struct needs needs = {.host = HOST_KERNEL | HOST_FUNCTIONS};
	int r = survey(&tree.root, &needs, &inventory);

	if (r < 0)
		return r;
	needs = (struct needs){.host = host,
			       .bootloader = BOOTLOADER_AUTO,
			       .functions = xcalloc(inventory.n, sizeof(unsigned)),
			       .n = inventory.n};
	for (size_t i = 0; i < inventory.n; i++)
		if (!chosen || chosen(&inventory.items[i]))
			needs.functions[i] = facts;
	r = survey(&tree.root, &needs, &inventory);
	needs_done(&needs);
	return r;
}

static inline struct pci_function *function(const char *place)
{
	struct pci_address wanted = address(place);
	struct pci_function *found = inventory_find(&inventory, &wanted);

	check(place, found);
	return found;
}
