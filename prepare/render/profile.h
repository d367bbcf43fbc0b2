/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile as text, commented, for the verb init; what it says can be read back. */
#ifndef RENDER_PROFILE_H
#define RENDER_PROFILE_H

#include "model/inventory.h"

/* One function that goes into a section. */
struct profile_member {
	const struct pci_function *function;
	const char *reason; /* why it is there: "asked for", "shares IOMMU group 12" */
	struct strv guards; /* "display: it is the display that the firmware chose" */
	unsigned allow;     /* enum allow_flag that would open them */
};

struct profile_members {
	struct profile_member *items;
	size_t n, capacity;
};

/* The members, sorted by address; those of a card make a section. */
char *render_profile(const struct profile_members *members);

#endif
