/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of a profile and their keys: how the value of each is read. */
#pragma once

#include <stddef.h>

/* What is wrong with a value. */
struct value_error {
	char seen[80];        /* the part of the value that does not fit */
	const char *expected; /* what should stand there; NULL: the key's own text says it */
};

struct profile_key {
	const char *name;
	/* Reads a value into the member of a struct profile or device_section; 0, or -EINVAL with *error. */
	int (*read)(struct value_error *error, void *target, const char *value);
	size_t offset; /* of that member */
	const char *expected;
};

struct section_kind {
	const char *name;
	const struct profile_key *keys;
	size_t n_keys;
};

/* The keys of the last, [device LABEL], go into a struct device_section, those of the others into struct profile. */
#define N_SECTION_KINDS 6
#define DEVICE_KIND (&section_kinds[N_SECTION_KINDS - 1])
extern const struct section_kind section_kinds[N_SECTION_KINDS];
