/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command line may have: one table of verbs and one of options. main() reads the command line by them, and
 * the help and the completion of shells (completion/tables.c) are made of them.
 */
#pragma once

#include "verbs/verb.h"

/* The value that getopt_long() gives for an option: 0 where the option only sets its member. */
enum option_action {
	OPTION_SETS,
	OPTION_HELP = 'h', /* a letter: the option is known by it, too */
	OPTION_QUIET = 'q',
	OPTION_VERBOSE = 'v',
	OPTION_FORMAT = 256, /* beyond the letters */
	OPTION_VERSION,
};

struct command_option {
	const char *verbs; /* that have it, separated by spaces; NULL: every verb */
	const char *name;
	const char *argument; /* NULL: it takes none */
	enum value_kind values;
	enum option_action action;
	size_t member; /* of struct options: a string where the option has an argument, else a bool */
	const char *help;
};

#define N_COMMAND_OPTIONS 24
extern const struct command_option command_options[N_COMMAND_OPTIONS];

#define N_COMMAND_VERBS 10
extern const struct verb *const command_verbs[N_COMMAND_VERBS];

/* The words of --format, by enum format. */
extern const char *const format_names[FORMAT_MAAS + 1];

/* NULL: there is no such verb. */
const struct verb *command_verb(const char *name);
/* Has this verb the option, beside those that every verb has? */
bool command_option_is_of(const struct command_option *option, const char *verb);
/* The letter by which the option is known, too; '\0': none. */
char command_option_letter(const struct command_option *option);
/* The help of a verb, or of the program: verb is NULL. The caller frees it. */
char *command_help(const struct verb *verb);
