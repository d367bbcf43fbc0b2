/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out where this host keeps the kernel's arguments, and reads what is configured there. */
#pragma once

#include <stdint.h>

#include "host/root.h"
#include "model/bootloader.h"

/*
 * kind: what the profile's key bootloader says, "auto" to find out: ostree where /run/ostree-booted
 * is; grubby with /boot/loader/entries; kernel-install on Proxmox VE; GRUB with /etc/default/grub.d or
 * update-grub; kernel-install with /etc/kernel/cmdline or entries of a boot loader; else none.
 *
 * What the next boot gets is read from the first kernel of grub.cfg, or from the newest entry that is
 * for no rescue.
 */
void scan_bootloader(struct root *root, const char *kind, struct bootloader *ret);

/*
 * Which of the files of boot loaders that a snapshot holds were older than the boot, one in a line: its
 * own ones are all younger.
 */
#define SNAPSHOT_OLDER "/.vfio-prepare/older-than-boot"

/* When the running kernel was started, in seconds of the clock that files have; -1: not known. */
int64_t boot_time(struct root *root);
