/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts and units: what they run is parse/foreign_programs.c's. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign_programs.h"
#include "parse/lines.h"
#include "parse/shell_words.h"

void foreign_parse_script(const struct foreign_file *file)
{
	/* libvirt calls a hook with the guest's name, what happens to it, and more. */
	const char *none = file->source == FOREIGN_GUEST_HOOK ? NULL : "";

	foreign_follow(file, file->prelude ? file->prelude : none, file->text, 0, file->text);
}

/* What a unit says of the environment of its commands, as a script. */
struct unit {
	const char *instance; /* what stands behind the '@' of its name; "": nothing */
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
	/* systemd-escape(1) leaves addresses and most names of interfaces as they are. */
	if (*c == '%') {
		bool known = (c[1] == 'i' || c[1] == 'I') && *unit->instance &&
			     !strpbrk(unit->instance, "-\\");

		buf_add(word, known ? unit->instance : SHELL_UNKNOWN);
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

/* Environment= and EnvironmentFile= know no variables. */
static const char *resolve_instance(const void *userdata, const char *c, struct buf *word)
{
	return *c == '%' ? resolve_unit(userdata, c, word) : NULL;
}

static void add_environment(struct unit *unit, const char *value)
{
	_cleanup_(strv_done) struct strv words = {};

	foreign_split_command(value, resolve_instance, unit, &words);
	vec_foreach(word, &words)
		if (strchr(*word, '='))
			strv_add(&unit->variables, *word);
}

/* Adds the variables of a file, a line each; a value may be quoted as a whole. */
static void read_environment(const struct foreign_file *file, struct unit *unit,
			     const char *setting)
{
	_cleanup_(strv_done) struct strv paths = {};
	const char *text;
	_cleanup_(lines_done) struct lines lines = {};

	foreign_split_command(setting + strspn(setting, "-"), resolve_instance, unit, &paths);
	text = file->read && paths.n ? file->read(file->userdata, paths.items[0]) : NULL;
	unit->unknown = unit->unknown || !text;
	lines.rest = text ? text : "";
	while (lines_next(&lines)) {
		const char *name = lines.text + strspn(lines.text, " \t"),
			   *value = strchr(name, '=');
		size_t length;
		bool quoted;

		if (!value || strchr("#;", *name))
			continue;
		value++;
		quoted = *value == '"' || *value == '\'';
		length = quoted ? strcspn(value + 1, (const char[]){*value, '\0'}) : strlen(value);
		strv_take(&unit->variables, xasprintf("%.*s=%.*s", (int)(value - 1 - name), name,
						      (int)length, value + quoted));
	}
}

/* Adds what a boot runs (ExecStart=, ExecStartPre=, ExecStartPost=) to a script, in its line of the unit. */
static void add_exec(const struct unit *unit, const struct lines *line, struct buf *script,
		     unsigned *at_line)
{
	const char *value = strchr(line->text, '=');
	_cleanup_(strv_done) struct strv words = {};
	_cleanup_free_ char *command = NULL;

	if (!value || !text_starts_with(line->text, "ExecStart"))
		return;
	value++;
	/* systemd.service(5): special prefixes of the executable */
	value += strspn(value, "-@:+!| \t");
	foreign_split_command(value, resolve_unit, unit, &words);
	command = foreign_quote(&words, 0);
	for (; *at_line < line->first; ++*at_line)
		buf_add(script, "\n");
	buf_add(script, command);
}

void foreign_parse_unit(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	const char *end = strrchr(file->path, '.'), *at = strrchr(file->path, '@');
	_cleanup_free_ char *instance = end && at && at < end
						? xstrndup(at + 1, (size_t)(end - at - 1))
						: xstrdup("");
	struct unit unit = {.instance = instance};
	struct buf script = {};
	unsigned at_line = 1;
	_cleanup_free_ char *environment = NULL;

	while (lines_next(&lines)) {
		if (text_starts_with(lines.text, "Environment="))
			add_environment(&unit, lines.text + strlen("Environment="));
		if (text_starts_with(lines.text, "EnvironmentFile="))
			read_environment(file, &unit, lines.text + strlen("EnvironmentFile="));
		unit.unknown = unit.unknown || text_starts_with(lines.text, "PassEnvironment=");
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
		add_exec(&unit, &lines, &script, &at_line);
	foreign_follow(file, environment ? environment : "", buf_text(&script), 0, file->text);
	buf_done(&script);
	strv_done(&unit.variables);
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
