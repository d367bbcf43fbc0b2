/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of the kernel and parameters of modules that keep devices for guests. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"
#include "parse/lines.h"

void foreign_add_address(struct foreign_setting *setting, const char *word)
{
	struct pci_address address;
	const char *colon = strchr(word, ':');
	_cleanup_free_ char *whole = NULL;

	if (pci_address_parse(word, &address) == 0)
		strv_add_new(&setting->values, PCI_ADDRESS_TEXT(&address));
	else if (strpbrk(word, "*?[") && colon && !strchr(colon + 1, ':'))
		whole = xasprintf("0000:%s", word);
	if (whole || pci_address_parse(word, &address) < 0)
		foreign_add_value(setting, whole ? whole : word);
}

void foreign_add_addresses(struct foreign_setting *setting, const char *text,
			   const char *separators)
{
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, text, separators);
	vec_foreach(word, &words)
		foreign_add_address(setting, *word);
}

/* drivers/xen/xen-pciback/pci_stub.c pcistub_init(): "(0000:01:00.0) (02:00.*)", and nothing else. */
void foreign_add_hidden(const struct foreign_file *file, unsigned line, const char *text,
			const char *value)
{
	struct foreign_setting *setting = foreign_file_add(file, FOREIGN_ADDRESSES, line, text,
							   "pciback");
	bool inside = false;

	setting->mechanism = FOREIGN_BY_HIDE;
	foreign_add_addresses(setting, value, "(), \t");
	for (const char *c = value; *c && !setting->fatal; c++) {
		setting->fatal = *c == '('   ? inside
				 : *c == ')' ? !inside
					     : !inside && !isspace((unsigned char)*c);
		inside = *c == '(' || (inside && *c != ')');
	}
	setting->fatal = setting->fatal || inside;
	if (setting->fatal)
		setting->flaw =
			"xen-pciback cannot read it and does not load, so that no device is "
			"kept: each address stands in parentheses, with nothing between "
			"them";
}

static bool is_pciback(const char *module)
{
	return strcmp(module, "xen_pciback") == 0 || strcmp(module, "pciback") == 0;
}

static void add_id_list(const struct foreign_file *file, unsigned line, const char *text,
			const char *module, const char *ids)
{
	struct foreign_setting *setting = foreign_file_add(
		file, FOREIGN_IDS, line, text,
		driver_canonical_name(module_takes_ids(module) ? module : "vfio_pci"));

	foreign_add_values(setting, ids, ",");
	if (!module_takes_ids(module))
		setting->flaw = "the module has no ids=, which is a parameter of vfio_pci";
	if (strlen(ids) > VFIO_IDS_MAX) {
		setting->flaw = "it is longer than the 1023 characters that the module takes, so "
				"that the module does not load";
		setting->fatal = true;
	}
}

/* Is each word of a comma list an id, as behind an ids= that was forgotten? */
static bool are_ids(const char *text)
{
	_cleanup_(strv_done) struct strv words = {};
	struct foreign_id id;

	strv_split(&words, text, ",");
	vec_foreach(word, &words)
		if (foreign_id_parse(*word, &id) < 0)
			return false;
	return words.n;
}

/*
 * Parameters of a module that hands devices to guests; false: there are none. Another such module among
 * them is meant as one, though a line has room for one: what follows are its parameters.
 */
bool foreign_add_parameters(const struct foreign_file *file, unsigned line, const char *text,
			    const char *module, const char *parameters)
{
	struct foreign_setting *setting = NULL;
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	bool several = false;

	kernel_args_parse(parameters, &args);
	vec_foreach(arg, &args) {
		size_t from = file->foreign->n;

		if (*arg->text == '#') {
			break;
		} else if (!arg->value && is_module_name(arg->name) &&
			   module_is_for_guests(arg->name)) {
			module = arg->name;
			several = true;
			continue;
		} else if (strcmp(arg->name, "ids") == 0 && arg->value) {
			add_id_list(file, line, text, module, arg->value);
		} else if (strcmp(arg->name, "hide") == 0 && arg->value && is_pciback(module)) {
			foreign_add_hidden(file, line, text, arg->value);
		} else if (!arg->value && are_ids(arg->text) && setting) {
			setting->flaw = "a space ends the list: what follows it is not taken";
			continue;
		} else if (!arg->value && are_ids(arg->text) && module_takes_ids(module)) {
			add_id_list(file, line, text, module, arg->text);
			foreign_add_flaw(file->foreign, from,
					 "it is ignored, as ids= is missing in front of it");
		} else {
			_cleanup_free_ char *name = xasprintf("%s.%s", module, arg->name);

			foreign_add_value(foreign_file_add(file, FOREIGN_OPTION, line, text, name),
					  arg->value ? arg->value : "");
		}
		setting = file->foreign->n > from &&
					  file->foreign->items[from].effect == FOREIGN_IDS
				  ? &file->foreign->items[from]
				  : NULL;
		if (several)
			foreign_add_flaw(
				file->foreign, from,
				"only the first module of a line is loaded: the rest is ignored, as parameters that it does not have");
	}
	return args.n > 0 && *args.items[0].text != '#';
}

