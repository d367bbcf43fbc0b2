/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a host keeps the kernel's arguments, and which it keeps there. Three states of an argument are
 * apart: wanted (decide/kernel_args.h), running (/proc/cmdline) and configured for the next boot (here).
 */
#pragma once

#include "base/strv.h"
#include "model/kernel_args.h"

enum bootloader_kind {
	BOOTLOADER_NONE, /* none that is known: arguments are printed, not written */
	BOOTLOADER_GRUB, /* /etc/default/grub.d, as on Debian and Ubuntu */
	BOOTLOADER_GRUBBY,
	BOOTLOADER_KERNEL_INSTALL, /* /etc/kernel/cmdline */
	BOOTLOADER_OSTREE,
};

#define GRUB_DEFAULT_PATH "/etc/default/grub"
#define GRUB_DROP_IN_DIR "/etc/default/grub.d"
#define GRUB_DROP_IN_PATH "/etc/default/grub.d/99-vfio-prepare.cfg"
#define KERNEL_CMDLINE_PATH "/etc/kernel/cmdline"
/* Which arguments apply put where nobody can tell them from those of others; one in a line. */
#define OWN_ARGUMENTS_PATH "/etc/vfio-prepare/kernel-arguments"

struct bootloader {
	enum bootloader_kind kind;
	/* What the next boot gets, of the file where that was seen; NULL: it cannot be told. */
	char *next_path;
	struct kernel_args next;
	bool next_is_older; /* that file was so when the running kernel started */
	/* What is configured there by others, and by apply: the next boot after the tools have run. */
	bool others_known;
	struct kernel_args others;
	struct strv ours;
	/* kernel-install: what KERNEL_CMDLINE_PATH says, or is to be made of where it is missing. */
	bool has_cmdline;
	char *cmdline; /* NULL: it cannot be told, or has words for init behind "--" */
	/* "/etc/kernel/cmdline cannot be read: Input/output error"; NULL: it can, or is not there. */
	char *cmdline_unreadable;
};

void bootloader_done(struct bootloader *bootloader);
/* As the profile calls it: "grub", "kernel-install"; "none". */
const char *bootloader_name(enum bootloader_kind kind);
/* Is it one of these names, "none" included? */
bool bootloader_is_known(const char *name);
/* BOOTLOADER_NONE for an unknown name. */
enum bootloader_kind bootloader_from_name(const char *name);
