/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: tables bash|zsh|fish
 *
 * Writes what a command line may have, of the program's own tables, as the first part of that shell's completion;
 * the file of the shell's name beside this one is the second. The Makefile puts them together.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/boot_log.h"
#include "model/export.h"
#include "verbs/command_line.h"

#define HEADER "vfio-prepare(8); made by completion/tables.c of the tables of the program."

/* The words of a kind that has some, each behind a space. */
static void print_words(enum value_kind kind)
{
	if (kind == VALUE_FORMAT)
		for (size_t i = 0; i < ARRAY_SIZE(format_names); i++)
			printf(" %s", format_names[i]);
	if (kind == VALUE_PHASE)
		for (int i = 0; i <= BOOT_PHASE_HOTPLUG; i++)
			printf(" %s", boot_phase_names[i]);
}

/* Targets stand together in the table: is this the first row of its own? */
static bool begins_target(size_t i)
{
	return i == 0 || strcmp(export_infos[i].target, export_infos[i - 1].target) != 0;
}

static void print_targets(void)
{
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++)
		if (begins_target(i))
			printf(" %s", export_infos[i].target);
}

/* print(target) once for each target that has parts, then " PART" for each, then end. */
static void print_parts(const char *before, const char *behind_target, const char *end)
{
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		if (!*export_infos[i].part)
			continue;
		if (begins_target(i))
			printf("%s%s%s", before, export_infos[i].target, behind_target);
		printf(" %s", export_infos[i].part);
		if (i + 1 == N_EXPORT_TEXTS || begins_target(i + 1))
			printf("%s", end);
	}
}

static char letter(const struct command_option *option)
{
	return option->action != OPTION_SETS && option->action < OPTION_FORMAT
		       ? (char)option->action
		       : '\0';
}

static bool is_of(const struct command_option *option, const struct verb *verb)
{
	return !option->verbs || (verb && command_option_is_of(option, verb->name));
}

/* --- bash: words in associative arrays ------------------------------------------------------------------ */

/* What an argument can be, in a word that completion/bash knows, or the words themselves. */
static void print_kind(enum value_kind kind)
{
	static const char *const kinds[] = {
		[VALUE_ANY] = "ANY",         [VALUE_DIRECTORY] = "DIRECTORY", [VALUE_FILE] = "FILE",
		[VALUE_ADDRESS] = "ADDRESS", [VALUE_EXPORT] = "EXPORT",
	};

	if (kind == VALUE_FORMAT || kind == VALUE_PHASE)
		print_words(kind);
	else
		printf("%s", kinds[kind]);
}

static void bash_options(const struct verb *verb)
{
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		if (is_of(&command_options[i], verb))
			printf(" --%s", command_options[i].name);
}

static void bash(void)
{
	printf("# bash completion for " HEADER "\n\n_vfio_prepare_verbs='");
	for (size_t i = 0; i < N_COMMAND_VERBS; i++)
		printf(" %s", command_verbs[i]->name);
	printf("'\n# The options of each verb, and those of none.\n"
	       "declare -gA _vfio_prepare_options=(\n\t[none]='");
	bash_options(NULL);
	printf("'\n");
	for (size_t i = 0; i < N_COMMAND_VERBS; i++) {
		printf("\t[%s]='", command_verbs[i]->name);
		bash_options(command_verbs[i]);
		printf("'\n");
	}
	printf(")\n# What an option takes, and what stands behind a verb.\n"
	       "declare -gA _vfio_prepare_values=(\n");
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++) {
		if (!command_options[i].argument)
			continue;
		printf("\t[--%s]='", command_options[i].name);
		print_kind(command_options[i].values);
		printf("'\n");
	}
	for (size_t i = 0; i < N_COMMAND_VERBS; i++) {
		printf("\t[%s]='", command_verbs[i]->name);
		print_kind(command_verbs[i]->operands);
		printf("'\n");
	}
	printf(")\n_vfio_prepare_targets='");
	print_targets();
	printf("'\ndeclare -gA _vfio_prepare_parts=(\n");
	print_parts("\t[", "]='", "'\n");
	printf(")\n\n");
}

/* --- zsh: arguments of _arguments -------------------------------------------------------------------------- */

/* Text in single quotes, with a backslash before each of these characters. */
static void print_escaped(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\'");
		else if (strchr(special, *text))
			printf("\\");
		printf("%c", *text);
	}
}

static void zsh_action(enum value_kind kind)
{
	static const char *const actions[] = {
		[VALUE_ANY] = " ",
		[VALUE_DIRECTORY] = "_directories",
		[VALUE_FILE] = "_files",
		[VALUE_ADDRESS] = "_vfio_prepare_addresses",
	};

	if (kind == VALUE_FORMAT || kind == VALUE_PHASE) {
		printf("(");
		print_words(kind);
		printf(")");
	} else {
		printf("%s", actions[kind]);
	}
}