/* Talos' pcirebind.rebind=0000:04:00.00_ixgbe+vfio-pci */
static void add_rebinding(const struct foreign_file *file, unsigned line, const char *text,
			  const char *value)
{
	const char *plus = strrchr(value, '+'), *dot;
	_cleanup_free_ char *address = xstrndup(value, strcspn(value, "_"));
	struct foreign_setting *setting = foreign_file_add(file, FOREIGN_ADDRESSES, line, text,
							   driver_canonical_name(
								   plus ? plus + 1 : "vfio-pci"));

	dot = strchr(address, '.');
	/* It reads the function as a number. */
	if (dot && dot[1] == '0' && dot[2])
		memmove(address + (dot - address) + 1, dot + 2, strlen(dot + 2) + 1);
	if (*address)
		foreign_add_address(setting, address);
	setting->mechanism = FOREIGN_BY_OVERRIDE;
	setting->flaw = "the native driver has started the device by then, and is taken off it";
}

static void add_ids(const struct foreign_file *file, unsigned line, const struct kernel_arg *arg)
{
	_cleanup_free_ char *module = xstrndup(arg->name, strcspn(arg->name, ".")),
			    *parameter = xasprintf("ids=\"%s\"", arg->value ? arg->value : "");

	foreign_add_parameters(file, line, arg->text, module, parameter);
}

/* What a value is. */
enum argument {
	ARGUMENT_IDS,
	ARGUMENT_HIDDEN,    /* addresses in parentheses */
	ARGUMENT_ADDRESSES, /* with commas between them, for pciback */
	ARGUMENT_REBINDING,
	ARGUMENT_LOAD,
	ARGUMENT_BLACKLIST,
	ARGUMENT_OPTION,
};

static void add_argument(const struct foreign_file *file, unsigned line,
			 const struct kernel_arg *arg, enum argument type)
{
	const char *value = arg->value ? arg->value : "";
	struct foreign_setting *setting;

	switch (type) {
	case ARGUMENT_IDS:
		add_ids(file, line, arg);
		break;
	case ARGUMENT_HIDDEN:
		foreign_add_hidden(file, line, arg->text, value);
		break;
	case ARGUMENT_ADDRESSES:
		setting = foreign_file_add(file, FOREIGN_ADDRESSES, line, arg->text, "pciback");
		setting->mechanism = FOREIGN_BY_HIDE;
		foreign_add_addresses(setting, value, ",");
		break;
	case ARGUMENT_REBINDING:
		add_rebinding(file, line, arg->text, value);
		break;
	case ARGUMENT_OPTION:
		setting = foreign_file_add(file, FOREIGN_OPTION, line, arg->text, arg->name);
		if (arg->value)
			foreign_add_value(setting, value);
		break;
	case ARGUMENT_LOAD:
	case ARGUMENT_BLACKLIST:
		setting = foreign_file_add(file,
					   type == ARGUMENT_LOAD ? FOREIGN_LOAD : FOREIGN_BLACKLIST,
					   line, arg->text, arg->name);
		foreign_add_values(setting, value, ",");
		/* oVirt's engine still writes it. */
		if (arg->value && strcmp(arg->name, "rdblacklist") == 0)
			setting->flaw = "dracut since 104 does not read it any more: "
					"rd.driver.blacklist= is its name";
		break;
	}
}

