/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out where this host keeps the kernel's arguments, and reads what is configured there. */
#pragma once

#include <stdint.h>

#include "host/root.h"
#include "model/boot_files.h"

/*
 * Finds out which boot loader the host has (kind is BOOTLOADER_AUTO: by bootloader_signs[]) and reads its
 * files, each once. The arguments of the next boot come from the first kernel of grub.cfg, or from the entry
 * that host/boot_entries.h finds. bootloader_done() is due.
 */
void scan_bootloader(struct root *root, enum bootloader_kind kind, struct bootloader *ret);

/* Which of the commands of its row the host has; 0: the one to fall back on. */
size_t bootloader_command(struct root *root, enum bootloader_kind kind);

/*
 * Lists the files of boot loaders in a snapshot that were written before the boot, one in a line: the times
 * of the snapshot's own files say nothing.
 */
#define SNAPSHOT_OLDER "/.vfio-prepare/older-than-boot"

/* When the running kernel was started, in seconds of the clock that files have; -1: not known. */
int64_t boot_time(struct root *root);
