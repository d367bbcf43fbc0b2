/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory of claims: a file for each device that is bound, which others read (render/claim.h). */
#pragma once

#include "host/root.h"
#include "model/address.h"

struct claim_file {
	struct pci_address address; /* whose text form is the file's name */
	char *text;
	bool vague; /* a claim that is there says more than this one */
};

struct claim_files {
	bool unknown; /* what else is bound is not known, so that no claim is removed */
	VEC(struct claim_file);
};

void claim_files_done(struct claim_files *files);

/*
 * Makes the directory hold these claims and no others; what is as it should be is not written, and files of other
 * names stay. A link in the directory's place is not followed. A reader finds an old claim, a new one or none, and no
 * half of one. announce: udev looks again at each device whose claim changes, as the kernel has announced the device
 * before (drivers/base/core.c: uevent_store()); not below another root.
 * 0, or -errno, which is logged.
 */
int claims_write(struct root *root, struct claim_files *files, bool announce);
