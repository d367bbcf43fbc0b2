/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files and kernel arguments; scripts are parse/foreign_script.c's. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign_programs.h"
#include "parse/kernel_args.h"
#include "parse/lines.h"

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

/* The hex number between the letters from and to of "v000010DEd00001B80sv..."; -1: any. */
static int64_t alias_field(const char *alias, const char *from, const char *to)
{
	const char *start = strstr(alias, from), *end;
	uint64_t value;

	if (!start)
		return -1;
	start += strlen(from);
	end = strstr(start, to);
	if (!end || number_parse_n(start, (size_t)(end - start), 16, UINT32_MAX, &value) < 0)
		return -1;
	return (int64_t)value;
}

/* "alias pci:v00008086d00004680sv00001028sd00000C7Bbc03sc00i00 vfio-pci" */
static void add_alias(const struct foreign_file *file, unsigned line, const char *text,
		      const char *alias, const char *rest)
{
	_cleanup_free_ char *word = text_first_word(&rest), *module = module_of_driver(word);
	struct foreign_setting *setting;
	int64_t vendor, device, subvendor, subdevice;

	if (strncmp(alias, "pci:v", 5) != 0 || !module_takes_ids(module))
		return;
	vendor = alias_field(alias, "pci:v", "d");
	device = alias_field(alias + 5, "d", "sv");
	subvendor = alias_field(alias, "sv", "sd");
	subdevice = alias_field(alias, "sd", "bc");
	setting = foreign_file_add(file, FOREIGN_IDS, line, text, driver_canonical_name(module));
	setting->mechanism = FOREIGN_BY_ALIAS;
	if (vendor < 0 || device < 0)
		setting->effect = FOREIGN_ADDRESSES;
	else if (subvendor < 0 || subdevice < 0)
		strv_take(&setting->values,
			  xasprintf("%04x:%04x", (unsigned)vendor, (unsigned)device));
	else
		strv_take(&setting->values,
			  xasprintf("%04x:%04x:%04x:%04x", (unsigned)vendor, (unsigned)device,
				    (unsigned)subvendor, (unsigned)subdevice));
}

/* "options vfio_pci.ids=...", as on the kernel's command line; false: it is no such word. */
static bool add_dotted(const struct foreign_file *file, unsigned line, const char *text,
		       const char *word)
{
	size_t length = strcspn(word, ".=");
	_cleanup_free_ char *name = xstrndup(word, length), *module = module_of_driver(name);
	size_t from = file->foreign->n;

	if (word[length] != '.' || !module_is_for_guests(module))
		return false;
	foreign_add_parameters(file, line, text, module, word + length + 1);
	foreign_add_flaw(file->foreign, from,
			 "modprobe.d has a blank between a module and its parameter: with a dot "
			 "the line sets nothing");
	return true;
}

/* max_vfs=, num_vfs=: of igb, ixgbe, mlx4_core; perhaps a number for each port. */
static void add_vfs_options(const struct foreign_file *file, unsigned line, const char *text,
			    const char *module, const char *rest)
{
	_cleanup_free_ char *whose = xasprintf("module %s", module);
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, rest, " \t");
	vec_foreach(word, &words)
		if (text_starts_with(*word, "max_vfs=") || text_starts_with(*word, "num_vfs="))
			foreign_add_vfs(file, line, text, whose, *word + 8);
}

/* Of the options of kvm_amd the one that says that guests with SEV-SNP are wanted. */
static void add_snp(const struct foreign_file *file, unsigned line, const char *text,
		    const char *parameters)
{
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	const struct kernel_arg *arg;

	kernel_args_parse(parameters, &args);
	arg = kernel_args_last(&args, "sev_snp");
	if (arg)
		foreign_add_value(foreign_file_add(file, FOREIGN_OPTION, line, text,
						   FOREIGN_SNP_OPTION),
				  arg->value ? arg->value : "");
}

