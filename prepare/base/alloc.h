/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is there or the process is not.
 *
 * A boot tool that holds a few hundred kilobytes cannot do anything useful without them, so
 * exhaustion ends the process with a message and status 1; no caller has to test for NULL. JSON is
 * made and read with the same memory.
 * The writes to a device are a child's (act/). All that they need is there before the first of them, but
 * for paths where openat2() is missing, and where a released device's drivers are asked by name; its end
 * is told like any other failure.
 */
#pragma once

#include <stdarg.h>
#include <stdlib.h>

#include "base/macros.h"

void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *memory, size_t n, size_t size);
char *xstrdup(const char *string);
/* Like xstrdup(), NULL for NULL. */
char *xstrdup_null(const char *string);
char *xstrndup(const char *string, size_t n);
char *xvasprintf(const char *format, va_list arguments) _printf_(1, 0);
char *xasprintf(const char *format, ...) _printf_(1, 2);

static inline void freep(void *pointer)
{
	free(*(void **)pointer);
}
#define _cleanup_free_ _cleanup_(freep)

/*
 * A growable array: VEC() gives a struct its members, VEC_OF() is a whole one. vec_add() returns a pointer
 * to a new, zeroed element, valid until the next vec_add(). The owner frees what the elements point to,
 * then items.
 */
#define VEC(type)    \
	type *items; \
	size_t n, capacity
#define VEC_OF(type)       \
	struct {           \
		VEC(type); \
	}
void *vec_grow(void *items, size_t n, size_t *capacity, size_t size);

#define vec_add(v)                                                                              \
	({                                                                                      \
		(v)->items = vec_grow((v)->items, (v)->n, &(v)->capacity, sizeof(*(v)->items)); \
		&(v)->items[(v)->n++];                                                          \
	})

/* An empty vector's items are NULL, to which nothing may be added, not even 0. */
#define vec_foreach(item, v)                                                                   \
	for (__typeof__(*(v)->items) *item = (v)->items; (size_t)(item - (v)->items) < (v)->n; \
	     item++)

/* With an order of qsort(3): sorts, and looks a key up in what is sorted (NULL: it is not there). */
#define vec_sort(v, compare) \
	((v)->n > 1 ? qsort((v)->items, (v)->n, sizeof(*(v)->items), compare) : (void)0)
#define vec_find(v, key, compare)                                                                \
	((__typeof__((v)->items))((v)->n ? bsearch(key, (v)->items, (v)->n, sizeof(*(v)->items), \
						   compare)                                      \
					 : NULL))
