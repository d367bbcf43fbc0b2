/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes out of the files of a snapshot what names a machine or a person. Each kind of file has a row in a table, which
 * says what of it may stay; what no row names is scrubbed the hardest.
 */
#pragma once

#include <stddef.h>

#include "render/scrub_words.h"

/* The content of the file at path, below the root, scrubbed; the caller's. A NUL stands behind bytes. */
char *scrub_file(struct scrub *scrub, const char *path, const char *bytes, size_t length,
		 size_t *ret_length);
/* The same for a path, or where a link leads. */
char *scrub_path(struct scrub *scrub, const char *path);

/*
 * A copy of the content of the file at path without passwords, keys and tokens, which no snapshot has; the
 * caller's. A NUL stands behind bytes.
 */
char *scrub_secrets(const char *path, const char *bytes, size_t length, size_t *ret_length);
