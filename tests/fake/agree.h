/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the fake kernel do what a real one does? A list of writes is made through the product's own
 * functions, and what came of each is printed. The scenarios run it on the fake (hosts/two-cards),
 * the virtual machines' case "agree" on a real kernel with the same devices; both must print what
 * stands in tests/scenarios/cases/agree, or without an IOMMU in agree-no-iommu.
 */
#ifndef FAKE_AGREE_H
#define FAKE_AGREE_H

#include "host/root.h"

/* Makes the writes below root, which must be a host of two cards on which nothing was loaded yet. */
void agree(struct root *root);

#endif
