/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts, units and udev rules: what they run is parse/foreign_programs.c's. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign_programs.h"
#include "parse/lines.h"
#include "parse/shell_words.h"

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

static bool is_comment(const char *line)
{
	return line[strspn(line, " \t")] == '#';
}

void foreign_parse_script(const struct foreign_file *file)
{
	/* libvirt calls a hook with the guest's name, what happens to it, and more. */
	const char *none = file->source == FOREIGN_GUEST_HOOK ? NULL : "";

	foreign_follow(file, file->prelude ? file->prelude : none, file->text, 0, NULL);
}

/*
 * Splits a command that systemd or udev runs itself: quotes, but no operators. resolve adds what a '%' or '$'
 * stands for, and returns what follows it; NULL: it stands for itself.
 */
static void split_command(const char *text,
			  const char *(*resolve)(const void *userdata, const char *c,
						 struct buf *word),
			  const void *userdata, struct strv *ret)
{
	struct buf word = {};
	char quote = '\0';
	bool any = false;

	for (const char *c = text;; c++) {
		const char *next = *c && strchr("%$", *c) ? resolve(userdata, c, &word) : NULL;
		char *space;

		if (next) {
			/* Without quotes, a variable may be several words. */
			while (!quote && word.length && (space = strpbrk(word.text, " \t"))) {
				strv_take(ret, xstrndup(word.text, (size_t)(space - word.text)));
				space += strspn(space, " \t");
				word.length = strlen(space);
				memmove(word.text, space, word.length + 1);
			}
			c = next - 1;
		} else if (!*c || (!quote && isspace((unsigned char)*c))) {
			if (any || word.length)
				strv_add(ret, buf_text(&word));
			buf_done(&word);
			any = false;
			if (!*c)
				break;
		} else if (quote ? *c == quote : *c == '"' || *c == '\'') {
			quote = quote ? '\0' : *c;
			any = true;
		} else if (*c == '\\' && c[1]) {
			buf_add_n(&word, ++c, 1);
		} else {
			buf_add_n(&word, c, 1);
		}
	}
	buf_done(&word);
}

/* Follows a command that was split, and has its script looked into. */
static void follow_command(const struct foreign_file *file, const char *environment,
			   const struct strv *words, unsigned line, const char *shown)
{
	_cleanup_free_ char *text = foreign_quote(words, 0);

	if (words->n)
		foreign_follow(file, environment, text, line, shown);
}

/* What a unit says of the environment of its commands, as a script. */
struct unit {
	struct buf environment;
	struct strv variables; /* NAME=VALUE */
	bool unknown;          /* there is a file with more */
};

