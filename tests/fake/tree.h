/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds a host as a directory tree: /sys with its links as the kernel makes them, /proc,
 * /lib/modules with tables made by the real depmod, and whatever files the description adds.
 */
#pragma once

#include "fake/host.h"

/* Builds the tree in an empty directory; ends the process where that fails. */
void tree_build(const struct host *host, const char *directory);
