/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows a shell script without running it: variables, arrays, lists in loops, functions, branches, here
 * documents. It tells of each command that the script would run, and of each text that it would write to a
 * file, as far as that hangs on the script alone. What hangs on anything else is unknown, and so is every word
 * that it is a part of; a branch whose condition is unknown is followed, as one that may be taken. As sh(1p)
 * and bash(1) have it, no more than recipes need.
 */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

/* Stands in a word for a part that cannot be told. No text that is read has a control character. */
#define SHELL_UNKNOWN "\1"
/* The watcher may put control characters into what it adds. A value with this one is not taken apart. */
#define SHELL_OPAQUE '\2'

struct shell_event {
	const struct strv *words; /* of a command; NULL: text is written to path */
	const char *path;
	const char
		*text; /* what is written; or what the command reads, NULL: nothing that is known */
	const char *directory; /* that the script has changed to; NULL: to none */
	unsigned line;         /* where the command stands, from 1 */
	bool maybe;            /* in a branch that may be taken */
};

struct shell_watcher {
	void *userdata;
	/* Adds what a command prints, if it knows. */
	void (*event)(void *userdata, const struct shell_event *event, struct buf *output);
	/* Adds what a word with an unquoted '*' or '?' in it stands for; false: that is unknown. */
	bool (*glob)(void *userdata, const char *word, struct buf *ret);
	/* Functions that whoever reads the script calls behind it, up to NULL; NULL: none. */
	const char *const *entries;
};

/*
 * prelude: a script that comes first and sets the arguments ("set -- A B") and the environment; NULL: the
 * arguments are unknown. Returns 0; -EINVAL where the text is no script that it can follow, -E2BIG where it is
 * too long or does not come to an end: what it has told by then is a part.
 */
int shell_follow(const char *prelude, const char *text, const struct shell_watcher *watcher);
