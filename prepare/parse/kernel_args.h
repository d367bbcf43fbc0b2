/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cuts a kernel command line as the kernel cuts it (lib/cmdline.c next_arg(), kernel/params.c): spaces
 * separate, '"' toggles quoting anywhere and is stripped around a value or a whole token, '-' and '_' are
 * alike in names, and what follows a bare "--" is for init.
 */
#pragma once

#include "model/kernel_args.h"

/* cmdline: NULL is as good as "". */
void kernel_args_parse(const char *cmdline, struct kernel_args *ret);
/* Reads what follows the bare "--": it looks like arguments, and the kernel does not see it. */
void kernel_args_parse_behind(const char *cmdline, struct kernel_args *ret);
/* Has it a bare "--", behind which nothing is an argument? */
bool kernel_args_have_end(const char *cmdline);
