/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-prepare: prepares a host to give PCI devices to virtual machines. Reads the command line,
 * opens the root and hands over to a verb.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "host/supervisor.h"
#include "verbs/command_line.h"

#ifndef VFIO_PREPARE_VERSION
#error "VFIO_PREPARE_VERSION comes from the Makefile"
#endif

static int print_help(const struct verb *verb)
{
	_cleanup_free_ char *help = command_help(verb);

	return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
}

static void set_option(struct options *options, const struct command_option *option,
		       const char *value)
{
	void *member = (char *)options + option->member;

	if (option->argument)
		*(const char **)member = value;
	else
		*(bool *)member = true;
}

/* Wrong usage is one line that says what is wrong. */
#define USAGE_ERROR(...) log_fail(STATUS_USAGE, __VA_ARGS__)

/* An option of another verb, given to this one; NULL: none. */
static const struct command_option *misplaced(const struct verb *verb, const bool *given)
{
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		if (given[i] && command_options[i].verbs &&
		    !command_option_is_of(&command_options[i], verb->name))
			return &command_options[i];
	return NULL;
}

struct run {
	const struct verb *verb;
	struct options *options;
};

static int run_verb(void *userdata)
{
	const struct run *run = userdata;
	struct options *options = run->options;
	_cleanup_free_ char *directory = NULL, *profile = NULL;
	struct root root;
	int r = root_init(&root, options->root ? options->root : "/");

	if (r < 0)
		return USAGE_ERROR("--root: %s: %s", options->root ? options->root : "/",
				   strerror(-r));
	/* Paths are taken from the root; on the host itself a relative one is meant from here. */
	if (options->profile && root.live && options->profile[0] != '/') {
		directory = getcwd(NULL, 0);
		profile = xasprintf("%s/%s", directory ? directory : "", options->profile);
		options->profile = profile;
	}
	r = run->verb->run(&root, options);
	root_done(&root);
	return r;
}

int main(int argc, char **argv)
{
	struct option long_options[N_COMMAND_OPTIONS + 1] = {};
	bool given[N_COMMAND_OPTIONS] = {}, help = false;
	const struct command_option *wrong;
	struct options options = {};
	const struct verb *verb;
	size_t n_wanted;
	int option, index, format = FORMAT_TEXT;

	process_begin();
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		long_options[i] = (struct option){command_options[i].name,
						  command_options[i].argument != NULL, NULL,
						  command_options[i].action};
	opterr = 0;
	while ((index = -1, option = getopt_long(argc, argv, ":vqh", long_options, &index)) != -1) {
		if (index >= 0)
			given[index] = true;
		if (option == '?')
			return USAGE_ERROR("unknown option \"%s\"; see vfio-prepare --help",
					   argv[optind - 1]);
		if (option == ':')
			return USAGE_ERROR("option \"%s\" needs a value", argv[optind - 1]);
		if (option == OPTION_VERSION)
			return printf("vfio-prepare %s\n", VFIO_PREPARE_VERSION) < 0 ? STATUS_FAILED
										     : STATUS_DONE;
		if (option == OPTION_FORMAT && (format = TEXT_INDEX(format_names, optarg)) < 0)
			return USAGE_ERROR(
				"--format: \"%s\" is none of text, json, nagios, prometheus, maas",
				optarg);
		if (option == OPTION_VERBOSE)
			log_set_level(LOG_LEVEL_INFO);
		else if (option == OPTION_QUIET)
			log_set_level(LOG_LEVEL_ERROR);
		else if (option == OPTION_HELP)
			help = true;
		else if (option == OPTION_SETS)
			set_option(&options, &command_options[index], optarg);
	}
	verb = optind < argc ? command_verb(argv[optind]) : NULL;
	if (optind < argc && !verb)
		return USAGE_ERROR("unknown verb \"%s\"; see vfio-prepare --help", argv[optind]);
	if (help)
		return print_help(verb);
	if (!verb)
		return USAGE_ERROR("a verb is missing; see vfio-prepare --help");
	n_wanted = verb->operand != NULL;
	options.operands = argv + optind + 1;
	options.n_operands = (size_t)(argc - optind - 1);
	if (!verb->any_operands && options.n_operands > n_wanted)
		return USAGE_ERROR("%s takes no \"%s\"", verb->name, options.operands[n_wanted]);
	if (!verb->any_operands && options.n_operands < n_wanted)
		return USAGE_ERROR("%s needs %s behind it", verb->name, verb->operand);
	options.format = (enum format)format;
	if (format_is_for_monitor(options.format) && verb != &validate_verb)
		return USAGE_ERROR("%s has no --format %s, only validate has", verb->name,
				   format_names[options.format]);
	wrong = misplaced(verb, given);
	if (wrong)
		return USAGE_ERROR("%s has no option --%s", verb->name, wrong->name);
	/* Less than a minute with all paths that may be silent; a disk spins up in less than 20 seconds. */
	return supervise(&(struct supervised){.run = run_verb,
					      .userdata = &(struct run){verb, &options},
					      .look_ms = 1000,
					      .first_looks = 20,
					      .later_looks = 4});
}
