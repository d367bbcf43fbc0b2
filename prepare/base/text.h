/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small questions about strings; strict reading of numbers and truth values: the whole text or nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

/* How many characters from the start of text on are printable ASCII, as all are in most text. */
size_t text_plain(const char *text);
bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);
/* Equal; NULL is equal to NULL alone. */
bool text_same(const char *a, const char *b);
/* Makes each '-' a '_', as the kernel has it in the names of modules and of parameters. */
void text_underscore(char *text);
/* Are the length bytes at text that word? */
bool text_is(const char *text, size_t length, const char *word);
/* Is word an item of a list whose items a separator stands between? */
bool text_list_has(const char *list, char separator, const char *word);
/* Takes the first word off *rest, which then stands behind it and behind the space that follows; the caller's. */
char *text_first_word(const char **rest);
/* The index of a name in a table, which may have gaps (NULL); -1: it is not there. */
int text_index(const char *const *names, size_t n, const char *name);
#define TEXT_INDEX(names, name) text_index((names), ARRAY_SIZE(names), (name))
#define TEXT_IN(names, name) (TEXT_INDEX(names, name) >= 0)
/*
 * A copy, the caller's, in which a terminal, the kernel's log or a monitor finds nothing to act on: each byte of a
 * control character (C0, DEL, C1), of a character that turns the direction of text or ends a line, and of what is
 * no UTF-8 is written as \xNN. keep: control characters that may stay. The copy of a copy is the same.
 */
char *text_visible(const char *text, const char *keep);
/* The line behind this one; the end of the text behind the last. */
const char *text_next_line(const char *line);

/*
 * Reads exactly the length bytes at text as an unsigned number in base 10 or 16, digits only (no
 * sign, space or 0x). 0; -EINVAL for anything else, -ERANGE above max.
 */
int number_parse_n(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *ret);
int number_parse(const char *text, unsigned base, uint64_t max, uint64_t *ret);

/* What the kernel's kstrtobool() and systemd take: yes/no, on/off, true/false, y/n, 1/0; -EINVAL. */
int bool_parse(const char *text, bool *ret);
