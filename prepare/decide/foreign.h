/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be said of a foreign setting, whoever says it. Pure. */
#pragma once

#include "model/finding.h"
#include "model/inventory.h"

/* Of what type its findings are: FINDING_FOREIGN_RC_LOCAL. */
enum finding_type foreign_finding(const struct foreign_setting *setting);
/*
 * Its flaw, or when it is done; and what its mechanism does beside what is meant, or what undoes it. The
 * caller's.
 */
char *foreign_why(const struct foreign_setting *setting);
/*
 * How to get rid of it: whose the file is decides it, and only what a person wrote is removed. place: the lines that
 * are told, as foreign_place() begins them. The caller's.
 */
char *foreign_removal(const struct foreign_setting *setting, const char *place);
/* A script that names no device, run by a unit that is itself a setting? */
bool foreign_is_told_by_unit(const struct foreign *foreign, const struct foreign_setting *setting);
/* What packages and vdsm bring along, such as blacklists of what hardly anybody wants, is no news. */
bool foreign_is_expected(const struct foreign_setting *setting);

/* What a value of FOREIGN_ADDRESSES or FOREIGN_IDS is. */
struct foreign_word {
	enum foreign_word_type {
		FOREIGN_WORD_UNREADABLE, /* neither, or not what belongs there */
		FOREIGN_WORD_MISPLACED, /* an address where ids belong, which the driver reads as an id */
		FOREIGN_WORD_ADDRESS,
		FOREIGN_WORD_PATTERN, /* of addresses, for fnmatch(3) */
		FOREIGN_WORD_ID,
	} type;
	struct pci_address address;
	const char *pattern; /* of the setting */
	bool has_id;         /* an address that counts only while the id is there, too */
	struct foreign_id id;
};

/* Does the setting say how many virtual functions this physical one has? ret_n, if not NULL: 0: not known. */
bool foreign_makes_vfs(const struct inventory *inventory, const struct foreign_setting *setting,
		       const struct pci_function *function, unsigned *ret_n);
/* The value must outlive the word. */
void foreign_word_read(const struct foreign_setting *setting, const char *value,
		       struct foreign_word *ret);
/* Does the word among the values of a setting mean this function? */
bool foreign_means(const struct inventory *inventory, const struct foreign_setting *setting,
		   const struct foreign_word *word, const struct pci_function *function);
