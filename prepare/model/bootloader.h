/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a host keeps the kernel's arguments, and which it keeps there. Three states of an argument are
 * apart: wanted (decide/kernel_args.h), running (/proc/cmdline) and configured for the next boot (here).
 */
#pragma once

#include "base/strv.h"
#include "model/host_places.h"
#include "model/kernel_args.h"

struct bootloader {
	enum bootloader_kind kind;
	/* What the next boot gets, and the file that says so; NULL: it cannot be told. */
	char *next_path;
	struct kernel_args next;
	bool next_is_older; /* next_path was written before the running kernel started */
	/* What the user and apply have configured: the next boot gets it after the host's programs have run. */
	bool others_known;
	struct kernel_args others;
	struct strv ours;
	/* kernel-install: the text of KERNEL_CMDLINE_PATH, or the one to begin with where it is missing. */
	bool has_cmdline;
	char *cmdline; /* NULL: it cannot be told, or has words for init behind "--" */
	/* "PATH cannot be read: Input/output error", of the file with cmdline; NULL: it can, or is missing. */
	char *cmdline_unreadable;
};

void bootloader_done(struct bootloader *bootloader);
