/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI hierarchy as a person would draw it: root buses, ports and bridges, the functions behind them, with IOMMU
 * group, driver, section and guards beside each.
 */
#pragma once

#include "render/list.h"

/* How the terminal is: its columns, to which lines are cut (0: they are not), and what it can show. */
struct terminal {
	unsigned width;
	bool colour, utf8;
};

/*
 * entries stand beside the inventory's functions; what is shown is drawn with the ports above it. Virtual functions
 * stand below their physical one; of those that are alike, one line tells.
 */
char *render_tree(const struct inventory *inventory, const struct list_entry *entries,
		  const struct terminal *terminal);
