/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lays a recorder out as a directory or a tar file, for --root elsewhere. */
#pragma once

#include "host/recorder.h"

/*
 * path ends in ".tar": a POSIX ustar archive (with GNU long names where they are needed), which must
 * not exist yet; otherwise a directory, which must not exist or be empty. It is written under another name
 * beside it and synced, so that path is the whole snapshot or what it was before. 0 or -errno; -EXDEV: a
 * recorded path, which *ret_refused is then, does not lie below the root (recorder_refused()).
 */
int snapshot_write(const char *path, const struct recorder *recorder, const char **ret_refused);
