/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a boot begins with: the arguments of the kernel, and what is made of the configuration. */
#pragma once

#include "base/strv.h"
#include "model/host_places.h"
#include "model/kernel_args.h"

/*
 * Where a host keeps the kernel's arguments, and which it keeps there. Three states of an argument are
 * apart: wanted (decide/kernel_args.h), running (/proc/cmdline) and configured for the next boot (here).
 */
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

/* Images of the initramfs, one for each kernel. */
struct image_set {
	struct strv paths;
	char *stale;       /* the first one that is older than an input; NULL: none */
	char *newer_input; /* the first input that is newer than that image */
};

/* The files that are made of the configuration before a boot reads it, and whether they are up to date. */
struct rebuild {
	enum image_generator generator; /* that the host has */
	struct image_set images;        /* which the generator keeps up to date */
	struct image_set entries;       /* which kernel-install has laid out for the boot loader */
	struct strv entry_files;        /* all files that it has laid out for these kernels */
	bool newer_than_boot; /* the next boot starts from files that are newer than this boot */
	bool drop_ins_newer;  /* GRUB's drop-ins changed after grub.cfg was made */
	/* Which of its commands the host has for each boot loader; 0 is the one to fall back on. */
	size_t command[N_BOOTLOADERS];
	struct strv kernels; /* releases that kernel-install knows, and the path of each kernel */
	struct strv kernel_paths;
	struct strv
		kernels_unseen; /* those of kernels that are laid out in no place that is looked at */
};

/* What takes a change over to the boot loader. */
const struct host_command *rebuild_command(const struct rebuild *rebuild,
					   enum bootloader_kind kind);
void rebuild_done(struct rebuild *rebuild);
