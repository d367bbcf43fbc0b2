/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of words, and what they read and write. */
#pragma once

#include "parse/shell_builtins.h"

/* What is followed cannot be, from here on. */
void shell_fail(struct shell *shell, int error);
/* Skips space and a comment, which stands in front of a word alone. */
void shell_skip_space(struct shell *shell);

/* Skips what stands between commands, and the here documents of the lines that end there. */
void shell_skip_separators(struct shell *shell);
/* Does this word come next? Takes it, behind separators; or fails without it. */
bool shell_at_word(const struct shell *shell, const char *word);
bool shell_take_word(struct shell *shell, const char *word);
void shell_expect_word(struct shell *shell, const char *word);

/* Is there what ends a list of commands? */
bool shell_at_end_of_list(const struct shell *shell);

/* What a command reads and writes by its redirections. */
struct shell_redirections {
	char *path, *input;
};

void shell_redirections_done(struct shell_redirections *redirections);
/* Takes a redirection; false: there is none at this place. */
bool shell_take_redirection(struct shell *shell, struct shell_redirections *ret);
/* Runs what prints and reads, with its redirections around it. */
enum shell_outcome shell_run_redirected(struct shell *shell,
					const struct shell_redirections *redirections,
					enum shell_outcome (*run)(struct shell *, const void *),
					const void *userdata);

/* A command of words, assignments and redirections. */
enum shell_outcome shell_run_simple(struct shell *shell);
/* "[[ ... ]]" */
enum shell_outcome shell_run_condition(struct shell *shell);
/* Adds the words that a loop goes through: those behind "in", or the arguments. */
void shell_take_loop_words(struct shell *shell, struct strv *ret);