static void zsh_option(const struct command_option *option)
{
	printf("\t'");
	if (letter(option))
		printf("(-%c --%s)'{-%c,--%s}'", letter(option), option->name, letter(option),
		       option->name);
	else
		printf("--%s%s", option->name, option->argument ? "=" : "");
	printf("[");
	print_escaped(option->help, "[]");
	printf("]");
	if (option->argument) {
		printf(":");
		print_escaped(option->argument, ":");
		printf(":");
		zsh_action(option->values);
	}
	printf("'\n");
}

static void zsh_operand(const struct verb *verb)
{
	if (verb->operands == VALUE_EXPORT) {
		printf("\t\"1:TARGET:($targets)\"\n\t\"2:PART:($parts)\"\n");
	} else if (verb->operand) {
		printf("\t'%s:operand:", verb->any_operands ? "*" : "1");
		zsh_action(verb->operands);
		printf("'\n");
	}
}

static void zsh(void)
{
	printf("#compdef vfio-prepare\n# zsh completion for " HEADER "\n\n"
	       "local -a verbs common specs targets parts\nlocal -A of_verb of_target\nverbs=(\n");
	for (size_t i = 0; i < N_COMMAND_VERBS; i++)
		printf("\t'%s:%s'\n", command_verbs[i]->name, command_verbs[i]->summary);
	printf(")\ncommon=(\n");
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		if (!command_options[i].verbs)
			zsh_option(&command_options[i]);
	printf(")\ntargets=(");
	print_targets();
	printf(" )\nof_target=(\n");
	print_parts("\t", " '", "'\n");
	printf(")\n_vfio_prepare_specs() { # VERB\n\tcase $1 in\n");
	for (size_t v = 0; v < N_COMMAND_VERBS; v++) {
		printf("%s) specs=(\n", command_verbs[v]->name);
		for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
			if (command_options[i].verbs &&
			    command_option_is_of(&command_options[i], command_verbs[v]->name))
				zsh_option(&command_options[i]);
		zsh_operand(command_verbs[v]);
		printf("\t) ;;\n");
	}
	printf("\tesac\n}\n\n");
}

/* --- fish: one command for each ---------------------------------------------------------------------------- */

static void fish_values(enum value_kind kind)
{
	static const char *const values[] = {
		[VALUE_ANY] = " -x",
		[VALUE_DIRECTORY] = " -x -a '(__fish_complete_directories)'",
		[VALUE_FILE] = " -r -F",
		[VALUE_ADDRESS] = " -x -a '(__vfio_prepare_addresses)'",
	};

	if (kind == VALUE_FORMAT || kind == VALUE_PHASE) {
		printf(" -x -a '");
		print_words(kind);
		printf("'");
	} else {
		printf("%s", values[kind]);
	}
}

static void fish_option(const struct command_option *option)
{
	printf("complete -c vfio-prepare");
	if (option->verbs)
		printf(" -n '__vfio_prepare_verb %s'", option->verbs);
	if (letter(option))
		printf(" -s %c", letter(option));
	printf(" -l %s", option->name);
	if (option->argument)
		fish_values(option->values);
	printf(" -d '");
	print_escaped(option->help, "\\");
	printf("'\n");
}

static void fish_operand(const struct verb *verb)
{
	if (verb->operands == VALUE_EXPORT) {
		printf("complete -c vfio-prepare -n '__vfio_prepare_is_next export' -a '");
		print_targets();
		printf("'\n");
		print_parts("complete -c vfio-prepare -n '__vfio_prepare_is_next export ", "' -a '",
			    "'\n");
	} else if (verb->operands != VALUE_ANY) {
		printf("complete -c vfio-prepare -n '__vfio_prepare_verb %s'", verb->name);
		fish_values(verb->operands);
		printf("\n");
	}
}

static void fish(void)
{
	printf("# fish completion for " HEADER "\n\nset -g __vfio_prepare_takes_value");
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		if (command_options[i].argument)
			printf(" --%s", command_options[i].name);
	printf("\ncomplete -c vfio-prepare -f\n");
	for (size_t i = 0; i < N_COMMAND_VERBS; i++)
		printf("complete -c vfio-prepare -n __vfio_prepare_is_next -a %s -d '%s'\n",
		       command_verbs[i]->name, command_verbs[i]->summary);
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		fish_option(&command_options[i]);
	for (size_t i = 0; i < N_COMMAND_VERBS; i++)
		fish_operand(command_verbs[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";

	if (strcmp(shell, "bash") == 0)
		bash();
	else if (strcmp(shell, "zsh") == 0)
		zsh();
	else if (strcmp(shell, "fish") == 0)
		fish();
	else
		return fprintf(stderr, "usage: tables bash|zsh|fish\n"), 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
