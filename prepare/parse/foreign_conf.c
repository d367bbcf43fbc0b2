/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files and kernel arguments; scripts are parse/foreign_script.c's. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"
#include "parse/lines.h"

/* Takes the first word off *rest, which then stands behind it and behind the space that follows. */
static char *first_word(const char **rest)
{
	const char *start = *rest + strspn(*rest, " \t");
	size_t length = strcspn(start, " \t");

	*rest = start + length + strspn(start + length, " \t");
	return xstrndup(start, length);
}

/* Parameters of a module that hands devices to guests; false: there are none. */
static bool add_parameters(const struct foreign_file *file, unsigned line, const char *text,
			   const char *module, const char *parameters)
{
	struct foreign_setting *setting = NULL;
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	bool any;

	kernel_args_parse(parameters, &args);
	any = args.n > 0;
	vec_foreach(arg, &args) {
		struct foreign_id id;

		if (strcmp(arg->name, "ids") == 0 && arg->value) {
			setting = foreign_file_add(file, FOREIGN_IDS, line, text,
						   driver_canonical_name(module));
			foreign_add_values(setting, arg->value, ",");
			if (strlen(arg->value) > VFIO_IDS_MAX) {
				setting->flaw = "it is longer than the 1023 characters that the "
						"module takes, so that the module does not load";
				setting->fatal = true;
			}
		} else if (setting && !arg->value && foreign_id_parse(arg->name, &id) == 0) {
			setting->flaw = "a space ends the list: what follows it is not taken";
		} else {
			_cleanup_free_ char *name = xasprintf("%s.%s", module, arg->name);

			foreign_add_value(foreign_file_add(file, FOREIGN_OPTION, line, text, name),
					  arg->value ? arg->value : "");
			setting = NULL;
		}
	}
	return any;
}

static void add_softdep(struct foreign_setting *setting, const char *rest)
{
	_cleanup_(strv_done) struct strv words = {};
	bool before = false;

	strv_split(&words, rest, " \t");
	for (size_t i = 0; i < words.n; i++) {
		if (strcmp(words.items[i], "pre:") == 0 || strcmp(words.items[i], "post:") == 0)
			before = words.items[i][1] == 'r';
		else if (before) {
			_cleanup_free_ char *before_it = module_of_driver(words.items[i]);

			foreign_add_value(setting, before_it);
		}
	}
}

static void parse_modprobe_line(const struct foreign_file *file, unsigned line, const char *text)
{
	const char *rest = text;
	_cleanup_free_ char *command = first_word(&rest), *word = first_word(&rest),
			    *module = module_of_driver(word);

	if (text[0] == '#' || !*module)
		return;
	if (strcmp(command, "blacklist") == 0) {
		foreign_add_value(foreign_file_add(file, FOREIGN_BLACKLIST, line, text, NULL),
				  module);
	} else if (strcmp(command, "options") == 0 && module_is_for_guests(module)) {
		add_parameters(file, line, text, module, rest);
	} else if (strcmp(command, "install") == 0 && *rest) {
		foreign_add_value(foreign_file_add(file, FOREIGN_INSTALL, line, text, module),
				  rest);
		if (module_is_for_guests(module))
			foreign_find_programs(rest, file->programs);
	} else if (strcmp(command, "softdep") == 0 && *rest) {
		add_softdep(foreign_file_add(file, FOREIGN_SOFTDEP, line, text, module), rest);
	}
}

void foreign_parse_modprobe(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text, .unescape = true};

	while (lines_next(&lines))
		parse_modprobe_line(file, lines.first, lines.text);
}

static void parse_module_line(const struct foreign_file *file, unsigned line, const char *text)
{
	const char *rest = text;
	_cleanup_free_ char *word = first_word(&rest), *module = module_of_driver(word);
	bool for_guests = module_is_for_guests(module);
	size_t from = file->foreign->n;

	/* A comment is no module's name. */
	if (is_module_name(module) &&
	    (!for_guests || !add_parameters(file, line, text, module, rest)))
		foreign_add_value(foreign_file_add(file, FOREIGN_LOAD, line, text,
						   for_guests ? NULL : module),
				  module);
	if (file->source == FOREIGN_MODULES_LOAD && *rest)
		foreign_add_flaw(file->foreign, from,
				 "only names stand there: with options behind it the line loads "
				 "nothing");
}

void foreign_parse_modules(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines))
		parse_module_line(file, lines.first, lines.text);
}

