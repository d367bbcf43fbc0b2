/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files and kernel arguments; scripts are parse/foreign_script.c's. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"

/* drivers/vfio/pci/vfio_pci.c: static char ids[1024]; a longer parameter is ENOSPC. */
#define IDS_MAX 1023

char *logical_line(const char **position, unsigned *number, unsigned *ret_first, bool unescape)
{
	const char *c = *position;
	struct buf line = {};

	if (!*c)
		return NULL;
	*ret_first = ++*number;
	for (; *c && *c != '\n'; c++) {
		if (*c == '\\' && c[1] == '\n') {
			c++;
			++*number;
			continue;
		}
		if (*c == '\\' && unescape && c[1])
			c++;
		buf_add_n(&line, c, 1);
	}
	*position = *c ? c + 1 : c;
	return buf_take(&line);
}

/* Takes the first word off *rest, which then stands behind it and behind the space that follows. */
static char *first_word(const char **rest)
{
	const char *start = *rest + strspn(*rest, " \t");
	size_t length = strcspn(start, " \t");

	*rest = start + length + strspn(start + length, " \t");
	return xstrndup(start, length);
}

/* Parameters of a module that hands devices to guests; false: there are none. */
static bool add_parameters(enum foreign_source source, const char *file, unsigned line,
			   const char *text, const char *module, const char *parameters,
			   struct foreign *foreign)
{
	struct foreign_setting *setting = NULL;
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	bool any;

	kernel_args_parse(parameters, &args);
	any = args.n > 0;
	vec_foreach(arg, &args) {
		struct foreign_id id;

		if (strcmp(arg->name, "ids") == 0 && arg->value) {
			setting = foreign_add(foreign, source, FOREIGN_IDS, file, line, text,
					      driver_canonical_name(module));
			foreign_add_values(setting, arg->value, ",");
			if (strlen(arg->value) > IDS_MAX) {
				setting->flaw = "it is longer than the 1023 characters that the "
						"module takes, so that the module does not load";
				setting->fatal = true;
			}
		} else if (setting && !arg->value && foreign_id_parse(arg->name, &id) == 0) {
			setting->flaw = "a space ends the list: what follows it is not taken";
		} else {
			_cleanup_free_ char *name = xasprintf("%s.%s", module, arg->name);
			struct foreign_setting *option = foreign_add(foreign, source,
								     FOREIGN_OPTION, file, line,
								     text, name);

			foreign_add_value(option, arg->value ? arg->value : "");
			setting = NULL;
		}
	}
	return any;
}

