/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of configuration files, of which a backslash at the end joins one with the next; and words of a shell. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

struct lines {
	const char *rest; /* set by the caller: the text */
	bool unescape;    /* set by the caller: a backslash elsewhere goes too, as kmod has it */
	char *text;       /* the line at hand */
	unsigned first;   /* its number, from 1; of its first part, where it was joined */
	unsigned last;
};

/* Goes to the next line; false: none is left. */
bool lines_next(struct lines *lines);
void lines_done(struct lines *lines);

/*
 * Adds what a word of a shell comes to, without its quotes and backslashes; returns what follows it. expand:
 * adds what an expansion stands for, and returns what follows it; NULL: it cannot be told. The word is then
 * unknown (NULL), as it is with an open quote or anything else that only a shell can follow. Without expand
 * such things stand for themselves, and ';' ends the word.
 */
const char *shell_word(const char *text,
		       const char *(*expand)(void *userdata, const char *dollar, struct buf *value),
		       void *userdata, struct buf *value);
