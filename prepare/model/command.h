/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of the host that takes written files over: into images, or into files of the boot loader. */
#pragma once

#include "base/strv.h"

enum command_result {
	COMMAND_DUE, /* somebody has to run it */
	COMMAND_DONE,
	COMMAND_FAILED,
	COMMAND_SKIPPED, /* an earlier one failed */
};

struct command {
	struct strv argv; /* the program by its name alone */
	char *reason;
	int unchanged_status; /* an exit status that says "nothing to do", beside 0 */
	bool lays_out; /* it writes a kernel and its images to where the boot loader reads them */
	enum command_result result;
	int status; /* exit status, 128 and more for a signal, -errno where it could not be run */
};

struct command_list {
	VEC(struct command);
};

void command_list_done(struct command_list *commands);
/* Adds a command; a blank separates its words. The next call ends the pointer's life. */
struct command *command_add(struct command_list *commands, const char *reason, const char *words);
/* The command line, as a user types it; the caller's. */
char *command_text(const struct command *command);
extern const char *const command_result_names[];
