/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small questions about strings. */
#pragma once

#include <stdbool.h>

bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);
/* Equal; NULL is equal to NULL alone. */
bool text_same(const char *a, const char *b);
/* Makes each '-' a '_', as the kernel has it in the names of modules and of parameters. */
void text_underscore(char *text);
