/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of commands in branches and loops. */
#pragma once

#include "parse/shell_simple.h"

/* A list in a branch: taken for sure, perhaps, or not at all. */
enum shell_outcome shell_run_branch(struct shell *shell, bool taken, bool maybe);
/* "for", "while" and "until": as many turns as are known, else one that may be taken. */
enum shell_outcome shell_run_for(struct shell *shell);
enum shell_outcome shell_run_while(struct shell *shell);
