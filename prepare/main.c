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
#include "verbs/verb.h"

#ifndef VFIO_PREPARE_VERSION
#error "VFIO_PREPARE_VERSION comes from the Makefile"
#endif

static const struct verb *const verbs[] = {&list_verb,    &init_verb,     &import_verb,
					   &plan_verb,    &apply_verb,    &bind_verb,
					   &release_verb, &validate_verb, &export_verb,
					   &snapshot_verb};

/* The value and the member of an option that only sets it. */
#define SETS(member) 0, offsetof(struct options, member)

static const struct option_help {
	const char *verbs; /* that have it, separated by spaces; NULL: every verb */
	const char *name;
	const char *argument;
	int value;     /* that getopt_long() gives; 0: it sets its member */
	size_t member; /* of struct options: a string where the option has an argument, else a bool */
	const char *help;
} known_options[] = {
	{NULL, "root", "DIR", SETS(root), "read and write below DIR instead of /"},
	{NULL, "profile", "FILE", SETS(profile), "read this profile only"},
	{NULL, "format", "FORMAT", 'F', 0,
	 "text (default) or json; for validate also nagios, prometheus, maas"},
	{NULL, "verbose", NULL, 'v', 0, "-v, print more messages"},
	{NULL, "quiet", NULL, 'q', 0, "-q, print only errors"},
	{NULL, "help", NULL, 'h', 0, "-h, print this help"},
	{NULL, "version", NULL, 'V', 0, "print the version"},
	{"list init", "filter", "V:D[:C]", SETS(filter),
	 "only functions with these ids, as in lspci -d"},
	{"list init bind", "address", "ADDRESS", SETS(address),
	 "only this address; .* is all functions of a slot"},
	{"list init", "name", "REGEX", SETS(name), "only functions whose name matches"},
	{"list", "assignable", NULL, SETS(assignable),
	 "say of each function whether a guest could have it, and what that takes"},
	{"list", "tree", NULL, SETS(tree), "draw ports and the functions behind them"},
	{"plan", "modules", NULL, SETS(modules),
	 "print only the modules that an initramfs needs, one per line"},
	{"plan", "image-files", NULL, SETS(image_files),
	 "print only the files that an initramfs needs beside the program, one per line"},
	{"apply", "rebuild", NULL, SETS(rebuild),
	 "also run the commands that update initramfs and boot loader"},
	{"validate", "devices", NULL, SETS(devices),
	 "check only whether each device is on its driver"},
	{"validate", "fit", NULL, SETS(fit),
	 "check whether this machine could do what the profile asks for"},
	{"export", "list", NULL, SETS(list), "show what texts there are, and for which releases"},
	{"export", "release", "RELEASE", SETS(release), "of the consumer; default: the newest"},
	{"export", "from-profile", NULL, SETS(from_profile),
	 "look at no host; for texts that have no facts of one"},
	{"export", "url", "URL", SETS(url),
	 "where the tarball of make dist is to be had; #sha256=HEX checks it"},
	{"snapshot", "scrub", NULL, SETS(scrub),
	 "hide UUIDs and other ids, serial numbers, MAC addresses, by-id names"},
	{"bind apply release", "force", NULL, SETS(force),
	 "also devices in use, bound by others (release), and foreign files (apply)"},
	{"bind", "phase", "PHASE", SETS(phase),
	 "phase of the boot: early, premount, system or hotplug; logs to the kernel log"},
};

/* Does the verb have the option? */
static bool has_option(const char *verb, const struct option_help *option)
{
	return option->verbs && text_list_has(option->verbs, ' ', verb);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static void print_options(const char *verb)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_options); i++) {
		const struct option_help *option = &known_options[i];
		char left[32];

		if (verb ? !has_option(verb, option) : option->verbs != NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
		printf("  %-20s %s\n", left, option->help);
	}
}

static int print_help(const struct verb *verb)
{
	if (verb) {
		printf("vfio-prepare %s%s%s: %s\n\n%s\n", verb->name, verb->operand ? " " : "",
		       verb->operand ? verb->operand : "", verb->summary, verb->help);
		print_options(verb->name);
		printf("For every verb:\n");
	} else {
		printf("vfio-prepare [OPTION...] VERB [OPTION...]\n\n"
		       "Prepares a host to give the PCI devices of its profile to virtual machines.\n\n");
		for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
			printf("  %-20s %s\n", verbs[i]->name, verbs[i]->summary);
		printf("\n");
	}
	print_options(NULL);
	return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
}

static const char *const formats[] = {
	[FORMAT_TEXT] = "text",     [FORMAT_JSON] = "json",
	[FORMAT_NAGIOS] = "nagios", [FORMAT_PROMETHEUS] = "prometheus",
	[FORMAT_MAAS] = "maas",
};

static void set_option(struct options *options, const struct option_help *option, const char *value)
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
static const struct option_help *misplaced(const struct verb *verb, const bool *given)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_options); i++)
		if (given[i] && known_options[i].verbs &&
		    !has_option(verb->name, &known_options[i]))
			return &known_options[i];
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
	struct option long_options[ARRAY_SIZE(known_options) + 1] = {};
	bool given[ARRAY_SIZE(known_options)] = {}, help = false;
	const struct option_help *wrong;
	struct options options = {};
	const struct verb *verb;
	size_t n_wanted;
	int option, index, format = FORMAT_TEXT;

	process_begin();
	for (size_t i = 0; i < ARRAY_SIZE(known_options); i++)
		long_options[i] = (struct option){known_options[i].name,
						  known_options[i].argument != NULL, NULL,
						  known_options[i].value};
	opterr = 0;
	while ((index = -1, option = getopt_long(argc, argv, ":vqh", long_options, &index)) != -1) {
		if (index >= 0)
			given[index] = true;
		if (option == '?')
			return USAGE_ERROR("unknown option \"%s\"; see vfio-prepare --help",
					   argv[optind - 1]);
		if (option == ':')
			return USAGE_ERROR("option \"%s\" needs a value", argv[optind - 1]);
		if (option == 'V')
			return printf("vfio-prepare %s\n", VFIO_PREPARE_VERSION) < 0 ? STATUS_FAILED
										     : STATUS_DONE;
		if (option == 'F' && (format = TEXT_INDEX(formats, optarg)) < 0)
			return USAGE_ERROR(
				"--format: \"%s\" is none of text, json, nagios, prometheus, maas",
				optarg);
		if (option == 'v')
			log_set_level(LOG_LEVEL_INFO);
		else if (option == 'q')
			log_set_level(LOG_LEVEL_ERROR);
		else if (option == 'h')
			help = true;
		else if (option == 0)
			set_option(&options, &known_options[index], optarg);
	}
	verb = optind < argc ? find_verb(argv[optind]) : NULL;
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
				   formats[options.format]);
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
