/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a cpio archive of the formats that the kernel unpacks an initramfs from, newc and crc
 * (Documentation/driver-api/early-userspace/buffer-format.rst), as its bytes come: nothing is kept but
 * the entry at hand. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define CPIO_HEADER_BYTES 110
#define CPIO_NAME_MAX 4096 /* the kernel's PATH_MAX */

struct cpio_entry {
	const char *name; /* "./" or "/" in front is left out */
	unsigned mode;    /* as st_mode */
	uint32_t size;
	/* Of the names of one file with several only the last has its bytes; the others have size 0. */
	uint32_t n_links;
	uint64_t inode; /* with the number of the device in it */
};

enum cpio_state {
	CPIO_HEADER,
	CPIO_NAME,
	CPIO_CONTENT,
	CPIO_END, /* behind the archive's last entry */
	CPIO_ERROR,
};

struct cpio {
	/* Is told of each entry. True: its content is wanted, all of it, in memory. */
	bool (*begin)(void *userdata, const struct cpio_entry *entry);
	/* Is given the content of an entry that was wanted; NUL-terminated. A link's is its target. */
	void (*content)(void *userdata, const struct cpio_entry *entry, const char *bytes);
	void *userdata;

	const char *error; /* static, with CPIO_ERROR */
	/* The parser's own. */
	enum cpio_state state;
	struct buf kept;
	char *name;
	struct cpio_entry entry;
	uint64_t left; /* bytes to the end of the state */
	bool keep;
};

/* Begins an archive; what was set of the above stays. */
void cpio_begin(struct cpio *cpio);
void cpio_done(struct cpio *cpio);
/* Takes up to n bytes and says how many; fewer only at the end of the archive or with an error. */
size_t cpio_feed(struct cpio *cpio, const char *bytes, size_t n);
/* May the bytes end here? At the end of an archive, or before its first entry. */
bool cpio_is_whole(const struct cpio *cpio);
