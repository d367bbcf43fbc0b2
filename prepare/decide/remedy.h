/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person can do about a finding of a group, a card or a section, in words: an edit of the profile that
 * the tool does not refuse next, or what else helps. Pure.
 */
#pragma once

#include "decide/assignable.h"
#include "model/profile.h"

/* A function that stands in the way of a section, and what keeps it from going along. */
struct obstacle {
	const struct pci_function *function;
	const struct device_section
		*section; /* that claims it, and does not bring it to a guest; or NULL */
	bool excepted;    /* by the section that wants it to go */
	struct stay stay;
};

struct obstacles {
	VEC(struct obstacle);
};

/* listed: of the section, in the group that the obstacles keep from guests. */
void remedy_group(struct finding *finding, const struct inventory *inventory,
		  const struct device_section *section, const struct pci_function *listed,
		  const struct obstacles *obstacles);
/* A part of a card of which the section has another part. */
void remedy_card(struct finding *finding, const struct inventory *inventory,
		 const struct device_section *section, const struct obstacle *obstacle);
/* The value of the section's key allow, with these flags (enum allow_flag) added: "display network". The caller's. */
char *remedy_allow(const struct device_section *section, unsigned allow);
/*
 * How the section comes to leave a function alone: "remove 0000:01:00.0 from address in section [device x]". A
 * section that lists nothing else goes as a whole. The caller's.
 */
char *remedy_leave_out(const struct inventory *inventory, const struct device_section *section,
		       const struct pci_address *address);
