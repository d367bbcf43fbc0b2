/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a boot begins with: the arguments of the kernel, and what is made of the configuration. */
#pragma once

#include "base/strv.h"
#include "model/host_places.h"
#include "model/kernel_args.h"

/* What a boot loader starts, as its entry says it. Paths are those of the boot loader, not of the host. */
struct boot_entry {
	char *kernel;    /* NULL: none is named; a unified kernel image stands here, too */
	char *version;   /* of the kernel; NULL: not told */
	char *arguments; /* NULL: none are told, as of a unified kernel image, which brings its own */
	struct strv initrds; /* unpacked one behind the other */
};

void boot_entry_done(struct boot_entry *entry);

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
	/* The images of the initramfs that the next boot unpacks one behind the other; none: not known. */
	struct strv next_images;
	char *next_kernel; /* the release that they are for; NULL: not known */
	/*
	 * Where next_path is NULL, the arguments lie where nobody looks, such as a partition that is not
	 * mounted. Then the file that they are made of tells more; NULL: there is none.
	 */
	const char *source_path;
	bool source_is_older; /* written before the running kernel started */
	bool taken_over;      /* what apply --rebuild ran last has seen it */
	/* Where apply writes none: how a person does it; NULL: not known. */
	const struct manual_place *manual;
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
/* The file that tells what the next boot gets, or what that is made of; NULL: none is known. */
const char *bootloader_path(const struct bootloader *bootloader);
/* Was that file written before the running kernel started? */
bool bootloader_is_older(const struct bootloader *bootloader);

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
