/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a configuration file, of which a backslash at the end joins one with the next. */
#pragma once

#include <stdbool.h>

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
