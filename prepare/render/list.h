/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the verb list: PCI functions as sysfs has them. */
#pragma once

#include "model/inventory.h"
#include "model/offer.h"
#include "render/format.h"

/* What the report says of a function besides the inventory. */
struct list_entry {
	bool shown;
	const char *section; /* the label of the section that wants it; NULL: none */
	struct strv guards;  /* names, in their order */
	const struct offer *offer; /* NULL: was not asked for */
};

/*
 * entries stand beside the inventory's functions. width: columns of the terminal, to which lines of
 * text are cut; 0: they are not.
 */
char *render_list(enum format format, const struct inventory *inventory,
		  const struct list_entry *entries, unsigned width);
