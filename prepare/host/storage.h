/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what lies on the host's disks: block devices and what they stand on from sysfs, their
 * contents through libblkid, and the tables that say what the host needs of them.
 */
#pragma once

#include "host/root.h"
#include "model/kernel_args.h"
#include "model/storage.h"

/* Where a snapshot keeps what cannot be read off files. */
#define SNAPSHOT_CONTENTS "/.vfio-prepare/contents"

/*
 * args: the kernel's, which name devices too. contents: also read what lies on each disk; it costs a
 * process and reads of the disks. What cannot be read leaves ret->known false.
 *
 * claims: of the disks of these functions, whether the kernel or a program has them for itself, which
 * an open with O_EXCL shows and holders do not always: targets of nvmet and LIO, DRBD. Who opens them so
 * in the same instant is refused, so it is not for a boot. NULL: none. Of a snapshot, which has them all,
 * only these are told.
 */
void scan_storage(struct root *root, const struct kernel_args *args, bool contents,
		  const struct pci_address_list *claims, struct storage *ret);
