/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host, described by statements; tree.h makes a directory tree of it. A later statement overrides
 * an earlier one, so that a scenario can start from a host that exists and change it.
 *
 *   captured FILE              starts from a snapshot in a tar archive; of what follows only modules,
 *                              drivers and files are made
 *   kernel RELEASE
 *   cmdline THE REST OF THE LINE
 *   iommu UNIT...              as in /sys/class/iommu; "iommu off" takes all groups away, too
 *   tables NAME...             ACPI tables of the firmware; "tables none"
 *   module NAME [loaded|builtin] [needs=M,M] [init=ERROR]
 *                              init: what loading it fails with
 *   driver NAME module=M [probe=ERROR] [sriov=N] [ALIAS...]
 *                              sriov: makes virtual functions, up to N of each physical one
 *                              ALIAS: as in modules.alias; "vfio_pci:..." matches only by override
 *   function ADDRESS VENDOR:DEVICE class=CCSSPP [KEY=VALUE...]
 *   set ADDRESS KEY=VALUE...   of an earlier function
 *     below=ADDRESS            the port above it; without, it is on the root bus
 *     subsystem=V:D rev=XX group=N|none driver=NAME|none override=NAME numa=N
 *     serial=XX-XX-...         makes a config space
 *     vfs=N vf=V:D physfn=ADDRESS
 *                              sriov_totalvfs and the id of those that the fake kernel makes, else that
 *                              of the function itself; physfn makes the other's virtfnN, too
 *     vga=1|0 consumer=ADDRESS boot_vga; a device link, on both sides
 *     reset=METHOD,...|none    reset_method; flr where nothing is said
 *     bars=SIZE[K|M|G][w][p][i],...
 *                              from BAR 0 on; w: 64-bit, p: prefetchable, i: ports; "-": none. Without it there
 *                              is no attribute resource
 *   functions N ADDRESS ...    N of them, one in each slot from ADDRESS on, with groups from group= on, and
 *                              with VENDOR:DEVICE+ also with device ids from DEVICE on
 *   absent ADDRESS             takes a function away
 *   block NAME [KEY=VALUE...]  a block device
 *     on=ADDRESS | on=DISK     a disk, or a partition; on=ADDRESS,ADDRESS is an NVMe namespace with two
 *                              paths; without, it is virtual
 *     slaves=NAME,... dm=NAME  what it lies on; its name for device mapper, with the link in /dev/mapper
 *     file=PATH                what a loop device shows
 *     type= uuid= label= partuuid= partlabel= table
 *                              what libblkid finds there; nothing: it is blank
 *     claimed                  something has it for itself
 *     unread                   nobody can read it
 *   mount SOURCE TARGET TYPE   in mountinfo; the device number is that of the block device, if the type has one
 *   swap SOURCE                in /proc/swaps; /dev/... is a partition, all else a file
 *   interface NAME [on=ADDRESS] [lower=NAME,...] [up] [enabled] [route] [route6]
 *                              up: has a link; enabled: is switched on, as one with a link is
 *   file PATH [mode=OCTAL] [owner=UID] [size=BYTES] [time=SECONDS] [repeat=N] [escapes]
 *     time                     when it was written, since 1970
 *     repeat                   the text so often, with the number for each "@" in it
 *     escapes                  \xNN, \n and \\ in the text mean what they do in C, and a line's
 *                              end is not part of it
 *   image PATH [compress=none|gzip|xz|lzma|zstd|lz4] [microcode] [cut=BYTES]
 *     [unified=ARGUMENT;...]   in a unified kernel image with these arguments
 *                              an initramfs, of which the text below has the names, with their content:
 *                              "NAME", "NAME = TEXT", "NAME < PATH" (of an earlier file), "NAME -> TARGET"
 *     cut                      so many bytes are missing at the end
 *   link PATH TARGET, fifo PATH, directory PATH, remove PATH
 */
#pragma once

#include "fake/script.h"

struct module {
	char *name, *needs, *init;
	bool loaded, builtin;
};

struct driver {
	char *name, *module, *probe, *sriov;
	struct strv aliases;
};

struct function {
	char *address, *below, *driver, *override, *serial, *physfn, *vga, *consumer, *reset, *vf,
		*bars;
	unsigned vendor, device, subvendor, subdevice, class, revision;
	int group, numa, vfs;
};

struct block {
	char *name, *dm, *file, *type, *uuid, *label, *partuuid, *partlabel;
	struct strv on, slaves;
	bool table, claimed, unread;
};

struct mounted {
	char *source, *target, *type;
};

struct net {
	char *name, *on;
	struct strv lower;
	bool up, enabled, route, route6;
};

enum entry_kind { ENTRY_FILE, ENTRY_LINK, ENTRY_FIFO, ENTRY_DIRECTORY, ENTRY_REMOVE };

struct entry {
	enum entry_kind kind;
	char *path, *target, *text;
	size_t length, size;
	unsigned mode;
	long owner, time; /* -1: not told */
};

#define LIST_OF(type)               \
	struct {                    \
		struct type *items; \
		size_t n, capacity; \
	}

struct host {
	char *captured, *kernel, *cmdline;
	struct strv iommu, tables;
	bool no_groups;
	LIST_OF(module) modules;
	LIST_OF(driver) drivers;
	LIST_OF(function) functions;
	LIST_OF(block) blocks;
	LIST_OF(mounted) mounts;
	LIST_OF(net) nets;
	struct strv swaps;
	LIST_OF(entry) entries;
};

struct host *host_new(void);
void host_free(struct host *host);

/* Takes a statement in; false: it is none of the above. Ends the process if it is wrong. */
bool host_add(struct host *host, const struct script *script, const struct statement *statement);
/* The same for all statements of a file; an unknown one ends the process. */
void host_read(struct host *host, const char *path);

/* The function at an address, or the block device of a name; NULL: there is none. */
const struct function *host_function(const struct host *host, const char *address);
const struct block *host_block(const struct host *host, const char *name);
