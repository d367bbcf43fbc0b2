/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/command_line.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

const char *const format_names[] = {
	[FORMAT_TEXT] = "text",     [FORMAT_JSON] = "json",
	[FORMAT_NAGIOS] = "nagios", [FORMAT_PROMETHEUS] = "prometheus",
	[FORMAT_MAAS] = "maas",
};

const struct verb *const command_verbs[] = {
	&list_verb, &init_verb,    &import_verb,   &plan_verb,   &apply_verb,
	&bind_verb, &release_verb, &validate_verb, &export_verb, &snapshot_verb,
};

#define SCREEN_COLUMNS 80

#define FLAG NULL, VALUE_ANY
#define TAKES(argument, values) argument, values
#define SETS(member) OPTION_SETS, offsetof(struct options, member)

/* A help is one line of at most 57 characters: the screen has 80 columns. */
const struct command_option command_options[] = {
	{NULL, "root", TAKES("DIR", VALUE_DIRECTORY), SETS(root),
	 "read and write below DIR instead of /"},
	{NULL, "profile", TAKES("FILE", VALUE_FILE), SETS(profile), "read this profile only"},
	{NULL, "format", TAKES("FORMAT", VALUE_FORMAT), OPTION_FORMAT, 0,
	 "text or json; for validate also nagios, prometheus, maas"},
	{NULL, "verbose", FLAG, OPTION_VERBOSE, 0, "print more messages"},
	{NULL, "quiet", FLAG, OPTION_QUIET, 0, "print only errors"},
	{NULL, "help", FLAG, OPTION_HELP, 0, "print this help"},
	{NULL, "version", FLAG, OPTION_VERSION, 0, "print the version"},
	{"list init", "filter", TAKES("V:D[:C]", VALUE_ANY), SETS(filter),
	 "only functions with these ids, as in lspci -d"},
	{"list init bind", "address", TAKES("ADDRESS", VALUE_ADDRESS), SETS(address),
	 "only this address; .* is all functions of a slot"},
	{"list init", "name", TAKES("REGEX", VALUE_ANY), SETS(name),
	 "only functions whose name matches"},
	{"list", "assignable", FLAG, SETS(assignable),
	 "say whether a guest could have it, and what that takes"},
	{"list", "tree", FLAG, SETS(tree), "draw ports and the functions behind them"},
	{"plan", "modules", FLAG, SETS(modules), "print only the modules that an initramfs needs"},
	{"plan", "image-files", FLAG, SETS(image_files),
	 "print only the files that it needs beside the program"},
	{"apply", "rebuild", FLAG, SETS(rebuild),
	 "also run what updates the initramfs and the boot loader"},
	{"validate", "devices", FLAG, SETS(devices),
	 "check only whether each device is on its driver"},
	{"validate", "fit", FLAG, SETS(fit),
	 "check whether the machine could do what the profile asks"},
	{"export", "list", FLAG, SETS(list), "show what texts there are, and for which releases"},
	{"export", "release", TAKES("RELEASE", VALUE_ANY), SETS(release),
	 "of the consumer; default: the newest"},
	{"export", "from-profile", FLAG, SETS(from_profile),
	 "look at no host; for texts that have no facts of one"},
	{"export", "url", TAKES("URL", VALUE_ANY), SETS(url),
	 "where the tarball of make dist is; #sha256=HEX checks it"},
	{"snapshot", "scrub", FLAG, SETS(scrub),
	 "hide ids, serial numbers, MAC addresses, by-id names"},
	{"bind apply release", "force", FLAG, SETS(force),
	 "also what is in use, bound by others, or a foreign file"},
	{"bind", "phase", TAKES("PHASE", VALUE_PHASE), SETS(phase),
	 "phase of the boot: early, premount, system or hotplug"},
};

const struct verb *command_verb(const char *name)
{
	for (size_t i = 0; i < N_COMMAND_VERBS; i++)
		if (strcmp(command_verbs[i]->name, name) == 0)
			return command_verbs[i];
	return NULL;
}

bool command_option_is_of(const struct command_option *option, const char *verb)
{
	return option->verbs && text_list_has(option->verbs, ' ', verb);
}

char command_option_letter(const struct command_option *option)
{
	return option->action < OPTION_FORMAT ? (char)option->action : '\0';
}

static char *option_name(const struct command_option *option)
{
	return xasprintf("--%s%s%s", option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
}

static void add_option(struct buf *out, const struct command_option *option)
{
	_cleanup_free_ char *left = option_name(option);

	buf_addf(out, "  %-20s ", left);
	if (command_option_letter(option))
		buf_addf(out, "-%c, ", command_option_letter(option));
	buf_addf(out, "%s\n", option->help);
}

static void add_options(struct buf *out, const char *verb)
{
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
		if (verb ? command_option_is_of(&command_options[i], verb)
			 : !command_options[i].verbs)
			add_option(out, &command_options[i]);
}

/* Those of every verb, in lines of the screen; the help of the program says what they do. */
static void add_common_options(struct buf *out)
{
	size_t column = 0;

	buf_addf(out, "\nFor every verb, see vfio-prepare --help:\n");
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++) {
		const struct command_option *option = &command_options[i];
		_cleanup_free_ char *text = NULL;

		if (option->verbs)
			continue;
		text = option_name(option);
		column += strlen(text) + 2;
		if (column > SCREEN_COLUMNS) {
			buf_addf(out, "\n");
			column = strlen(text) + 2;
		}
		buf_addf(out, "  %s", text);
	}
	buf_addf(out, "\n");
}

char *command_help(const struct verb *verb)
{
	_cleanup_(buf_done) struct buf out = {};

	if (verb) {
		buf_addf(&out, "vfio-prepare %s%s%s: %s\n\n%s\n", verb->name,
			 verb->operand ? " " : "", verb->operand ? verb->operand : "",
			 verb->summary, verb->help);
		add_options(&out, verb->name);
		add_common_options(&out);
	} else {
		buf_addf(&out, "vfio-prepare [OPTION...] VERB [OPTION...]\n\n"
			       "Prepares a host to give the PCI devices of its profile to "
			       "virtual machines.\n\n");
		for (size_t i = 0; i < N_COMMAND_VERBS; i++)
			buf_addf(&out, "  %-20s %s\n", command_verbs[i]->name,
				 command_verbs[i]->summary);
		buf_addf(&out, "\n");
		add_options(&out, NULL);
	}
	return buf_take(&out);
}
