/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables of a shell, and what "${NAME...}" does to their values. */
#pragma once

#include "parse/shell_state.h"

/* The text as a number, false: it is none. */
bool shell_number(const char *text, long *ret);

struct shell_variable *shell_variable(struct shell *shell, const char *name, bool make);
/* Leaves a branch that may have been taken: what was set in it is unknown from here on. */
void shell_leave_branch(struct shell *shell);
void shell_set(struct shell *shell, const char *name, const char *value);
/* The variable has a value that it may have only because a branch was taken. */
void shell_mark_maybe(const struct shell *shell, struct shell_variable *variable);

/* Adds the value of a parameter, or of what an index names of it ("": none); false: it is not set. */
bool shell_fetch(struct shell *shell, const char *name, const char *index, struct strv *ret);
/* The number of an element by its index, or by its key; false: that is not known. */
bool shell_index(struct shell *shell, const struct shell_variable *variable, const char *index,
		 size_t *ret);
/* NAME[INDEX]=VALUE, or += VALUE */
void shell_set_element(struct shell *shell, const char *name, const char *index, const char *value,
		       bool append);
/* Takes a pattern off the front or the back of a text, the shortest or the longest; the caller's. */
char *shell_trim(const char *text, const char *pattern, bool front, bool longest);
/* Puts a text in the place of what matches a pattern, once or wherever it does; the caller's. */
char *shell_replace(const char *text, const char *pattern, const char *to, bool all);

/* "FIRST:LENGTH" of a text, either of which may count from its end; the caller's. */
char *shell_part(struct shell *shell, const char *text, const char *raw, size_t length);
/* The text, or its first character, in upper or in lower case; the caller's. */
char *shell_in_case(const char *text, bool upper, bool all);

/* Frees what was allocated for a script. */
void shell_done(struct shell *shell);
