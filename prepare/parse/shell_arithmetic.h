/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole numbers of a shell: "$((i + 1))", "((i < 4))", "[ $i -lt 4 ]". */
#pragma once

#include "parse/shell_state.h"

/* Evaluates an expression, and carries out what it assigns; false: it cannot be told. */
bool shell_arithmetic(struct shell *shell, const char *raw, size_t length, long *ret);
