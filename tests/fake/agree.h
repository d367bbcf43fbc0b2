/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the fake kernel do what a real one does? A list of writes is made through the product's own
 * functions, and what came of each is printed. The scenarios run it on the fake (hosts/two-cards),
 * the virtual machines' case "agree" on a real kernel with the same devices; both must print what
 * stands in tests/scenarios/cases/agree, or without an IOMMU in agree-no-iommu. The list "sriov" is for a
 * host with one physical function (hosts/sriov) and the case agree-sriov.
 */
#pragma once

#include "host/root.h"

/* Makes the writes of a list ("sriov"; "": the cards') below root, a host on which nothing was loaded yet. */
void agree(struct root *root, const char *list);
