/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what is left of a recipe and does nothing any more: what it runs, copies or is run by is not there. */
#pragma once

#include "host/root.h"
#include "parse/foreign.h"

/* A file that runs another, or takes variables from it. */
struct foreign_use {
	char *by, *path;
	bool variables;
};

struct foreign_uses {
	VEC(struct foreign_use);
};

/* Adds the programs of the file from number "from" on that are not there, where its line is about guests. */
void find_missing(struct root *root, const struct foreign_file *file, size_t from);
/* Tells which settings do nothing, once all files are read. */
void find_idle(struct root *root, struct foreign *foreign, const struct foreign_uses *uses);
