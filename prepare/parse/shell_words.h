/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of a shell: where they end, and what they stand for. */
#pragma once

#include "parse/shell_variables.h"

/* The length of the word at text, quotes and substitutions included; 0: it is an operator or the end. */
size_t shell_word_length(const char *text);
/* The length of a name at text; 0: there is none. */
size_t shell_name_length(const char *text);
/* The length of what stands in parentheses (or braces) at text, them included; it ends with the text at last. */
size_t shell_balanced(const char *text, char open, char close);

/* Adds the words that a word stands for. split: as an argument is, else it is one word. */
void shell_expand(struct shell *shell, const char *raw, size_t length, bool split,
		  struct strv *ret);
/* What a word stands for, as one; the caller's. quoted: as if it stood in double quotes. */
char *shell_expand_one(struct shell *shell, const char *raw, size_t length, bool quoted);

/* NAME=VALUE, NAME+=VALUE, NAME=(...), NAME[N]=VALUE: carries it out; false: the word is none. */
bool shell_assign(struct shell *shell, const char *raw, size_t length);
