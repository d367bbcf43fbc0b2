/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules of a fake host: files that hold their aliases, and the tables that the real depmod makes of them. */
#pragma once

#include "base/strv.h"

/*
 * From now on modules that were made once are kept in that directory, and linked from there. What rewrites
 * a file of theirs has to make another in its place.
 */
void depmod_keep(const char *directory);

/* Adds a module to the directory of a kernel's modules (/lib/modules/RELEASE of the tree). */
void depmod_add(const char *directory, const char *name, bool builtin, const struct strv *aliases);
/* Runs depmod over it, once all are there. Both end the process where that fails. */
void depmod_run(const char *tree, const char *directory, const char *release);
