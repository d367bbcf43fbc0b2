/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's arguments, out of the files in which bootloaders keep them. */
#pragma once

#include <stdbool.h>

/* GRUB_CMDLINE_LINUX, GRUB_CMDLINE_LINUX_DEFAULT */
enum grub_variable { GRUB_LINUX, GRUB_LINUX_DEFAULT, GRUB_OTHER };

/* The two variables of grub-mkconfig, as one file after another sets them. */
struct grub_default {
	char *cmdline[2]; /* by enum grub_variable; NULL: not set */
	bool unclear;     /* set in a way that only a shell could follow */
};

/* Takes in /etc/default/grub or a file of grub.d: plain assignments in shell. */
void grub_default_read(struct grub_default *grub, const char *text);
void grub_default_done(struct grub_default *grub);

/*
 * The arguments of the first Linux kernel of a grub.cfg, which is booted unless something else was
 * chosen; the caller's. NULL: it boots none.
 */
char *grub_cfg_arguments(const char *text);

/*
 * The "options" of a Boot Loader Specification entry, several of them joined; the caller's. NULL: it has
 * none. environment: the grubenv, whose variables stand for $NAME in them; NULL: none.
 */
char *loader_entry_arguments(const char *text, const char *environment);
