/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of which lines run a command or write to sysfs: they are followed as one script, each line in its place. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "parse/foreign_programs.h"
#include "parse/lines.h"

/* Sets two arguments that nobody knows, and leaves each variable that is not set unknown. */
#define CALLED_WITH_ANYTHING ". unknown\nset -- \"$(unknown)\" \"$(unknown)\"\n"

/* A script of which each line stands where it stands in the file. */
struct script {
	struct buf text;
	unsigned line;
};

static void add_line(struct script *script, unsigned line, const char *command)
{
	for (script->line += !script->line; script->line < line; script->line++)
		buf_add(&script->text, "\n");
	buf_add(&script->text, command);
}

static void follow(const struct foreign_file *file, const char *prelude, struct script *script)
{
	foreign_follow(file, prelude, buf_text(&script->text), 0, file->text);
	buf_done(&script->text);
}

/* "echo VALUE > PATH" */
static void add_write(struct script *script, unsigned line, const char *path, const char *value)
{
	struct buf buf = {};

	buf_add(&buf, "echo ");
	foreign_add_quoted(&buf, value);
	buf_add(&buf, "> ");
	foreign_add_quoted(&buf, path);
	add_line(script, line, buf_text(&buf));
	buf_done(&buf);
}

/* What follows so many words. */
static const char *behind_words(const char *c, unsigned n)
{
	for (c += strspn(c, " \t"); n; n--) {
		c += strcspn(c, " \t");
		c += strspn(c, " \t");
	}
	return c;
}

/* "@reboot [USER] COMMAND": whose tables name a user stand in /etc. */
void foreign_parse_crontab(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	bool names_user = text_starts_with(file->path, "/etc/");
	struct script script = {};

	while (lines_next(&lines)) {
		const char *c = behind_words(lines.text, 0);

		if (text_starts_with(c, "@reboot") && isspace((unsigned char)c[7]))
			add_line(&script, lines.first, behind_words(c, names_user ? 2 : 1));
	}
	follow(file, "", &script);
}

/* iface NAME ...: pre-up, up and post-up run a command with IFACE in its environment. */
void foreign_parse_interfaces(const struct foreign_file *file)
{
	static const char *const options[] = {"pre-up", "up", "post-up"};
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct script script = {};

	while (lines_next(&lines)) {
		const char *c = behind_words(lines.text, 0), *rest = behind_words(c, 1);
		_cleanup_free_ char *word = xstrndup(c, strcspn(c, " \t"));
		struct buf buf = {};

		if (strcmp(word, "iface") == 0) {
			_cleanup_free_ char *name = xstrndup(rest, strcspn(rest, " \t"));

			buf_add(&buf, "IFACE=");
			foreign_add_quoted(&buf, name);
			add_line(&script, lines.first, buf_text(&buf));
			buf_done(&buf);
		} else if (TEXT_IN(options, word)) {
			add_line(&script, lines.first, rest);
		}
	}
	follow(file, "", &script);
}

/* "w PATH MODE USER GROUP AGE VALUE", and w+ */
void foreign_parse_tmpfiles(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct script script = {};

	while (lines_next(&lines)) {
		const char *c = behind_words(lines.text, 0), *path = behind_words(c, 1);
		_cleanup_free_ char *name = xstrndup(path, strcspn(path, " \t")),
				    *value = foreign_shown(behind_words(c, 6));

		if (*c == 'w' && *value)
			add_write(&script, lines.first, name, value);
	}
	follow(file, "", &script);
}

/* "PATH = VALUE" below a directory; false: the line is none. */
static bool add_assignment(struct script *script, const struct lines *lines, const char *directory)
{
	const char *is = strchr(lines->text, '=');
	_cleanup_free_ char *key = is ? xstrndup(lines->text, (size_t)(is - lines->text)) : NULL,
			    *name = key ? foreign_shown(key) : NULL,
			    *value = is ? foreign_shown(is + 1) : NULL,
			    *path = name ? xasprintf("%s%s", directory, name) : NULL;

	if (!path || strchr("#;", *lines->text) || strpbrk(name, " \t"))
		return false;
	add_write(script, lines->first, path, value);
	return true;
}

