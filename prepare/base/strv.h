/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vector of strings that owns them. */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"

struct strv {
	VEC(char *);
};

void strv_done(struct strv *strv);
void strv_add(struct strv *strv, const char *string);
/* The same, but the vector becomes the owner of the string. */
void strv_take(struct strv *strv, char *string);
/* Adds a string that the vector does not have yet. */
void strv_add_new(struct strv *strv, const char *string);
bool strv_contains(const struct strv *strv, const char *string);
/* Byte order; equal strings stay. */
void strv_sort(struct strv *strv);
/* The strings with a separator between them, the caller's; "" for none. */
char *strv_join(const struct strv *strv, const char *separator);
/* Adds each non-empty word of text; words are separated by any of the characters in separators. */
void strv_split(struct strv *strv, const char *text, const char *separators);
