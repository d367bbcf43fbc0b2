/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of the kernel, in their order. */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"

struct kernel_arg {
	char *name;  /* with '_' for each '-' */
	char *value; /* NULL without '=' */
	char *text;  /* as it stands there, quotes and all */
};

struct kernel_args {
	VEC(struct kernel_arg);
};

void kernel_args_done(struct kernel_args *args);

/* Is there one of that text? */
bool kernel_args_have(const struct kernel_args *args, const char *text);
/* The last occurrence of name ('_' spelling), which wins for most arguments; NULL: not there. */
const struct kernel_arg *kernel_args_last(const struct kernel_args *args, const char *name);
/* The last value read as a truth value; without a value it is true, where absent or odd: otherwise. */
bool kernel_args_bool(const struct kernel_args *args, const char *name, bool otherwise);
/* Is word an item of the comma list of any occurrence of name? */
bool kernel_args_list_has(const struct kernel_args *args, const char *name, const char *word);

/* Which kernel argument keeps the tool from working, "vfio_prepare.enable=0"; NULL: none. */
const char *off_switch(const struct kernel_args *args, bool initramfs);
