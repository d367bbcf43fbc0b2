/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void *check(void *memory)
{
	if (!memory) {
		fputs("vfio-prepare: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

static void *allocate(size_t size)
{
	return check(malloc(size));
}

/* Without memory jansson leaves members out, and its parser fails an assertion. */
__attribute__((constructor)) static void use_for_json(void)
{
	json_set_alloc_funcs(allocate, free);
}

void *xcalloc(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size));
}

void *xreallocarray(void *memory, size_t n, size_t size)
{
	return check(reallocarray(memory, n, size));
}

char *xstrdup(const char *string)
{
	return check(strdup(string));
}

char *xstrdup_null(const char *string)
{
	return string ? xstrdup(string) : NULL;
}

char *xstrndup(const char *string, size_t n)
{
	return check(strndup(string, n));
}

char *xvasprintf(const char *format, va_list arguments)
{
	char *ret = NULL;

	return check(vasprintf(&ret, format, arguments) < 0 ? NULL : ret);
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;
	char *ret;

	va_start(arguments, format);
	ret = xvasprintf(format, arguments);
	va_end(arguments);
	return ret;
}

void *vec_grow(void *items, size_t n, size_t *capacity, size_t size)
{
	if (n == *capacity) {
		*capacity = n ? 2 * n : 8;
		items = xreallocarray(items, *capacity, size);
	}
	memset((char *)items + n * size, 0, size);
	return items;
}
