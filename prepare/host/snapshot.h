/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lays a recorder out as a directory or a tar file, for --root elsewhere. */
#pragma once

#include "host/recorder.h"

/*
 * path ends in ".tar": a POSIX ustar archive (with GNU long names where they are needed), which must
 * not exist yet; otherwise a directory, which must not exist or be empty. 0 or -errno.
 */
int snapshot_write(const char *path, const struct recorder *recorder);
