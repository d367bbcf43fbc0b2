/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whose the files and arguments are that foreign settings stand in. */
#pragma once

#include "base/buf.h"
#include "host/root.h"
#include "model/foreign.h"
#include "model/kernel_args.h"

struct owner_search {
	struct root *root;
	struct foreign *foreign; /* with its managers */
	char *status;            /* dpkg's; NULL: not read, or not there */
	bool read;
	struct buf excerpt; /* of it, with the files that were found in it */
};

/* Who manages the host; bits of enum foreign_owner. */
unsigned find_managers(struct root *root, const struct kernel_args *args);
/* Gives the settings from number "from" on, of a file with that text, their owner. text NULL: not read. */
void find_owner(struct owner_search *search, const char *path, const char *text, size_t from);
/* Asks dpkg for the files below /usr, and ends the search: a recorder gets what it has read. */
void find_owners_end(struct owner_search *search);
/* Gives the arguments of the kernel their owner. */
void find_argument_owners(struct root *root, struct foreign *foreign);
