/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hides what names one machine: UUIDs, device serial numbers, MAC addresses and names under by-id. Each
 * gets a number in the order of its first appearance, the same wherever it stands, so that what referred to
 * it still does.
 */
#pragma once

#include <stddef.h>

#include "base/strv.h"

struct scrub {
	struct strv uuids, ids, serials, macs, names; /* a place in its vector is the number */
};

void scrub_done(struct scrub *scrub);
/*
 * Makes an id known that has no shape of its own: of FAT ("1234-ABCD"), LVM, NTFS, ZFS. It cannot be
 * told from other text where it was not named before.
 */
void scrub_learn(struct scrub *scrub, const char *id);
/* The scrubbed text, the caller's; of the length of the original but for names. */
char *scrub_text(struct scrub *scrub, const char *text, size_t length, size_t *ret_length);
/* The same for a configuration space: its device serial number. In place. */
void scrub_config_space(struct scrub *scrub, unsigned char *config, size_t length);
/* A copy without passwords, which no snapshot has; the caller's. */
char *scrub_secrets(const char *text, size_t length, size_t *ret_length);
