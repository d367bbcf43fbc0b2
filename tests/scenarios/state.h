/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tree is like at one moment, and what became different by the next. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/strv.h"

/* Lines "WHAT\tHOW IT IS": each PCI function, loaded module, file, link. */
void state_read(const char *tree, struct strv *ret);
/* One line for each difference, and one for all modules that were loaded. */
void state_compare(const struct strv *before, const struct strv *after, struct buf *ret);
/* How WHAT is, "" where it is not there. */
const char *state_of(const struct strv *state, const char *what);

/* Tells one content from another (FNV-1a). */
uint64_t state_hash(const void *bytes, size_t n);

/* The file's content, "" where there is none; the caller's. */
char *tree_text(const char *tree, const char *path);
/* Its driver, or override, as the tree has it now; "none" without one; the caller's. */
char *tree_driver(const char *tree, const char *address);
char *tree_override(const char *tree, const char *address);
/* ", virtual functions 2, autoprobe 1"; "" for none, as the kernel begins with; the caller's. */
char *tree_virtual(const char *tree, const char *address);
