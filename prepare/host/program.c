/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

const char *program_find(struct root *root, const char *name, char path[static PROGRAM_PATH_MAX])
{
	static const char *const directories[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct stat st;

		snprintf(path, PROGRAM_PATH_MAX, "%s/%s", directories[i], name);
		if (root_stat(root, path, &st) == 0 && S_ISREG(st.st_mode) &&
		    (!root->live || (st.st_mode & 0111)))
			return path;
	}
	return NULL;
}

bool program_exists(struct root *root, const char *name)
{
	return program_find(root, name, (char[PROGRAM_PATH_MAX]){}) != NULL;
}
