/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the Boot Loader Specification, as systemd-boot and GRUB read them: loader/entries and unified
 * kernel images in boot_places[]. Each directory is listed once.
 */
#pragma once

#include <stdint.h>

#include "host/booted.h"
#include "model/boot_files.h"

struct boot_entries {
	struct root *root; /* set by the caller, as the traces */
	const struct boot_traces *traces;
	struct strv names[N_BOOT_PLACES], unified[N_BOOT_PLACES];
	bool listed[N_BOOT_PLACES];
	struct strv releases; /* of the kernels that are installed */
	char *environment;    /* that of GRUB; NULL: none */
};

/* Does its directory list the file? So that it is opened once, by who reads it. */
bool boot_file_exists(struct root *root, const char *path);

void boot_entries_done(struct boot_entries *entries);
bool boot_entries_fit(struct boot_entries *entries, enum entries_sign sign);

/* An entry, and where it stands. */
struct found_entry {
	char *path;
	int64_t time; /* when it was written, in seconds */
	struct boot_entry entry;
	struct strv images; /* of the initramfs, as paths of the host */
};

/*
 * Reads the entry that is started next unless somebody chooses another one: the one that is set as the
 * default; the one that was started, where entries are not named after kernels; else that of the newest
 * kernel, and none that is for rescue. False: there is none. found_entry_done() is due.
 */
bool boot_entries_next(struct boot_entries *entries, struct found_entry *ret);
void found_entry_done(struct found_entry *found);
