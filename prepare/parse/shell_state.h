/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a script that is followed has come to; parse/shell.c's and its parts' own. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse/shell.h"

struct shell_variable {
	char *name;
	struct strv values; /* one, or the elements of an array */
	struct strv keys;   /* of an associative one, a key for each value; else none */
	unsigned maybe;     /* within so many branches it was set that may not be taken */
};

struct shell_function {
	char *name;
	const char *body;
};

enum shell_outcome { SHELL_SUCCEEDS, SHELL_FAILS, SHELL_MAY_DO };

/* An error behind the end of a script, which is none. */
#define SHELL_ENDED 1

enum shell_leave { LEAVE_NOTHING, LEAVE_TURN, LEAVE_LOOP, LEAVE_FUNCTION, LEAVE_SCRIPT };

struct shell {
	const struct shell_watcher *watcher;
	const char *start, *at; /* the text that is followed, and how far */
	const char *command;    /* where the command at hand begins */
	const char *heredocs;   /* where the here documents of this line end; NULL: it has none */
	unsigned line; /* of the command whose words the text is; 0: it is the script itself */
	VEC_OF(struct shell_variable) variables;
	VEC_OF(struct shell_function) functions;
	struct strv texts; /* those that are followed, each from a place in the one before */
	struct strv arguments;
	bool arguments_unknown;
	bool unset_unknown; /* a file was sourced: a variable that is not set may be */
	unsigned skip;      /* within so many branches that are not taken */
	unsigned maybe;     /* within so many that may be taken */
	unsigned depth;     /* of functions and texts that run each other */
	unsigned steps;
	size_t bytes; /* that were expanded and printed */
	enum shell_leave leave;
	int error;
	char *trap;         /* what is run at the end; NULL: nothing */
	char *directory;    /* where relative paths start from; NULL: it was never changed */
	const char *input;  /* what the command at hand reads; NULL: nothing that is known */
	struct buf *output; /* where what it prints goes */
	/* Follows another text, with these variables; shell.c's. */
	void (*run_text)(struct shell *shell, const char *text, size_t length);
	/* Follows the commands up to what ends a list; shell.c's. */
	enum shell_outcome (*run_list)(struct shell *shell);
	/* Evaluates an expression, and carries out what it assigns; false: it cannot be told. shell_arithmetic.c's. */
	bool (*evaluate)(struct shell *shell, const char *raw, size_t length, long *ret);
	/* Calls a function of the script; false: it has none of that name. */
	bool (*call)(struct shell *shell, const struct strv *words);
};

/* Is what comes next done at all? */
static inline bool shell_is_live(const struct shell *shell)
{
	return !shell->skip && shell->leave == LEAVE_NOTHING && !shell->error;
}

/* Counts bytes that are copied: a value that is doubled in a loop would take all memory. */
#define SHELL_MAX_BYTES (8 * 1024 * 1024)

static inline bool shell_may_copy(struct shell *shell, const char *text)
{
	shell->bytes += strlen(text);
	if (shell->bytes > SHELL_MAX_BYTES)
		shell->error = -E2BIG;
	return !shell->error;
}

static inline bool shell_is_unknown(const char *text)
{
	return strchr(text, SHELL_UNKNOWN[0]) != NULL;
}