void foreign_add_arguments(const struct foreign_file *file, unsigned line,
			   const struct kernel_args *args)
{
	static const struct {
		const char *name;
		enum argument type;
	} known[] = {
		{"vfio_pci.ids", ARGUMENT_IDS},
		{"pci_stub.ids", ARGUMENT_IDS},
		{"xen_pciback.hide", ARGUMENT_HIDDEN},
		{"pciback.hide", ARGUMENT_HIDDEN},
		{"rd.qubes.hide_pci", ARGUMENT_ADDRESSES},
		{"rd.qubes.hide_all_usb", ARGUMENT_ADDRESSES},
		{"pcirebind.rebind", ARGUMENT_REBINDING},
		{"rd.driver.pre", ARGUMENT_LOAD},
		{"rdloaddriver", ARGUMENT_LOAD},
		{"rd.driver.blacklist", ARGUMENT_BLACKLIST},
		{"rdblacklist", ARGUMENT_BLACKLIST},
		{"modprobe.blacklist", ARGUMENT_BLACKLIST},
		{"module_blacklist", ARGUMENT_BLACKLIST},
		{"blacklist", ARGUMENT_BLACKLIST},
		{"pcie_acs_override", ARGUMENT_OPTION},
		{"vfio_iommu_type1.allow_unsafe_interrupts", ARGUMENT_OPTION},
	};

	vec_foreach(arg, args)
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			if (strcmp(arg->name, known[i].name) == 0)
				add_argument(file, line, arg, known[i].type);
}

void foreign_parse_arguments(const struct kernel_args *args, struct foreign *foreign)
{
	foreign_add_arguments(&(struct foreign_file){.source = FOREIGN_ARGUMENT,
						     .foreign = foreign},
			      0, args);
}

static bool has_argument(const struct kernel_args *args, const struct kernel_arg *wanted)
{
	vec_foreach(arg, args)
		if (strcmp(arg->name, wanted->name) == 0 &&
		    strcmp(arg->value ? arg->value : "", wanted->value ? wanted->value : "") == 0)
			return true;
	return false;
}

void foreign_parse_configured(const struct bootloader *bootloader,
			      const struct kernel_args *running, struct foreign *foreign)
{
	struct kernel_args fresh = {};

	vec_foreach(arg, &bootloader->others)
		if (!has_argument(running, arg))
			*vec_add(&fresh) = *arg;
	vec_foreach(arg, &bootloader->next)
		if (!has_argument(running, arg) && !has_argument(&bootloader->others, arg) &&
		    !strv_contains(&bootloader->ours, arg->text))
			*vec_add(&fresh) = *arg;
	foreign_add_arguments(&(struct foreign_file){.source = FOREIGN_ARGUMENT,
						     .path = "kernel arguments of the next boot",
						     .foreign = foreign},
			      0, &fresh);
	free(fresh.items);
}

/* The arguments in a line of a boot loader's menu; NULL: it has none. The caller's. */
static char *menu_arguments(const char *line)
{
	static const char *const words[] = {"append", "cmdline:", "kernel_cmdline:"};
	const char *c = line + strspn(line, " \t");
	size_t length = strcspn(c, " \t");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (length == strlen(words[i]) && strncasecmp(c, words[i], length) == 0)
			return xstrdup(c + length);
	/* refind_linux.conf: "TITLE" "ARGUMENTS" */
	if (*c == '"' && (c = strchr(c + 1, '"')) && c[1 + strspn(c + 1, " \t")] == '"') {
		c += 2 + strspn(c + 1, " \t");
		return xstrndup(c, strcspn(c, "\""));
	}
	return NULL;
}

void foreign_parse_boot_menu(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	_cleanup_free_ char *first = NULL;
	bool chosen = false;
	unsigned line = 0;

	while (lines_next(&lines)) {
		const char *c = lines.text + strspn(lines.text, " \t");
		char *arguments = menu_arguments(c);

		chosen = chosen || strncasecmp(c, "menu default", 12) == 0;
		if (arguments && (!first || chosen)) {
			free(first);
			first = TAKE_PTR(arguments);
			line = lines.first;
			if (chosen)
				break;
		}
		free(arguments);
	}
	if (first) {
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		kernel_args_parse(first, &args);
		foreign_add_arguments(file, line, &args);
	}
}

void foreign_parse_cmdline(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		kernel_args_parse(*lines.text == '#' ? "" : lines.text, &args);
		foreign_add_arguments(file, lines.first, &args);
	}
}

void foreign_parse_entries(const struct foreign_file *file)
{
	static const char *const words[] = {"options", "linux", "linuxefi", "linux16"};
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		const char *c = lines.text + strspn(lines.text, " \t");
		_cleanup_(kernel_args_done) struct kernel_args args = {};
		_cleanup_free_ char *word = xstrndup(c, strcspn(c, " \t"));

		if (!TEXT_IN(words, word))
			continue;
		kernel_args_parse(c + strlen(word), &args);
		foreign_add_arguments(file, lines.first, &args);
	}
}