/* systemd.service(5): ${NAME} anywhere, $NAME as a word of its own, %i of the name of the unit. */
static const char *resolve_unit(const void *userdata, const char *c, struct buf *word)
{
	const struct unit *unit = userdata;
	bool braces = c[1] == '{';
	const char *name = c + 1 + braces;
	size_t length = strspn(name,
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	if (c[1] == c[0]) {
		buf_add_n(word, c, 1);
		return c + 2;
	}
	if (*c == '%') {
		buf_add(word, SHELL_UNKNOWN);
		return c[1] ? c + 2 : c + 1;
	}
	if (!length ||
	    (braces ? name[length] != '}' : word->length || (name[length] && name[length] != ' ')))
		return NULL;
	vec_foreach(variable, &unit->variables)
		if (strncmp(*variable, name, length) == 0 && (*variable)[length] == '=') {
			buf_add(word, *variable + length + 1);
			return name + length + braces;
		}
	if (unit->unknown)
		buf_add(word, SHELL_UNKNOWN);
	return name + length + braces;
}

static const char *resolve_nothing(const void *userdata _unused_, const char *c _unused_,
				   struct buf *word _unused_)
{
	return NULL;
}

static void add_environment(struct unit *unit, const char *value)
{
	_cleanup_(strv_done) struct strv words = {};

	split_command(value, resolve_nothing, NULL, &words);
	vec_foreach(word, &words)
		if (strchr(*word, '='))
			strv_add(&unit->variables, *word);
}

/* ExecStart=, ExecStartPre=, ExecStartPost=: what a boot runs. */
static void parse_exec(const struct foreign_file *file, const struct unit *unit,
		       const char *environment, const struct lines *line)
{
	const char *value = strchr(line->text, '=');
	_cleanup_(strv_done) struct strv words = {};

	if (!value || !text_starts_with(line->text, "ExecStart"))
		return;
	value++;
	/* systemd.service(5): special prefixes of the executable */
	value += strspn(value, "-@:+!| \t");
	split_command(value, resolve_unit, unit, &words);
	follow_command(file, environment, &words, line->first, line->text);
}

void foreign_parse_unit(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct unit unit = {};
	_cleanup_free_ char *environment = NULL;

	while (lines_next(&lines)) {
		if (text_starts_with(lines.text, "Environment="))
			add_environment(&unit, lines.text + strlen("Environment="));
		unit.unknown = unit.unknown || text_starts_with(lines.text, "EnvironmentFile=") ||
			       text_starts_with(lines.text, "PassEnvironment=");
	}
	if (unit.unknown)
		buf_add(&unit.environment, ". unknown\n");
	vec_foreach(variable, &unit.variables) {
		size_t length = strcspn(*variable, "=");

		buf_addf(&unit.environment, "%.*s=", (int)length, *variable);
		foreign_add_quoted(&unit.environment, *variable + length + 1);
		buf_add(&unit.environment, "\n");
	}
	environment = buf_take(&unit.environment);
	lines_done(&lines);
	lines = (struct lines){.rest = file->text};
	while (lines_next(&lines))
		parse_exec(file, &unit, environment ? environment : "", &lines);
	strv_done(&unit.variables);
}

/* What stands in quotes behind a key that begins at c, and an operator; NULL: there is none. */
static char *value_at(const char *c, const char *key, bool match)
{
	const char *operator= c + strlen(key);
	size_t n;

	if (!text_starts_with(c, key))
		return NULL;
	operator+= strspn(operator, " \t");
	n = strspn(operator, ":+=");
	c = operator+ n + strspn(operator+ n, " \t");
	if (!n || text_starts_with(operator, "==") != match || *c++ != '"')
		return NULL;
	return xstrndup(c, strcspn(c, "\""));
}

/* What stands in quotes behind key and one of the operators; NULL: the rule has no such key. */
static char *rule_value(const char *line, const char *key, bool match)
{
	char *value = NULL;

	for (const char *c = line; *c && !value; c++)
		if (c == line || !is_word_character(c[-1]))
			value = value_at(c, key, match);
	return value;
}

/* The device of a rule in what it runs: "%k", "$kernel", and the path in sysfs that ends in it. */
static const char *resolve_rule(const void *userdata, const char *c, struct buf *word)
{
	static const struct {
		const char *text, *path;
	} known[] = {{"%k", ""},
		     {"$kernel", ""},
		     {"%b", ""},
		     {"$id", ""},
		     {"$env{PCI_SLOT_NAME}", ""},
		     {"%E{PCI_SLOT_NAME}", ""},
		     {"%p", "/devices/"},
		     {"$devpath", "/devices/"}};
	size_t length;

	if (c[1] == c[0]) {
		buf_add_n(word, c, 1);
		return c + 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (text_starts_with(c, known[i].text)) {
			buf_addf(word, "%s%s", known[i].path, (const char *)userdata);
			return c + strlen(known[i].text);
		}
	/* A variable of the shell that it runs is udev's only where that knows it. */
	if (c[0] == '$' && !text_starts_with(c, "$attr{") && !text_starts_with(c, "$env{"))
		return NULL;
	buf_add(word, SHELL_UNKNOWN);
	length = 1 + strcspn(c + 1, "{ \"'");
	return c[length] == '{' ? c + length + shell_balanced(c + length, '{', '}')
				: c + (c[1] ? 2 : 1);
}

/* What a rule runs. */
static void parse_runs(const struct foreign_file *file, unsigned number, const char *line)
{
	static const char *const keys[] = {"RUN", "RUN{program}", "PROGRAM", "IMPORT{program}"};
	_cleanup_free_ char *kernel = rule_value(line, "KERNEL", true),
			    *kernels = rule_value(line, "KERNELS", true),
			    *action = rule_value(line, "ACTION", true);
	const char *name = kernel ? kernel : kernels ? kernels : SHELL_UNKNOWN;

	if (action && strcmp(action, "remove") == 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		for (const char *c = line; *c; c++) {
			_cleanup_free_ char *value = c == line || !is_word_character(c[-1])
							     ? value_at(c, keys[i], false)
							     : NULL;
			_cleanup_(strv_done) struct strv words = {};

			if (!value)
				continue;
			split_command(value, resolve_rule,
				      strpbrk(name, "*?[|") ? SHELL_UNKNOWN : name, &words);
			follow_command(file, "", &words, number, line);
		}
}

static void parse_rule(const struct foreign_file *file, unsigned number, const char *line)
{
	_cleanup_free_ char *driver = rule_value(line, "ATTR{driver_override}", false),
			    *vendor = rule_value(line, "ATTR{vendor}", true),
			    *device = rule_value(line, "ATTR{device}", true);
	struct foreign_setting *setting;
	struct strv addresses = {};

	if (!driver) {
		parse_runs(file, number, line);
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
