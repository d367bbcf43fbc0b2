/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the verb list: PCI functions as sysfs has them. */
#ifndef RENDER_LIST_H
#define RENDER_LIST_H

#include "model/inventory.h"
#include "render/format.h"

/*
 * shown and sections stand beside the inventory's functions: whether the function is listed, and
 * the label of the section that wants it (NULL: none).
 */
char *render_list(enum format format, const struct inventory *inventory, const bool *shown,
		  const char *const *sections);

#endif
