/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /var/lib/dpkg/status, as dpkg-query(1) reads it. */
#pragma once

#include <stdbool.h>

#include "base/md5.h"

struct dpkg_conffile {
	char *package;
	char md5[MD5_HEX_LENGTH + 1]; /* of the file that the package brought */
	bool removed;                 /* the package is, but its configuration files are left */
};

/* Whose configuration file the path is; false: no package's, or it has no longer a use for it. */
bool dpkg_find_conffile(const char *status, const char *path, struct dpkg_conffile *ret);
