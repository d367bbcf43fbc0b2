/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiler attributes and small macros that every layer uses. */
#pragma once

#include <stddef.h>

/* "%u device%s", n, PLURAL(n) */
#define PLURAL(n) ((n) == 1 ? "" : "s")

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _printf_(string, first) __attribute__((format(printf, string, first)))
#define _unused_ __attribute__((unused))

/* Gives the pointer away: the variable becomes NULL, its cleanup does nothing. */
#define TAKE_PTR(pointer)                               \
	({                                              \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                       \
		taken_;                                 \
	})

/* The same for a descriptor, which becomes -1. */
#define TAKE_FD(fd)                \
	({                         \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})
