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

#define N_VALUE_KINDS (VALUE_EXPORT + 1)

/*
 * What an argument can be: the words of its kind, each behind a space, with before in front and behind at the end; or
 * what stands for the kind in that shell.
 */
static void print_value(enum value_kind kind, const char *before, const char *behind,
			const char *const of_kind[N_VALUE_KINDS])
{
	if (of_kind[kind]) {
		printf("%s", of_kind[kind]);
		return;
	}
	printf("%s", before);
	for (size_t i = 0; kind == VALUE_FORMAT && i < ARRAY_SIZE(format_names); i++)
		printf(" %s", format_names[i]);
	for (int i = 0; kind == VALUE_PHASE && i <= BOOT_PHASE_HOTPLUG; i++)
		printf(" %s", boot_phase_names[i]);
	printf("%s", behind);
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

static bool is_of(const struct command_option *option, const struct verb *verb)
{
	return !option->verbs || (verb && command_option_is_of(option, verb->name));
}

/* --- bash: words in associative arrays ------------------------------------------------------------------ */

/* Words that completion/bash knows. */
static const char *const bash_kinds[N_VALUE_KINDS] = {
	[VALUE_ANY] = "ANY",         [VALUE_DIRECTORY] = "DIRECTORY", [VALUE_FILE] = "FILE",
	[VALUE_ADDRESS] = "ADDRESS", [VALUE_EXPORT] = "EXPORT",
};

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
		print_value(command_options[i].values, "", "", bash_kinds);
		printf("'\n");
	}
	for (size_t i = 0; i < N_COMMAND_VERBS; i++) {
		printf("\t[%s]='", command_verbs[i]->name);
		print_value(command_verbs[i]->operands, "", "", bash_kinds);
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

static const char *const zsh_actions[N_VALUE_KINDS] = {
	[VALUE_ANY] = " ",
	[VALUE_DIRECTORY] = "_directories",
	[VALUE_FILE] = "_files",
	[VALUE_ADDRESS] = "_vfio_prepare_addresses",
};

static void zsh_option(const struct command_option *option)
{
	printf("\t'");
	if (command_option_letter(option))
		printf("(-%c --%s)'{-%c,--%s}'", command_option_letter(option), option->name,
		       command_option_letter(option), option->name);
	else
		printf("--%s%s", option->name, option->argument ? "=" : "");
	printf("[");
	print_escaped(option->help, "[]");
	printf("]");
	if (option->argument) {
		printf(":");
		print_escaped(option->argument, ":");
		printf(":");
		print_value(option->values, "(", ")", zsh_actions);
	}
	printf("'\n");
}

static void zsh_operand(const struct verb *verb)
{
	if (verb->operands == VALUE_EXPORT) {
		printf("\t\"1:TARGET:($targets)\"\n\t\"2:PART:($parts)\"\n");
	} else if (verb->operand) {
		printf("\t'%s:operand:", verb->any_operands ? "*" : "1");
		print_value(verb->operands, "(", ")", zsh_actions);
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

static const char *const fish_values[N_VALUE_KINDS] = {
	[VALUE_ANY] = " -x",
	[VALUE_DIRECTORY] = " -x -a '(__fish_complete_directories)'",
	[VALUE_FILE] = " -r -F",
	[VALUE_ADDRESS] = " -x -a '(__vfio_prepare_addresses)'",
};

static void fish_option(const struct command_option *option)
{
	printf("complete -c vfio-prepare");
	if (option->verbs)
		printf(" -n '__vfio_prepare_verb %s'", option->verbs);
	if (command_option_letter(option))
		printf(" -s %c", command_option_letter(option));
	printf(" -l %s", option->name);
	if (option->argument)
		print_value(option->values, " -x -a '", "'", fish_values);
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
		print_value(verb->operands, " -x -a '", "'", fish_values);
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
