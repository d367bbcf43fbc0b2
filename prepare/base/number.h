/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict reading of numbers and truth values: the whole text or nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads exactly the length bytes at text as an unsigned number in base 10 or 16, digits only (no
 * sign, space or 0x). 0; -EINVAL for anything else, -ERANGE above max.
 */
int number_parse_n(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *ret);
int number_parse(const char *text, unsigned base, uint64_t max, uint64_t *ret);

/* What the kernel's kstrtobool() and systemd take: yes/no, on/off, true/false, y/n, 1/0; -EINVAL. */
int bool_parse(const char *text, bool *ret);