static void parse_modprobe_line(const struct foreign_file *file, unsigned line, const char *text)
{
	const char *rest = text;
	_cleanup_free_ char *command = text_first_word(&rest), *word = text_first_word(&rest),
			    *module = module_of_driver(word);

	if (text[0] == '#' || !*module)
		return;
	if (strcmp(command, "options") == 0 && add_dotted(file, line, text, word)) {
		return;
	} else if (strcmp(command, "blacklist") == 0) {
		foreign_add_value(foreign_file_add(file, FOREIGN_BLACKLIST, line, text, NULL),
				  module);
	} else if (strcmp(command, "options") == 0 && module_is_for_guests(module)) {
		foreign_add_parameters(file, line, text, module, rest);
	} else if (strcmp(command, "options") == 0 && strcmp(module, "kvm_amd") == 0) {
		add_snp(file, line, text, rest);
	} else if (strcmp(command, "options") == 0) {
		add_vfs_options(file, line, text, module, rest);
	} else if (strcmp(command, "alias") == 0) {
		add_alias(file, line, text, word, rest);
	} else if (strcmp(command, "install") == 0 && *rest) {
		foreign_add_value(foreign_file_add(file, FOREIGN_INSTALL, line, text, module),
				  rest);
		foreign_follow(file, "", rest, line, text);
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

void foreign_parse_module_line(const struct foreign_file *file, unsigned line, const char *text)
{
	const char *rest = text;
	_cleanup_free_ char *word = text_first_word(&rest), *module = module_of_driver(word);
	bool for_guests = module_is_for_guests(module);
	size_t from = file->foreign->n;

	if (strcmp(word, "options") == 0 && *rest) {
		parse_modprobe_line(file, line, text);
		foreign_add_flaw(
			file->foreign, from,
			"it loads nothing: options is a word of modprobe.d, and taken for a module here");
		return;
	}

	/* A comment is no module's name. */
	if (is_module_name(module) &&
	    (!for_guests || !foreign_add_parameters(file, line, text, module, rest)))
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
		foreign_parse_module_line(file, lines.first, lines.text);
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

/* Adds the words of an array, "(a 'b c') # comment", with a blank between them; returns what follows it. */
static const char *array_words(const char *c, struct buf *value)
{
	bool start = true;
	char quote = '\0';

	for (c++; *c && (quote || *c != ')'); c++) {
		if (!quote && start && *c == '#')
			c += strcspn(c, "\n") - 1;
		else if (quote ? *c == quote : *c == '"' || *c == '\'')
			quote = quote ? '\0' : *c;
		else
			buf_add_n(value, isspace((unsigned char)*c) ? " " : c, 1);
		start = isspace((unsigned char)*c);
	}
	return c + (*c != '\0');
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
			assignment->rest = c + length + append + 1;
			assignment->rest = *assignment->rest == '('
						   ? array_words(assignment->rest, &value)
						   : shell_word(assignment->rest, NULL, NULL,
								&value);
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

/* A list of modules that go into images, or are kept out of them. */
static void add_module_list(const struct foreign_file *file, const char *text,
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
	if (setting && file->source == FOREIGN_DRACUT && assignment->append &&
	    (value[0] != ' ' || value[strlen(value) - 1] != ' '))
		setting->flaw = "spaces are missing inside the quotes: its first or last word runs "
				"into what another file adds";
}

static const char *const image_files[] = {"install_items", "install_optional_items", "FILES",
					  "BINARIES"};

/* Files that go into images, as far as they have to do with guests; hooks and modules of dracut all. */
static void add_files(const struct foreign_file *file, const char *text,
		      const struct assignment *assignment)
{
	bool hooks = !TEXT_IN(image_files, assignment->name);
	struct foreign_setting *setting = NULL;
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, assignment->value, " \t\n");
	vec_foreach(word, &words) {
		if (!hooks && (!strchr(*word, '/') || !text_is_about_guests(*word)))
			continue;
		if (!setting)
			setting = foreign_file_add(file, hooks ? FOREIGN_HOOKS : FOREIGN_COPY,
						   assignment->line, text, assignment->name);
		foreign_add_value(setting, *word);
	}
}

/* add_drivers+= " vfio ": the shell takes the value for a command. True: it is taken for the value here. */
static bool take_torn_value(struct assignment *assignment)
{
	const char *c = assignment->rest + strspn(assignment->rest, " \t");
	struct buf value = {};

	if (*assignment->value || c == assignment->rest || *c != '"')
		return false;
	assignment->rest = shell_word(c, NULL, NULL, &value);
	for (; c < assignment->rest; c++)
		assignment->last_line += *c == '\n';
	free(assignment->value);
	assignment->value = buf_take(&value);
	return true;
}

void foreign_parse_dracut(const struct foreign_file *file)
{
	static const char *const lists[] = {"add_drivers", "force_drivers", "omit_drivers"};
	static const char *const modules[] = {"add_dracutmodules", "force_add_dracutmodules",
					      "dracutmodules"};
	_cleanup_(assignment_done) struct assignment assignment = {.rest = file->text,
								   .last_line = 1};

	while (next_assignment(&assignment)) {
		bool torn = take_torn_value(&assignment);
		size_t from = file->foreign->n;
		_cleanup_free_ char *shown = xasprintf("%s%s=%s\"%s\"", assignment.name,
						       assignment.append ? "+" : "",
						       torn ? " " : "", assignment.value);

		if (TEXT_IN(lists, assignment.name)) {
			add_module_list(file, shown, &assignment);
		} else if (TEXT_IN(image_files, assignment.name) ||
			   TEXT_IN(modules, assignment.name)) {
			add_files(file, shown, &assignment);
		} else if (strcmp(assignment.name, "kernel_cmdline") == 0) {
			_cleanup_(kernel_args_done) struct kernel_args args = {};

			kernel_args_parse(assignment.value, &args);
			foreign_add_arguments(file, assignment.line, &args);
		}
		if (torn)
			foreign_add_idle(file->foreign, from,
					 "with a space behind the = it sets nothing");
	}
}

void foreign_parse_grub_xen(const struct foreign_file *file)
{
	static const char *const names[] = {"GRUB_CMDLINE_LINUX_XEN_REPLACE",
					    "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT"};
	_cleanup_(assignment_done) struct assignment assignment = {.rest = file->text,
								   .last_line = 1};

	while (next_assignment(&assignment)) {
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		kernel_args_parse(assignment.value, &args);
		if (TEXT_IN(names, assignment.name))
			foreign_add_arguments(file, assignment.line, &args);
	}
}

void foreign_parse_mkinitcpio(const struct foreign_file *file)
{
	_cleanup_(assignment_done) struct assignment assignment = {.rest = file->text,
								   .last_line = 1};

	while (next_assignment(&assignment)) {
		_cleanup_free_ char *shown = xasprintf("%s%s=(%s)", assignment.name,
						       assignment.append ? "+" : "",
						       assignment.value);

		if (strcmp(assignment.name, "MODULES") == 0)
			add_module_list(file, shown, &assignment);
		else if (TEXT_IN(image_files, assignment.name) ||
			 strcmp(assignment.name, "HOOKS") == 0)
			add_files(file, shown, &assignment);
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
		foreign_add_addresses(setting, value, separators);
	}
}

void foreign_parse_unraid(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		struct foreign_setting *setting;

		if (strncmp(lines.text, "BIND=", 5) != 0 || !lines.text[5])
			continue;
		setting = foreign_file_add(file, FOREIGN_ADDRESSES, lines.first, lines.text,
					   "vfio-pci");
		setting->mechanism = FOREIGN_BY_OVERRIDE;
		foreign_add_addresses(setting, lines.text + 5, "\" \t\r");
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
