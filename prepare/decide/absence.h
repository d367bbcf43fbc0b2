/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a section of the profile lists or selects and the host does not have, and where it may be. Pure.
 */
#pragma once

#include "base/buf.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "model/profile.h"

/* An address that the profile lists and the host does not have. */
struct absence {
	struct pci_address address;
	const struct device_section *section;
};

struct absence_list {
	VEC(struct absence);
};

/*
 * Adds the first functions that a section means by what they are, " 0000:0a:00.0", and whose place it does not
 * list; by_path: those at the end of its paths. false: there are none.
 */
bool meant_add(struct buf *list, const struct inventory *inventory,
	       const struct device_section *section, bool by_path);
/*
 * Tells what a section lists and the host does not have; n_matched: so many functions does it select. Finding:
 * device-absent, a note where the section is optional.
 */
void absences_find(const struct inventory *inventory, const struct device_section *section,
		   size_t n_matched, struct absence_list *absent, struct findings *findings);
