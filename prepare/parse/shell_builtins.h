/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a shell does itself, and programs that only pass texts and commands on. */
#pragma once

#include "parse/shell_state.h"

/* Carries a command out, and adds what it prints to the output of the shell. */
enum shell_outcome shell_execute(struct shell *shell, const struct strv *words);
/* The line of the script that the command at hand belongs to. */
unsigned shell_line(const struct shell *shell);
/* Tells that a text is written to a file. */
void shell_write(struct shell *shell, const char *path, const char *text);