/* Adds those words of the text that are addresses; false: others are there, too. */
static bool add_addresses(struct foreign_setting *setting, const char *text, const char *separators)
{
	_cleanup_(strv_done) struct strv words = {};
	struct pci_address address;

	strv_split(&words, text, separators);
	vec_foreach(word, &words)
		if (pci_address_parse(*word, &address) == 0)
			strv_add(&setting->values, PCI_ADDRESS_TEXT(&address));
	return setting->values.n == words.n;
}

static void add_argument(const struct foreign_file *file, unsigned line,
			 const struct kernel_arg *arg, enum foreign_effect effect)
{
	const char *value = arg->value ? arg->value : "";
	struct foreign_setting *setting;

	if (effect == FOREIGN_IDS) {
		_cleanup_free_ char *module = xstrndup(arg->name, strcspn(arg->name, ".")),
				    *parameter = xasprintf("ids=\"%s\"", value);

		add_parameters(file, line, arg->text, module, parameter);
		return;
	}
	setting = foreign_file_add(file, effect, line, arg->text,
				   effect == FOREIGN_ADDRESSES ? "pciback" : arg->name);
	/* xen-pciback.hide=(0000:01:00.0)(01:00.1) */
	if (effect == FOREIGN_ADDRESSES) {
		setting->mechanism = FOREIGN_BY_HIDE;
		add_addresses(setting, value, "()");
	} else if (effect != FOREIGN_OPTION) {
		foreign_add_values(setting, value, ",");
	} else if (arg->value) {
		foreign_add_value(setting, value);
	}
	/* oVirt's engine still writes it. */
	if (arg->value && strcmp(arg->name, "rdblacklist") == 0)
		setting->flaw = "dracut since 104 does not read it any more: "
				"rd.driver.blacklist= is its name";
}

/* The arguments that stand in a line of the file; 0: the file is all of them. */
static void add_arguments(const struct foreign_file *file, unsigned line,
			  const struct kernel_args *args)
{
	static const struct {
		const char *name;
		enum foreign_effect effect;
	} known[] = {
		{"vfio_pci.ids", FOREIGN_IDS},
		{"pci_stub.ids", FOREIGN_IDS},
		{"xen_pciback.hide", FOREIGN_ADDRESSES},
		{"rd.driver.pre", FOREIGN_LOAD},
		{"rdloaddriver", FOREIGN_LOAD},
		{"rd.driver.blacklist", FOREIGN_BLACKLIST},
		{"rdblacklist", FOREIGN_BLACKLIST},
		{"modprobe.blacklist", FOREIGN_BLACKLIST},
		{"module_blacklist", FOREIGN_BLACKLIST},
		{"blacklist", FOREIGN_BLACKLIST},
		{"pcie_acs_override", FOREIGN_OPTION},
		{"vfio_iommu_type1.allow_unsafe_interrupts", FOREIGN_OPTION},
	};

	vec_foreach(arg, args)
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			if (strcmp(arg->name, known[i].name) == 0)
				add_argument(file, line, arg, known[i].effect);
}

void foreign_parse_arguments(const struct kernel_args *args, struct foreign *foreign)
{
	add_arguments(&(struct foreign_file){.source = FOREIGN_ARGUMENT, .foreign = foreign}, 0,
		      args);
}

/* NAME=VALUE or NAME+=VALUE of a file that a shell reads. */
struct assignment {
	const char *rest;   /* set by the caller: the text */
	unsigned last_line; /* set by the caller: 1 */
	unsigned line;
	char *name, *value;
	bool append;
};

static void assignment_done(struct assignment *assignment)
{
	free(TAKE_PTR(assignment->name));
	free(TAKE_PTR(assignment->value));
}

/* Goes to the next assignment; false: none is left. */
static bool next_assignment(struct assignment *assignment)
{
	const char *c = assignment->rest;

	assignment_done(assignment);
	while (*c) {
		size_t length = 0;
		bool append;

		for (; isspace((unsigned char)*c) || *c == ';'; c++)
			assignment->last_line += *c == '\n';
		while (isalnum((unsigned char)c[length]) || c[length] == '_')
			length++;
		append = length && c[length] == '+';
		if (length && c[length + append] == '=') {
			struct buf value = {};

			assignment->line = assignment->last_line;
			assignment->name = xstrndup(c, length);
			assignment->append = append;
			assignment->rest = shell_word(c + length + append + 1, NULL, NULL, &value);
			for (; c < assignment->rest; c++)
				assignment->last_line += *c == '\n';
			assignment->value = buf_take(&value);
			return true;
		}
		/* A comment, or something else that a shell would do. */
		c += strcspn(c, "\n");
	}
	return false;
}

