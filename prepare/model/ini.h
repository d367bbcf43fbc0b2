/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of the profile files in the order in which they were read, each with the place that
 * it came from. A later entry for the same section and key replaces an earlier one.
 */
#pragma once

#include "base/alloc.h"

/* A file of a profile is no larger. */
#define INI_MAX_BYTES (256 * 1024)

struct ini_entry {
	char *section; /* as written: "device gpu" */
	char *key;     /* lower case; NULL stands for the section's own line */
	char *value;
	char *file;
	unsigned line; /* from 1 */
};

struct ini {
	VEC(struct ini_entry);
};

/* Adds or replaces; strings are copied. */
void ini_set(struct ini *ini, const char *section, const char *key, const char *value,
	     const char *file, unsigned line);
void ini_done(struct ini *ini);
