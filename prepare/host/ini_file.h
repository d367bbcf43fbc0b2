/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads one INI file through iniparser, which lower-cases names, keeps only the last of repeated
 * keys, limits a line to 1024 bytes and knows no line numbers for what it returns. So the file is
 * looked through first, for the place of each key and for what iniparser would pass over.
 */
#pragma once

#include "model/finding.h"
#include "model/profile.h"

#define INI_MAX_ENTRIES 4096
#define INI_MAX_LINE 1000 /* with its continuation lines; iniparser's own limit is 1024 */

/*
 * Adds the entries of the length bytes at text to ini; file names them in findings (check
 * "profile"). With any error -EINVAL is returned, and ini is not to be used.
 */
int ini_file_parse(const char *text, size_t length, const char *file, struct ini *ini,
		   struct findings *findings);
