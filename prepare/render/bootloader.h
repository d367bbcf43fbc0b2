/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's arguments as the files of a boot loader have them; pure. */
#pragma once

#include "base/strv.h"

/* The file of /etc/default/grub.d that adds them to what others have; "" for none. */
char *render_grub(const struct strv *arguments);

/* The file that remembers which arguments are the tool's own, one in a line; "" for none. */
char *render_own_arguments(const struct strv *ours, const struct strv *kept);

/*
 * A line of arguments, as in /etc/kernel/cmdline, without those of old and with those of arguments;
 * all others stay, and so do comments, and the whole text where nothing changes.
 */
char *render_cmdline(const char *now, const struct strv *old, const struct strv *arguments);