/* bus/pci/devices/0000:81:00.1/sriov_numvfs = N: sysfsutils, and sysfs.d. */
void foreign_parse_sysfs(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct script script = {};

	while (lines_next(&lines))
		add_assignment(&script, &lines, "/sys/");
	follow(file, "", &script);
}

/* Is the profile of this file among those that tuned has chosen? */
static bool is_active(const struct foreign_file *file, const char *name)
{
	const char *text = file->read ? file->read(file->userdata, "/etc/tuned/active_profile")
				      : NULL;
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, text ? text : "", " \t\n");
	return strv_contains(&words, name);
}

/* [sysfs] PATH=VALUE, [script] script=FILE of a profile's directory, which is called with "start". */
void foreign_parse_tuned(const struct foreign_file *file)
{
	/* What tuned's own functions do with the arguments. */
	static const char process[] = "process() { \"$@\"; }\n";
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	const char *end = strrchr(file->path, '/');
	_cleanup_free_ char *directory = xstrndup(file->path, (size_t)(end ? end - file->path : 0)),
			    *section = xstrdup("");
	const char *name = strrchr(directory, '/');
	struct script script = {};

	if (!is_active(file, name ? name + 1 : directory))
		return;
	while (lines_next(&lines)) {
		const char *c = lines.text;

		if (*c == '[') {
			free(section);
			section = xstrndup(c + 1, strcspn(c + 1, "]"));
		} else if (strcmp(section, "sysfs") == 0) {
			add_assignment(&script, &lines, "");
		} else if (strcmp(section, "script") == 0 && text_starts_with(c, "script") &&
			   strchr(c, '=')) {
			_cleanup_free_ char *value = foreign_shown(strchr(c, '=') + 1);
			const char *slash = strrchr(value, '/');
			/* A path is relative to the directory, or begins with ${i:PROFILE_DIR}. */
			_cleanup_free_ char *path = *value == '/'
							    ? xstrdup(value)
							    : xasprintf("%s/%s", directory,
									slash ? slash + 1 : value);
			char *words[] = {path, (char *)"start"};

			foreign_add_program(file, &(struct strv){.items = words, .n = 2}, process);
		}
	}
	follow(file, "", &script);
}

/* "pci 0000:04:00.0 vfio-pci": what Debian's dpdk-init binds at a boot. */
void foreign_parse_dpdk(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct script script = {};

	while (lines_next(&lines)) {
		_cleanup_(strv_done) struct strv words = {};
		_cleanup_free_ char *command = NULL;

		strv_split(&words, lines.text, " \t");
		if (words.n != 3 || strcmp(words.items[0], "pci") != 0)
			continue;
		command = xasprintf("dpdk-devbind -b '%s' '%s'", words.items[2], words.items[1]);
		if (!strchr(lines.text, '\''))
			add_line(&script, lines.first, command);
	}
	follow(file, "", &script);
}

void foreign_parse_init(const struct foreign_file *file)
{
	const char *slash = strrchr(file->path, '/');
	_cleanup_free_ char *settings = xasprintf("/etc/conf.d/%s", slash ? slash + 1 : file->path);
	static const char *const entries[] = {"start_pre", "start", NULL};
	struct foreign_file openrc = *file;
	const char *text = NULL;
	_cleanup_free_ char *prelude = NULL, *script = NULL;

	if (!text_starts_with(file->text, "#!") ||
	    !memmem(file->text, strcspn(file->text, "\n"), "openrc-run", strlen("openrc-run"))) {
		foreign_follow(file, "set -- start\n", file->text, 0, file->text);
		return;
	}
	/* openrc-run(8) reads the file of that name in conf.d, and calls these functions. */
	text = file->read ? file->read(file->userdata, settings) : NULL;
	prelude = xasprintf("%s\n", text ? text : "");
	script = xasprintf("#%s", file->text + 2);
	openrc.entries = entries;
	foreign_follow(&openrc, prelude, script, 0, file->text);
}

void foreign_parse_link_hook(const struct foreign_file *file)
{
	foreign_follow(file, CALLED_WITH_ANYTHING, file->text, 0, file->text);
}
