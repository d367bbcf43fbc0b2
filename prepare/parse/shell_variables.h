/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables of a shell, and what "${NAME...}" does to their values. */
#pragma once

#include "parse/shell_state.h"

struct shell_variable *shell_variable(struct shell *shell, const char *name, bool make);
/* Leaves a branch that may have been taken: what was set in it is unknown from here on. */
void shell_leave_branch(struct shell *shell);
void shell_set(struct shell *shell, const char *name, const char *value);
/* The variable has a value that it may have only because a branch was taken. */
void shell_mark_maybe(const struct shell *shell, struct shell_variable *variable);

/* Adds the value of a parameter, or of what an index names of it ("": none); false: it is not set. */
bool shell_fetch(struct shell *shell, const char *name, const char *index, struct strv *ret);
/* Takes a pattern off the front or the back of a text, the shortest or the longest; the caller's. */
char *shell_trim(const char *text, const char *pattern, bool front, bool longest);
/* Puts a text in the place of what matches a pattern, once or wherever it does; the caller's. */
char *shell_replace(const char *text, const char *pattern, const char *to, bool all);

/* Frees what was allocated for a script. */
void shell_done(struct shell *shell);
