/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which sections of the profile mean which functions of the host. Pure.
 */
#pragma once

#include "decide/absence.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "model/profile.h"

/* What the profile wants of one function. */
struct claim {
	const struct pci_function *function;
	const struct device_section *section; /* NULL: nothing */
	bool refused;                         /* a finding says why */
	bool waiting;                         /* for a later phase */
	bool next_boot; /* refused only as it is in use now: the next boot takes it */
	bool companion; /* joined for its group's sake */
	bool concerned; /* claimed, or in the group or the slot of one that is */
};

struct match {
	const struct inventory *inventory;
	VEC(struct claim); /* beside its functions, in their order */
	struct absence_list absent;
	struct findings findings;
};

/*
 * A section that makes virtual functions claims the physical ones that it selects, and all virtual ones
 * that these have.
 *
 * Each device that a section lists by address, path or serial number is claimed, in except, or told in a
 * finding.
 *
 * Findings: device-absent, identity-mismatch, count, section-conflict, not-assignable, unreadable,
 * device-hangs. The profile and the inventory must outlive the match.
 */
void match_make(const struct profile *profile, const struct inventory *inventory,
		struct match *ret);
void match_done(struct match *match);
/* The claim on the function at address; NULL: the host has none there. */
struct claim *match_find(const struct match *match, const struct pci_address *address);

/* Is it a physical function that stays with the host, and gives its virtual ones to guests? */
bool claim_is_physical(const struct claim *claim);

/*
 * Is anything claimed that is not on its driver yet? bound: and is another driver on it? group_takes() tells
 * that of what joins.
 */
bool match_takes(const struct match *match, bool bound);

/*
 * Does the decision hang on functions that no section lists: on where an identity is now, on which displays the
 * host has, or on the controller that a function is behind?
 */
bool match_spans_host(const struct match *match);

/* Refuses what an earlier phase found to hang (function->hangs), with the finding device-hangs. */
void claim_refuse_hanging(struct match *match, struct claim *claim);

/* Is the function on the driver that its claim wants? */
bool claim_is_right(const struct claim *claim);
