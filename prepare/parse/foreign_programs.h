/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows a script for what it does to PCI devices, itself or by the programs that are made for it. */
#pragma once

#include "base/buf.h"
#include "parse/foreign.h"

/*
 * Adds the settings of a script, whose lines are those of the text that is shown (line 0), or of commands that
 * all stand in one line of the file. prelude: as shell_follow() has it. A script that cannot be followed, and
 * rebinds devices by its words, is a setting without values.
 */
void foreign_follow(const struct foreign_file *file, const char *prelude, const char *text,
		    unsigned line, const char *shown);

/* Adds a word in quotes; an unknown part is the output of a command that nobody knows. */
void foreign_add_quoted(struct buf *buf, const char *word);
/* The words from one on as a command of a shell; the caller's. */
char *foreign_quote(const struct strv *words, size_t from);
/*
 * Splits a command that systemd or udev runs itself: quotes, but no operators. resolve adds what a '%' or '$'
 * stands for, and returns what follows it; NULL: it stands for itself.
 */
void foreign_split_command(const char *text,
			   const char *(*resolve)(const void *userdata, const char *c,
						  struct buf *word),
			   const void *userdata, struct strv *ret);
