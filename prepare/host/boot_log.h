/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files below /run of the log of the boot (model/boot_log.h), and the lock of the runs that write them. */
#pragma once

#include "host/root.h"
#include "model/boot_log.h"

/* What a run keeps others from changing at the same time. */
enum run_lock {
	LOCK_DEVICES, /* and what is said of them below /run */
	LOCK_FILES,   /* that apply writes */
};

/*
 * Waits up to wait_ms for the lock. A descriptor, which holds it until it is closed; -EAGAIN: another run has it,
 * which is logged; -errno. No other user can open the file of a lock, and so none can hold it. It is the process's
 * (fcntl(2)): a child that hangs in the kernel does not keep it, nor does a process that was killed and hangs there.
 */
int run_lock_take(struct root *root, enum run_lock lock, int wait_ms);

/* Reads the log, empty where there is none; logs that it is unknown. boot_log_done() is due. */
void boot_log_read(struct root *root, struct boot_log *ret);
/* Replaces the log. 0, or -errno, which is logged. */
int boot_log_write(struct root *root, const char *content);

/* Makes OFF_PATH or OFF_INITRAMFS_PATH, for this boot; logs a failure. */
void off_write(struct root *root, bool initramfs_alone);

/* Reads the reasons for a restart, none where their file cannot be read. */
void restart_reasons_read(struct root *root, struct restart_reasons *ret);
/* Replaces their file, or removes it where the content is "". 0, or -errno, which is logged. */
int restart_reasons_write(struct root *root, const char *content);
