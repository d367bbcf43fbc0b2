/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the makers of a tree's parts have in common. All end the process where they fail. */
#pragma once

#include "fake/host.h"

struct build {
	const char *directory;
	const struct host *host;
};

/* Paths are those of the tree; the directories above are made. */
void put(const struct build *build, const char *path, const char *format, ...) _printf_(3, 4);
void put_directory(const struct build *build, const char *path);
void put_link(const struct build *build, const char *path, const char *target);

/* /lib/modules: a file for each module with the aliases of its drivers, and depmod's tables. */
void put_modules(const struct build *build);
/* "/devices/pci0000:00/0000:00:02.0/0000:01:00.0"; the caller's */
char *sysfs_path(const struct host *host, const struct function *function);

/* /sys/class/block with all that hangs on it, mountinfo, swaps, and what libblkid finds. */
void put_block_devices(const struct build *build);
/* /sys/class/net and the tables of routes. */
void put_interfaces(const struct build *build);
