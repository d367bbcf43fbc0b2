/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program of the running host and listens to it. */
#pragma once

#include "base/strv.h"
#include "host/root.h"

/*
 * Runs argv, of which the first is the program's name (program_find()), without a shell, in the root
 * directory, with nothing to read, an environment of PATH and a neutral locale, and waits for its end.
 * Each line that it writes, to either output, is given to line() without its end.
 *
 * Its exit status, 128 and the signal that ended it, or -errno where it cannot be run: -ENOENT for a
 * program that is not there, -EOPNOTSUPP below another root.
 */
int command_run(struct root *root, const struct strv *argv,
		void (*line)(void *userdata, const char *text), void *userdata);
