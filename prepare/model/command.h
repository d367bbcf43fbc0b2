/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of the host that takes over what was written: it makes images, or a boot loader's files. */
#pragma once

#include "base/strv.h"

enum command_result {
	COMMAND_DUE, /* is to be run, by whoever may */
	COMMAND_DONE,
	COMMAND_FAILED,
	COMMAND_SKIPPED, /* an earlier one failed */
};

struct command {
	struct strv argv; /* the program by its name alone */
	char *reason;
	int unchanged_status; /* an exit status that says "nothing to do", beside 0 */
	enum command_result result;
	int status; /* exit status, 128 and more for a signal, -errno where it could not be run */
};

struct command_list {
	VEC(struct command);
};

void command_list_done(struct command_list *commands);
/* Adds one, of words that a space separates. */
struct command *command_add(struct command_list *commands, const char *reason, const char *words);
/* As one would type it; the caller's. */
char *command_text(const struct command *command);
const char *command_result_name(enum command_result result);
