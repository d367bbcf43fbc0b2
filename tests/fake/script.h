/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that describe hosts and scenarios: one statement on a line, words separated by spaces,
 * and below it the statement's text, if it has one, in lines that begin with "|":
 *
 *   # a comment
 *   profile mode=0600
 *   | [device nic]
 *   | address = 01:00.0
 */
#pragma once

#include "base/strv.h"

struct statement {
	size_t first, end; /* its lines: first to before end, from 0 */
	struct strv words;
	const char *rest; /* of the line, after the first word */
	char *text;       /* without the "| ", each line with its newline; NULL: no such lines */
};

struct script {
	char *path;
	struct strv lines;
	struct statement *items;
	size_t n, capacity;
};

/* Reads a script, or ends the process with a message. */
void script_read(const char *path, struct script *ret);
void script_done(struct script *script);

/* Says what is wrong with a statement and ends the process. */
_Noreturn void script_die(const struct script *script, const struct statement *statement,
			  const char *format, ...) _printf_(3, 4);

/* The value of the word "name=value", or NULL; the word "name" alone has the value "". */
const char *statement_option(const struct statement *statement, const char *name);