static void add_softdep(const char *file, unsigned line, const char *text, const char *module,
			const char *rest, struct foreign *foreign)
{
	struct foreign_setting *setting = foreign_add(foreign, FOREIGN_MODPROBE, FOREIGN_SOFTDEP,
						      file, line, text, module);
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

static void parse_modprobe_line(const char *file, unsigned line, const char *text,
				struct foreign *foreign, struct strv *ret_programs)
{
	const char *rest = text;
	_cleanup_free_ char *command = first_word(&rest), *word = first_word(&rest),
			    *module = module_of_driver(word);
	struct foreign_setting *setting;

	if (text[0] == '#' || !*module)
		return;
	if (strcmp(command, "blacklist") == 0) {
		setting = foreign_add(foreign, FOREIGN_MODPROBE, FOREIGN_BLACKLIST, file, line,
				      text, NULL);
		foreign_add_value(setting, module);
	} else if (strcmp(command, "options") == 0 && module_is_for_guests(module)) {
		add_parameters(FOREIGN_MODPROBE, file, line, text, module, rest, foreign);
	} else if (strcmp(command, "install") == 0 && *rest) {
		setting = foreign_add(foreign, FOREIGN_MODPROBE, FOREIGN_INSTALL, file, line, text,
				      module);
		foreign_add_value(setting, rest);
		if (module_is_for_guests(module))
			foreign_find_programs(rest, ret_programs);
	} else if (strcmp(command, "softdep") == 0 && *rest) {
		add_softdep(file, line, text, module, rest, foreign);
	}
}

void foreign_parse_modprobe(const char *file, const char *text, struct foreign *foreign,
			    struct strv *ret_programs)
{
	unsigned number = 0, first;
	char *line;

	while ((line = logical_line(&text, &number, &first, true))) {
		parse_modprobe_line(file, first, line, foreign, ret_programs);
		free(line);
	}
}

void foreign_parse_modules(enum foreign_source source, const char *file, const char *text,
			   struct foreign *foreign)
{
	unsigned number = 0, first;
	char *line;

	while ((line = logical_line(&text, &number, &first, false))) {
		const char *rest = line;
		_cleanup_free_ char *word = first_word(&rest), *module = module_of_driver(word);
		bool for_guests = module_is_for_guests(module);
		size_t from = foreign->n;

		/* A comment is no module's name. */
		if (is_module_name(module) &&
		    (!for_guests ||
		     !add_parameters(source, file, first, line, module, rest, foreign))) {
			struct foreign_setting *setting = foreign_add(foreign, source, FOREIGN_LOAD,
								      file, first, line,
								      for_guests ? NULL : module);

			foreign_add_value(setting, module);
		}
		for (size_t i = from; i < foreign->n && source == FOREIGN_MODULES_LOAD && *rest;
		     i++)
			foreign->items[i].flaw = "only names stand there: with options behind it "
						 "the line loads nothing";
		free(line);
	}
}

/* NAME=VALUE or NAME+=VALUE of a file that a shell reads. */
struct assignment {
	unsigned line;
	char *name, *value;
	bool append;
};

static void assignment_done(struct assignment *assignment)
{
	free(assignment->name);
	free(assignment->value);
}

/* The value at c with its quotes taken off; returns what follows it. */
static const char *read_value(const char *c, unsigned *number, struct buf *value)
{
	char quote = '\0';

	for (; *c && (quote || (!isspace((unsigned char)*c) && *c != ';')); c++) {
		*number += *c == '\n';
		if (quote ? *c == quote : (*c == '"' || *c == '\'')) {
			quote = quote ? '\0' : *c;
		} else if (*c == '\\' && quote != '\'' && c[1]) {
			c++;
			*number += *c == '\n';
			if (*c != '\n')
				buf_add_n(value, c, 1);
		} else {
			buf_add_n(value, c, 1);
		}
	}
	return c;
}

/* The next assignment from *position, which moves behind it; false: none is left. */
static bool next_assignment(const char **position, unsigned *number, struct assignment *ret)
{
	const char *c = *position;

	while (*c) {
		size_t length = 0;
		bool append;

		for (; isspace((unsigned char)*c) || *c == ';'; c++)
			*number += *c == '\n';
		while (isalnum((unsigned char)c[length]) || c[length] == '_')
			length++;
		append = length && c[length] == '+';
		if (length && c[length + append] == '=') {
			struct buf value = {};

			ret->line = *number;
			ret->name = xstrndup(c, length);
			ret->append = append;
			c = read_value(c + length + append + 1, number, &value);
			ret->value = buf_take(&value);
			*position = c;
			return true;
		}
		/* A comment, or something else that a shell would do. */
		c += strcspn(c, "\n");
	}
	*position = c;
	return false;
}

static void add_dracut_list(const char *file, const char *text, const struct assignment *assignment,
			    struct foreign *foreign)
{
	bool omits = strcmp(assignment->name, "omit_drivers") == 0;
	const char *value = assignment->value;
	size_t length = strlen(value);
	struct foreign_setting *setting;
	_cleanup_(strv_done) struct strv words = {}, modules = {};

	strv_split(&words, value, " \t\n");
	for (size_t i = 0; i < words.n; i++) {
		char *module = module_of_driver(words.items[i]);

		if (omits || module_is_for_guests(module))
			strv_add(&modules, module);
		free(module);
	}
	if (!modules.n)
		return;
	setting = foreign_add(foreign, FOREIGN_DRACUT, omits ? FOREIGN_BLACKLIST : FOREIGN_LOAD,
			      file, assignment->line, text, assignment->name);
	for (size_t i = 0; i < modules.n; i++)
		foreign_add_value(setting, modules.items[i]);
	if (assignment->append && (value[0] != ' ' || value[length - 1] != ' '))
		setting->flaw = "spaces are missing inside the quotes: its first or last word runs "
				"into what another file adds";
}

void foreign_parse_dracut(const char *file, const char *text, struct foreign *foreign)
{
	struct assignment assignment;
	unsigned number = 1;

	while (next_assignment(&text, &number, &assignment)) {
		_cleanup_free_ char *shown = xasprintf("%s%s=\"%s\"", assignment.name,
						       assignment.append ? "+" : "",
						       assignment.value);
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		if (strcmp(assignment.name, "add_drivers") == 0 ||
		    strcmp(assignment.name, "force_drivers") == 0 ||
		    strcmp(assignment.name, "omit_drivers") == 0) {
			add_dracut_list(file, shown, &assignment, foreign);
		} else if (strcmp(assignment.name, "kernel_cmdline") == 0) {
			kernel_args_parse(assignment.value, &args);
			foreign_parse_arguments(FOREIGN_DRACUT, file, assignment.line, &args,
						foreign);
		}
		assignment_done(&assignment);
	}
}

void foreign_parse_vfio_bind(const char *file, const char *text, struct foreign *foreign)
{
	struct assignment assignment;
	unsigned number = 1;

	while (next_assignment(&text, &number, &assignment)) {
		_cleanup_free_ char *shown = xasprintf("%s=\"%s\"", assignment.name,
						       assignment.value);
		struct pci_address address;
		_cleanup_(strv_done) struct strv words = {};

		strv_split(&words, assignment.value, " \t\n,");
		if (strcmp(assignment.name, "DEVICES") == 0 && words.n) {
			struct foreign_setting *setting = foreign_add(foreign, FOREIGN_VFIO_BIND,
								      FOREIGN_ADDRESSES, file,
								      assignment.line, shown,
								      "vfio-pci");

			for (size_t i = 0; i < words.n; i++)
				if (pci_address_parse(words.items[i], &address) == 0)
					strv_add(&setting->values, PCI_ADDRESS_TEXT(&address));
				else
					setting->flaw = "not every word of it is a PCI address";
		}
		assignment_done(&assignment);
	}
}

void foreign_parse_driverctl(const char *file, const char *text, struct foreign *foreign)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	_cleanup_free_ char *driver = NULL;
	struct foreign_setting *setting;
	struct pci_address address;

	/* Files of other buses are named "vmbus-...". */
	if (strncmp(name, "pci-", 4) == 0)
		name += 4;
	text += strspn(text, " \t\n");
	driver = xstrndup(text, strcspn(text, " \t\n"));
	if (pci_address_parse(name, &address) < 0 || !*driver)
		return;
	setting = foreign_add(foreign, FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, file, 0, driver,
			      driver_canonical_name(driver));
	strv_add(&setting->values, PCI_ADDRESS_TEXT(&address));
}

