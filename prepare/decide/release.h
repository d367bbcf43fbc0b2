/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what this tool has bound to the plan that gives it back. Pure.
 *
 * Released are whole IOMMU groups: one function on a native driver takes the group from the guest that
 * has the others. What the tool bound there goes along; where somebody else bound a part of it, or a
 * guest has it open, nothing of the group is touched.
 */
#pragma once

#include "decide/match.h"
#include "model/boot_log.h"
#include "model/plan.h"

struct release {
	/* What is asked for; with neither it is all that is bound. */
	struct address_list addresses;
	struct strv labels;
	/* Also what the tool did not bind, and what is in use, but for an open VFIO group. */
	bool force;
	/* Modules that only the tool's own configuration keeps away. */
	const struct strv *own_blacklist;
	bool forgets_ids; /* vfio-pci is to forget the ids by which it has them */
};

/* Is there a section of this label, in the profile or among what is bound? */
bool release_knows_label(const struct match *match, const struct bindings *bindings,
			 const char *label);

/*
 * May the function be concerned: asked for, or in the group of one that is? Then its users, its
 * condition and its modules have to be known.
 */
bool release_concerns(const struct release *release, const struct match *match,
		      const struct bindings *bindings, const struct claim *claim);

/*
 * Findings: device-absent, unreadable, not-ours, vfio-in-use, in-use, live-vfs, group-incomplete and
 * companion. The bindings and the profile must outlive the plan.
 */
void release_plan(const struct release *release, const struct match *match,
		  const struct bindings *bindings, struct plan *ret);
