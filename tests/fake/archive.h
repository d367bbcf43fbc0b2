/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes images of an initramfs: cpio archives, compressed as the generators do. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

struct archive_entry {
	const char *name;
	unsigned mode; /* 0: a regular file */
	const char *bytes;
	size_t length;
	unsigned inode, n_links; /* 0: a file of its own */
};

void archive_add(struct buf *archive, const struct archive_entry *entry);
/* The same for a file with a text as its content; NULL: none. */
void archive_add_file(struct buf *archive, const char *name, const char *text);
void archive_end(struct buf *archive);

/* none, gzip, xz, lzma, zstd or lz4 (of at most 8 MiB); false: there is no such compression. */
bool archive_compress(struct buf *archive, const char *compression);

/* Makes a unified kernel image of an initramfs: a PE file with little else in it. */
void archive_unify(struct buf *image, const char *cmdline);

/* An archive that is not compressed, as microcode has it, with zeros up to a block. */
void archive_add_microcode(struct buf *image);
