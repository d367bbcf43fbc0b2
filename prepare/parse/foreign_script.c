/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts, units and udev rules: found by what they write to, not by understanding a shell. */
#include <ctype.h>
#include <string.h>

#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign.h"
#include "parse/lines.h"

#define MAX_PROGRAMS 16

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == ':' || c == '.';
}

/* "0000:83:00.0" at text, at most so many characters, delimited on both sides; 0: none. */
static size_t address_at(const char *text, struct pci_address *ret)
{
	size_t length = strspn(text, "0123456789abcdefABCDEF:.");
	_cleanup_free_ char *word = xstrndup(text, length);
	const char *colon = strchr(word, ':');

	/* With its domain: "12:30.5" could be anything. */
	if (is_word_character(text[length]) || !colon || !strchr(colon + 1, ':') ||
	    pci_address_parse(word, ret) < 0)
		return 0;
	return length;
}

/* Adds each address in the line that is not there yet. */
static void find_addresses(const char *line, struct strv *ret)
{
	for (const char *c = line; *c; c++) {
		struct pci_address address;
		size_t length = c == line || !is_word_character(c[-1]) ? address_at(c, &address)
								       : 0;
		const char *text = length ? PCI_ADDRESS_TEXT(&address) : NULL;

		if (text && !strv_contains(ret, text))
			strv_add(ret, text);
		c += length ? length - 1 : 0;
	}
}

/* "10de 1bb0" or "10de:1bb0" before new_id */
static void find_ids(const char *line, struct strv *ret)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *end = strstr(line, "new_id");

	for (const char *c = line; end && c < end; c++) {
		const char *second = c + 5;

		if ((c > line && is_word_character(c[-1]) && c[-1] != 'x') || strspn(c, hex) != 4 ||
		    (c[4] != ' ' && c[4] != ':'))
			continue;
		if (strncmp(second, "0x", 2) == 0)
			second += 2;
		if (strspn(second, hex) != 4 || is_word_character(second[4]))
			continue;
		strv_take(ret, xasprintf("%.4s:%.4s", c, second));
		c = second + 3;
	}
}

static bool rebinds(const char *line)
{
	static const char *const signs[] = {"/new_id",
					    "driver_override",
					    "driverctl set-override",
					    "driverctl --nosave",
					    "vfiobind",
					    "vfio-bind",
					    "vfio_bind",
					    "vfio-pci-bind"};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strstr(line, signs[i]))
			return true;
	return false;
}

/* The word that begins at c, made of what names of drivers are made of; NULL: none. */
static char *driver_word(const char *c)
{
	size_t length = 0;

	while (isalnum((unsigned char)c[length]) || c[length] == '-' || c[length] == '_')
		length++;
	return length ? xstrndup(c, length) : NULL;
}

static char *overriding_word(const char *line)
{
	const char *c = strstr(line, "echo"), *end = strstr(line, "driver_override");

	if (!c || !end || c > end)
		return NULL;
	c += strlen("echo");
	for (;;) {
		c += strspn(c, " \t\"'");
		if (strncmp(c, "-n ", 3) != 0)
			break;
		c += 3;
	}
	return driver_word(c);
}

/* The driver that a line of a script gives devices to; NULL: it does not say. */
static char *find_driver(const char *line)
{
	const char *c = strstr(line, "set-override"), *path;
	struct pci_address address;
	char *driver;

	if (c) {
		for (c += strlen("set-override"); *c; c++)
			if (!is_word_character(c[-1]) && address_at(c, &address)) {
				c += address_at(c, &address);
				return driver_word(c + strspn(c, " \t\"'"));
			}
		return NULL;
	}
	driver = overriding_word(line);
	for (path = line; !driver && (path = strstr(path, "/drivers/"));) {
		path += strlen("/drivers/");
		driver = driver_word(path);
		/* A driver that a device is taken from. */
		if (driver && strncmp(path + strlen(driver), "/unbind", 7) == 0)
			free(TAKE_PTR(driver));
	}
	return driver;
}

/* The one that a script means where a line does not say: the first that it names anywhere. */
static const char *usual_driver(const char *text)
{
	static const char *const drivers[] = {"vfio-pci", "pci-stub", "pciback", "uio_pci_generic"};
	const char *first = NULL, *driver = "vfio-pci";

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		const char *c = strstr(text, drivers[i]);

		if (c && (!first || c < first)) {
			first = c;
			driver = drivers[i];
		}
	}
	return driver;
}

/* Adds what a line of a script does to the devices that it names; false: it names nothing. */
static bool add_named(const struct foreign_file *file, unsigned number, const char *line,
		      const char *usual)
{
	_cleanup_free_ char *driver = find_driver(line);
	struct strv addresses = {}, ids = {};

	find_addresses(line, &addresses);
	if (!addresses.n)
		find_ids(line, &ids);
	if (!addresses.n && !ids.n)
		return false;
	foreign_file_add(file, addresses.n ? FOREIGN_ADDRESSES : FOREIGN_IDS, number, line,
			 driver_canonical_name(driver ? driver : usual))
		->values = addresses.n ? addresses : ids;
	return true;
}

