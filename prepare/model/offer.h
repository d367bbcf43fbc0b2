/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What list says of a function without asking the profile: could it be given to a guest, and what would go with it.
 * Plain data; decide/offer.h makes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "model/finding.h"

enum offer_when { OFFER_NOW, OFFER_AFTER_RESTART, OFFER_NEVER, OFFER_UNKNOWN, N_OFFERS };

/* "now", "after-restart", "no", "unknown" */
extern const char *const offer_names[N_OFFERS];

struct offer {
	enum offer_when when;
	char *why; /* the first reason why not now; NULL: there is none */
	enum finding_type
		check;  /* the finding that plan or validate has for it; N_FINDING_TYPES: none */
	unsigned allow; /* enum allow_flag: what a section would have to allow */
	struct pci_address_list with; /* the other functions that have to go along, sorted */
	/*
	 * How large the guest's window for memory above 4 GiB has to be for all of them, in bytes; 0: none of them
	 * needs it.
	 */
	uint64_t window;
	bool window_known;
};

struct offers {
	struct offer *items; /* beside the inventory's functions */
	size_t n;
};

void offers_done(struct offers *offers);
