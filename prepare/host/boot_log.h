/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files below /run of the log of the boot (model/boot_log.h), and the lock of the runs that write them. */
#pragma once

#include "host/root.h"
#include "model/boot_log.h"

/*
 * Waits up to wait_ms for the lock. Its descriptor; -EAGAIN: another run has it, which is logged; -errno:
 * there can be none, as in an image without /run. The lock is the process's (fcntl(2)): a child that hangs
 * in the kernel does not keep it.
 */
int boot_log_lock(struct root *root, int wait_ms);

/* Reads the log, empty where there is none; logs that it cannot be read. boot_log_done() is due. */
void boot_log_read(struct root *root, struct boot_log *ret);
/* Replaces the log; logs a failure. */
void boot_log_write(struct root *root, const char *content);

/* Reads the reasons for a restart, none where their file cannot be read. */
void restart_reasons_read(struct root *root, struct restart_reasons *ret);
/* Replaces their file, or removes it where the content is ""; logs a failure. */
void restart_reasons_write(struct root *root, const char *content);
