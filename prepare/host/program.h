/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the host. */
#pragma once

#include "host/root.h"

#define PROGRAM_PATH_MAX 64

/*
 * Where a program of the name lies below the root, of the directories that are root's own; NULL: nowhere.
 * What a snapshot has of one is an empty file that nobody could run.
 */
const char *program_find(struct root *root, const char *name, char path[static PROGRAM_PATH_MAX]);
bool program_exists(struct root *root, const char *name);
