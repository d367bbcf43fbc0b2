/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builtins and programs that read lines, or print words. */
#pragma once

#include "parse/shell_builtins.h"

/* Adds to what the command at hand prints. */
void shell_print(struct shell *shell, const char *text);

typedef enum shell_outcome shell_builtin(struct shell *shell, const struct strv *words);

shell_builtin shell_do_basename, shell_do_seq, shell_do_expr, shell_do_tr, shell_do_read,
	shell_do_mapfile;