/* Adds a line that rebinds devices, whether it names them or not. */
static void add_rebinding(const struct foreign_file *file, unsigned number, const char *line,
			  const char *usual)
{
	if (!add_named(file, number, line, usual))
		foreign_file_add(file, FOREIGN_ADDRESSES, number, line, usual);
}

static bool is_comment(const char *line)
{
	return line[strspn(line, " \t")] == '#';
}

void foreign_parse_script(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines telling = {.rest = file->text},
					   lines = {.rest = file->text};
	const char *usual = usual_driver(file->text);
	bool rebinding = false, found = false;

	/* The first line that rebinds tells what the script is. */
	while (!rebinding && lines_next(&telling))
		rebinding = !is_comment(telling.text) && rebinds(telling.text);
	while (rebinding && lines_next(&lines))
		if (!is_comment(lines.text) && add_named(file, lines.first, lines.text, usual))
			found = true;
	if (rebinding && !found)
		foreign_file_add(file, FOREIGN_ADDRESSES, telling.first, telling.text, usual);
}

void foreign_find_programs(const char *command, struct strv *ret_programs)
{
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, command, " \t;'\"");
	for (size_t i = 0; i < words.n && ret_programs->n < MAX_PROGRAMS; i++) {
		/* systemd.service(5): special prefixes of the executable */
		const char *word = words.items[i] + strspn(words.items[i], "-@:+!");

		if (*word == '/' && !strv_contains(ret_programs, word))
			strv_add(ret_programs, word);
	}
}

void foreign_parse_unit(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	const char *usual = usual_driver(file->text);

	while (lines_next(&lines)) {
		const char *value = strchr(lines.text, '=');

		if (!value || strncmp(lines.text, "Exec", 4) != 0)
			continue;
		if (rebinds(value))
			add_rebinding(file, lines.first, lines.text, usual);
		foreign_find_programs(value + 1, file->programs);
	}
}

/* What stands in quotes behind key and one of the operators; NULL: the rule has no such key. */
static char *rule_value(const char *line, const char *key, bool match)
{
	size_t length = strlen(key);

	for (const char *c = line; (c = strstr(c, key)); c++) {
		const char *operator= c + length, *value;
		size_t n;

		if (c > line && is_word_character(c[-1]))
			continue;
		operator+= strspn(operator, " \t");
		n = strspn(operator, ":=");
		value = operator+ n + strspn(operator+ n, " \t");
		if (!n || (strncmp(operator, "==", 2) == 0) != match || *value++ != '"')
			continue;
		return xstrndup(value, strcspn(value, "\""));
	}
	return NULL;
}

static void parse_rule(const struct foreign_file *file, unsigned number, const char *line)
{
	_cleanup_free_ char *driver = rule_value(line, "ATTR{driver_override}", false),
			    *vendor = rule_value(line, "ATTR{vendor}", true),
			    *device = rule_value(line, "ATTR{device}", true);
	struct foreign_setting *setting;
	struct strv addresses = {};

	if (!driver) {
		if ((strstr(line, "RUN") || strstr(line, "PROGRAM")) && rebinds(line))
			add_rebinding(file, number, line, usual_driver(line));
		return;
	}
	find_addresses(line, &addresses);
	setting = foreign_file_add(file,
				   !addresses.n && vendor && device ? FOREIGN_IDS
								    : FOREIGN_ADDRESSES,
				   number, line, driver_canonical_name(driver));
	setting->mechanism = FOREIGN_BY_OVERRIDE;
	setting->values = addresses;
	if (setting->effect == FOREIGN_IDS) {
		_cleanup_free_ char *id = xasprintf("%s:%s", vendor, device);

		foreign_add_value(setting, id);
	}
}

void foreign_parse_udev(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines))
		if (!is_comment(lines.text))
			parse_rule(file, lines.first, lines.text);
}

/*
 * initramfs-tools sorts with tsort(1): what names no prerequisite comes first, in the order of the
 * names, and udev names none.
 */
static bool is_late(const char *name, const char *text)
{
	_cleanup_(lines_done) struct lines lines = {.rest = text};
	bool late = strcmp(name, "udev") > 0;

	while (lines_next(&lines)) {
		const char *value = lines.text + strspn(lines.text, " \t");

		if (strncmp(value, "PREREQ", 6) == 0 && strchr(value, '=')) {
			value = strchr(value, '=') + 1;
			value += strspn(value, "\"' \t");
			late = late || (*value && *value != '#');
		}
	}
	return late;
}

void foreign_parse_initramfs_script(const struct foreign_file *file)
{
	const char *slash = strrchr(file->path, '/');
	size_t from = file->foreign->n;

	foreign_parse_script(file);
	if (is_late(slash ? slash + 1 : file->path, file->text))
		foreign_add_flaw(
			file->foreign, from,
			"it runs after udev's script, as its name sorts behind \"udev\" or it has "
			"a PREREQ, when the native driver has the device already");
}
