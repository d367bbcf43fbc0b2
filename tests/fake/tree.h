/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host, described by statements and built as a directory tree: /sys, /proc, /lib/modules with
 * tables made by the real depmod, and whatever files the statements add. A later statement
 * overrides an earlier one, so that a scenario can start from a host that exists and change it.
 *
 *   kernel RELEASE
 *   cmdline THE REST OF THE LINE
 *   iommu UNIT...              as in /sys/class/iommu; "iommu off" takes all groups away, too
 *   tables NAME...             ACPI tables of the firmware; "tables none"
 *   module NAME [loaded|builtin] [needs=M,M] [init=ERROR]
 *                              init: what loading it fails with
 *   driver NAME module=M [probe=ERROR] [ALIAS...]
 *                              ALIAS: as in modules.alias; "vfio_pci:..." matches only by override
 *   function ADDRESS VENDOR:DEVICE class=CCSSPP [KEY=VALUE...]
 *   set ADDRESS KEY=VALUE...   of an earlier function
 *     below=ADDRESS            the port above it; without, it is on the root bus
 *     subsystem=V:D rev=XX group=N|none driver=NAME|none override=NAME numa=N
 *     serial=XX-XX-...         makes a config space
 *     vfs=N physfn=ADDRESS
 *   absent ADDRESS             takes a function away
 *   file PATH [mode=OCTAL] [owner=UID] [size=BYTES] [repeat=N] [escapes]
 *     repeat                   the text so often, with the number for each "@" in it
 *     escapes                  \xNN, \n and \\ in the text mean what they do in C, and a line's
 *                              end is not part of it
 *   link PATH TARGET, fifo PATH, directory PATH, remove PATH
 */
#ifndef FAKE_TREE_H
#define FAKE_TREE_H

#include "fake/script.h"

struct host;

struct host *host_new(void);
void host_free(struct host *host);

/* Takes a statement in; false: it is none of the above. Ends the process if it is wrong. */
bool host_add(struct host *host, const struct script *script, const struct statement *statement);
/* The same for all statements of a file; an unknown one ends the process. */
void host_read(struct host *host, const char *path);

/* Builds the tree in an empty directory. */
void host_build(const struct host *host, const char *directory);

#endif