static void add_dracut_list(const struct foreign_file *file, const char *text,
			    const struct assignment *assignment)
{
	bool omits = strcmp(assignment->name, "omit_drivers") == 0;
	const char *value = assignment->value;
	struct foreign_setting *setting = NULL;
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, value, " \t\n");
	for (size_t i = 0; i < words.n; i++) {
		_cleanup_free_ char *module = module_of_driver(words.items[i]);

		if (!omits && !module_is_for_guests(module))
			continue;
		if (!setting)
			setting = foreign_file_add(file, omits ? FOREIGN_BLACKLIST : FOREIGN_LOAD,
						   assignment->line, text, assignment->name);
		foreign_add_value(setting, module);
	}
	if (setting && assignment->append && (value[0] != ' ' || value[strlen(value) - 1] != ' '))
		setting->flaw = "spaces are missing inside the quotes: its first or last word runs "
				"into what another file adds";
}

void foreign_parse_dracut(const struct foreign_file *file)
{
	static const char *const lists[] = {"add_drivers", "force_drivers", "omit_drivers"};
	_cleanup_(assignment_done) struct assignment assignment = {.rest = file->text,
								   .last_line = 1};

	while (next_assignment(&assignment)) {
		_cleanup_free_ char *shown = xasprintf("%s%s=\"%s\"", assignment.name,
						       assignment.append ? "+" : "",
						       assignment.value);

		if (TEXT_IN(lists, assignment.name)) {
			add_dracut_list(file, shown, &assignment);
		} else if (strcmp(assignment.name, "kernel_cmdline") == 0) {
			_cleanup_(kernel_args_done) struct kernel_args args = {};

			kernel_args_parse(assignment.value, &args);
			add_arguments(file, assignment.line, &args);
		}
	}
}

void foreign_parse_vfio_bind(const struct foreign_file *file)
{
	static const char separators[] = " \t\n,";
	_cleanup_(assignment_done) struct assignment assignment = {.rest = file->text,
								   .last_line = 1};

	while (next_assignment(&assignment)) {
		const char *value = assignment.value;
		_cleanup_free_ char *shown = xasprintf("DEVICES=\"%s\"", value);
		struct foreign_setting *setting;

		if (strcmp(assignment.name, "DEVICES") != 0 || !value[strspn(value, separators)])
			continue;
		setting = foreign_file_add(file, FOREIGN_ADDRESSES, assignment.line, shown,
					   "vfio-pci");
		setting->mechanism = FOREIGN_BY_NEW_ID;
		if (!add_addresses(setting, value, separators))
			setting->flaw = "not every word of it is a PCI address";
	}
}

void foreign_parse_driverctl(const struct foreign_file *file)
{
	const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
	const char *text = file->text + strspn(file->text, " \t\n");
	_cleanup_free_ char *driver = xstrndup(text, strcspn(text, " \t\n"));
	struct pci_address address;

	/* Files of other buses are named "vmbus-...". */
	if (strncmp(name, "pci-", 4) == 0)
		name += 4;
	if (pci_address_parse(name, &address) == 0 && *driver) {
		struct foreign_setting *setting = foreign_file_add(file, FOREIGN_ADDRESSES, 0,
								   driver,
								   driver_canonical_name(driver));

		setting->mechanism = FOREIGN_BY_DRIVERCTL;
		strv_add(&setting->values, PCI_ADDRESS_TEXT(&address));
	}
}

static bool has_argument(const struct kernel_args *args, const struct kernel_arg *wanted)
{
	vec_foreach(arg, args)
		if (strcmp(arg->name, wanted->name) == 0 &&
		    strcmp(arg->value ? arg->value : "", wanted->value ? wanted->value : "") == 0)
			return true;
	return false;
}

void foreign_parse_configured(const struct kernel_args *configured,
			      const struct kernel_args *running, struct foreign *foreign)
{
	struct kernel_args fresh = {};

	vec_foreach(arg, configured)
		if (!has_argument(running, arg))
			*vec_add(&fresh) = *arg;
	add_arguments(&(struct foreign_file){.source = FOREIGN_ARGUMENT,
					     .path = "kernel arguments of the next boot",
					     .foreign = foreign},
		      0, &fresh);
	free(fresh.items);
}
