/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hides what lets somebody in: passwords, keys and tokens behind their names, and logins in addresses. */
#pragma once

#include <stddef.h>

/* A copy of the text, the caller's, with "hidden" instead of each. A NUL stands behind the text. */
char *hide_secrets(const char *text, size_t length, size_t *ret_length);
