/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What apply found guarded on the running host, for the phases of a boot, in which no network is up and
 * little is mounted yet. Plain data; the file that keeps it is FILE_GUARDED.
 */
#pragma once

#include "base/strv.h"
#include "model/address.h"
#include "model/finding.h"

/* Of a function so many identifiers of contents are kept. */
#define GUARDED_MAX_CONTENTS 16

/* A function by its place and by what it is, as another may come to the place, and it to another place. */
struct guarded {
	enum finding_type type; /* the guard: one of guarded_types[] */
	struct pci_address address;
	struct id_pattern id;
	char *path; /* root-port path; NULL: not known */
	bool has_serial;
	uint64_t serial;
	struct strv contents; /* UUIDs of file systems, pools and partitions on its disks */
};

struct guarded_list {
	VEC(struct guarded);
};

#define N_GUARDED_TYPES 3
extern const enum finding_type guarded_types[N_GUARDED_TYPES];

void guarded_list_done(struct guarded_list *list);
