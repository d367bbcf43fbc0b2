/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's arguments, out of the files in which bootloaders keep them. */
#pragma once

#include <stdbool.h>

#include "model/boot_files.h"

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
 * The first Linux kernel of a grub.cfg, which is booted unless something else was chosen; false: it boots
 * none. boot_entry_done() is due.
 */
bool grub_cfg_entry(const char *text, struct boot_entry *ret);

/*
 * An entry of the Boot Loader Specification, of which several "options" are joined; false: it is none.
 * environment: the grubenv, whose variables stand for $NAME in them; NULL: none. boot_entry_done() is due.
 */
bool loader_entry_parse(const char *text, const char *environment, struct boot_entry *ret);

/* The value of a variable of a grubenv; the caller's. NULL: none. */
char *grub_environment_value(const char *environment, const char *name);
/* Which entries a loader.conf wants by default, a pattern as of glob(7); the caller's. NULL: it does not say. */
char *loader_conf_default(const char *text);