/* xen-pciback.hide=(0000:01:00.0)(01:00.1) */
static void add_hidden(struct foreign_setting *setting, const char *value)
{
	_cleanup_(strv_done) struct strv words = {};
	struct pci_address address;

	strv_split(&words, value, "()");
	for (size_t i = 0; i < words.n; i++)
		if (pci_address_parse(words.items[i], &address) == 0)
			strv_add(&setting->values, PCI_ADDRESS_TEXT(&address));
}

/* oVirt's engine still writes it. */
static const char *blacklist_flaw(const struct kernel_arg *arg)
{
	return strcmp(arg->name, "rdblacklist") == 0
		       ? "dracut since 104 does not read it any more: "
			 "rd.driver.blacklist= is its name"
		       : NULL;
}

void foreign_parse_arguments(enum foreign_source source, const char *file, unsigned line,
			     const struct kernel_args *args, struct foreign *foreign)
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
		for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
			_cleanup_free_ char *parameter = NULL, *module = NULL;
			struct foreign_setting *setting;

			if (strcmp(arg->name, known[i].name) != 0)
				continue;
			if (known[i].effect == FOREIGN_IDS) {
				module = xstrndup(arg->name, strcspn(arg->name, "."));
				parameter = xasprintf("ids=\"%s\"", arg->value ? arg->value : "");
				add_parameters(source, file, line, arg->text, module, parameter,
					       foreign);
				continue;
			}
			setting = foreign_add(foreign, source, known[i].effect, file, line,
					      arg->text,
					      known[i].effect == FOREIGN_ADDRESSES ? "pciback"
										   : arg->name);
			if (!arg->value)
				continue;
			if (known[i].effect == FOREIGN_ADDRESSES)
				add_hidden(setting, arg->value);
			else if (known[i].effect == FOREIGN_OPTION)
				foreign_add_value(setting, arg->value);
			else
				foreign_add_values(setting, arg->value, ",");
			if (known[i].effect == FOREIGN_BLACKLIST)
				setting->flaw = blacklist_flaw(arg);
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
	foreign_parse_arguments(FOREIGN_ARGUMENT, "kernel arguments of the next boot", 0, &fresh,
				foreign);
	free(fresh.items);
}
