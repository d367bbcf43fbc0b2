/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host would lose with a function. Pure. Some guards give way where the profile's key
 * allow names them; the host's own disk never does.
 *
 * The phases of a boot before the last one do not know all that the host needs, so there a guard may
 * mean "not yet" instead of no (guard_waits()):
 *   early     nothing is mounted and no disk known: whatever could carry disks waits, and on a host that
 *             boots over the network each network card.
 *   premount  root=, resume= and what they stack on are known, fstab of the root is not. A disk that
 *             they need is refused. A disk with nothing on it is taken; whatever lies on it, it waits, also
 *             with allow = storage, for fstab may need it; so does a controller whose disks are not seen.
 *   system    all is known: what a guard holds is refused.
 *
 * What only the running host knows to be its own (disks that no table names, networks) apply writes down
 * (decide/guard_record.h). In a boot the guards hold that, too; before the system phase, which has the file
 * of the root and not the image's copy, it waits.
 *
 * The unbind of a device in use may not return. By hand, on a host that is up, a device is also in use
 * when one of its interfaces is switched on (IFF_UP), with or without a link. It is refused until the next
 * boot takes it. On a host that is up a device is in use, too, when another block device uses one of its
 * disks, or when the kernel or a process has one open exclusively (O_EXCL: the kernel's targets, ZFS). That
 * lasts: apply writes it down. --force passes both. At boot these are no reasons: nothing has
 * been configured before sysinit but what the initramfs needed, and that has guards of its own (ip= and
 * its like, mounts). That udev, a BMC driver or a leftover of the initramfs has switched an interface on,
 * or that LVM found a volume on a disk with allow = storage, must not keep a host of a fleet from
 * being prepared.
 *
 * --force passes in-use alone. Not vfio-in-use and live-vfs, where the kernel would wait for ever or say
 * no, and not what the profile has to allow.
 */
#pragma once

#include "model/finding.h"
#include "model/inventory.h"
#include "model/plan.h"

/* Of one of the types that are guards (KIND_GUARD). */
struct guard {
	enum finding_type type;
	char *detail;
	bool unknown; /* whether it holds the device is not known; what is known takes its place */
	bool kept;    /* apply found it so before this boot (model/guarded.h) */
	bool lasts;   /* of FINDING_IN_USE: by what will need the device after the next boot, too */
};

struct guard_list {
	VEC(struct guard);
};

struct guards {
	struct guard_list *functions; /* beside the inventory's */
	size_t n;
};

/* The argument by which the host boots over the network, or NULL. */
const char *network_boot(const struct kernel_args *args);

/* As far as the inventory knows: what was not scanned raises no guard but FINDING_HOST_DISK_UNKNOWN. */
void guards_make(const struct inventory *inventory, enum phase phase, struct guards *ret);
void guards_done(struct guards *guards);

/* Are the disks of a function, if it has any, a guest's or nobody's, as far as these guards of it know? */
bool guards_leave_disks(const struct guard_list *guards);

/* In that phase, does it only put the decision off to a later one? */
bool guard_waits(enum finding_type type, enum phase phase);
/* Does that phase pass it for a section that allows these (enum allow_flag)? */
bool guard_passes(enum finding_type type, enum phase phase, unsigned allow);
/* Is it over at the next boot? */
bool guard_is_of_now(const struct guard *guard);
/* The bit of the profile's allow (enum allow_flag) that opens it; 0: none does. */
unsigned guard_opened_by(enum finding_type type);
