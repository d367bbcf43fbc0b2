/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies on the host's disks and what of it the host needs. Plain data; host/storage.c fills it,
 * decide/storage.c follows it from a need down to PCI functions.
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "model/address.h"

struct block_device {
	char *name; /* as in /sys/class/block: "nvme0n1p2", "dm-0" */
	unsigned major, minor;
	struct pci_address_list carriers; /* the PCI functions that it hangs on; none: see below */
	struct strv below;  /* block devices that it lies on: a partition's disk, slaves */
	char *dm_name;      /* "vg-root"; NULL: no device mapper */
	char *backing_file; /* of a loop device; NULL: none */
	char *dataset;      /* of a ZFS volume, "rpool/swap"; NULL: none, or not known */
	bool over_network;  /* iSCSI, NBD, NVMe over fabrics: stands on no device here */
	bool in_memory;     /* ram, zram: stands on no device */
	bool off_pci; /* sysfs has its place, and that hangs on no PCI function: pmem, mmc, Xen */
	/* What libblkid finds on it. */
	bool probed;                                      /* false: it could not be read */
	char *type, *uuid, *label, *partuuid, *partlabel; /* NULL: none */
	bool has_partitions;                              /* it carries a partition table */
	bool claimed; /* the kernel has it for itself; false where not asked for */
};

/* The bits in which a snapshot says what is known of a device, beside the values found on it. */
enum contents_flag { CONTENTS_PARTITIONS = 1, CONTENTS_CLAIMED = 2, CONTENTS_NOT_PROBED = 4 };

/* A line of mountinfo, fstab, swaps or crypttab. */
struct mount {
	char *source;          /* "/dev/sda1", "UUID=...", "rpool/ROOT" */
	char *target;          /* "/", "none"; for crypttab the name of the mapping */
	char *type;            /* "ext4", "swap"; "" where unknown */
	unsigned major, minor; /* mountinfo's; 0: none of its own */
	bool optional;         /* noauto, nofail */
	bool network;          /* _netdev */
	char *server; /* whose address mountinfo has: "192.168.20.5"; NULL: it has none */
};

struct mount_list {
	VEC(struct mount);
};

/* Where a path in /dev leads: "/dev/disk/by-id/..." to "sda". */
struct device_link {
	char *path;
	char *name;
};

struct storage {
	bool known; /* false: it was not looked at, or could not be: nothing may be concluded */
	VEC_OF(struct block_device) devices; /* sorted by name */
	struct mount_list mounts;            /* /proc/self/mountinfo */
	struct mount_list swaps;             /* /proc/swaps */
	struct mount_list fstab;
	struct mount_list crypttab;
	VEC_OF(struct device_link) links; /* of the paths that the others name */
};

void storage_done(struct storage *storage);
struct block_device *storage_find(const struct storage *storage, const char *name);
