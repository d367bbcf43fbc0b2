/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds programs of the host, runs them and listens to them. */
#pragma once

#include "base/strv.h"
#include "host/root.h"

#define PROGRAM_PATH_MAX 64

/*
 * Where a program of the name lies below the root, of the directories that are root's own; NULL: nowhere.
 * What a snapshot has of one is an empty file that nobody could run.
 */
const char *program_find(struct root *root, const char *name, char path[static PROGRAM_PATH_MAX]);
bool program_exists(struct root *root, const char *name);

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
