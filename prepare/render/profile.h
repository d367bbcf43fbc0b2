/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile as text, commented, for the verbs init and import; what it says can be read back. */
#pragma once

#include "model/inventory.h"

/* One function that goes into a section. */
struct profile_member {
	const struct pci_function *function; /* NULL: this host does not have it */
	char *selector;      /* what the section says where function is NULL: "address = ..." */
	const char *reason;  /* why it is there: "asked for", "shares IOMMU group 12" */
	struct strv sources; /* lines: where it was configured by hand, and why that loses */
	struct strv
		guards;  /* "display: the firmware chose the device as the display of the host" */
	unsigned allow;  /* enum allow_flag that would open them */
	bool holds_data; /* a guest has disks there: its data must not make the guard refuse them */
	const char *driver; /* NULL: the usual one */
	unsigned vfs;       /* so many virtual functions of it, and not it itself; 0: it itself */
	char *except;       /* addresses of virtual functions that stay with the host; NULL: none */
	bool left_out;      /* the section is a comment */
	size_t unit;        /* what goes to a guest only together has one number; 0: not known */
};

struct profile_draft {
	const char *verb;       /* that makes it */
	struct strv remarks;    /* lines about what has no section */
	bool unsafe_interrupts; /* [iommu] */
	/* Sorted by address; those of a card make a section. */
	VEC(struct profile_member);
};

void profile_draft_done(struct profile_draft *draft);
char *render_profile(const struct profile_draft *draft);
