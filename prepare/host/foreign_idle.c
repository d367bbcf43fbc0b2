/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_idle.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "host/command.h"
#include "parse/lines.h"

#define UNIT_DIR "/etc/systemd/system"
/* Files that run each other, as far as they are followed back. */
#define MAX_DEPTH 8

/* --- what it runs is not there ------------------------------------------------------------------ */

static bool is_missing(struct root *root, const char *path)
{
	struct stat st;
	int r = root_stat(root, path, &st);

	return r == -ENOENT || r == -ENOTDIR;
}

/* The line that names a program; false: it stands in none. A name that a variable is a part of is no name. */
static bool find_line(const char *text, const char *program, struct lines *lines)
{
	size_t length = strlen(program);

	*lines = (struct lines){.rest = text};
	while (lines_next(lines)) {
		const char *found = strstr(lines->text, program);

		if (found && lines->text[strspn(lines->text, " \t")] != '#' &&
		    (!found[length] || strchr(" \t\"';|&)", found[length])))
			return true;
	}
	return false;
}

void find_missing(struct root *root, const struct foreign_file *file, size_t from)
{
	const size_t n = file->foreign->n;

	for (size_t i = from; file->programs && i < file->programs->n; i++) {
		const char *program = file->programs->items[i];
		_cleanup_free_ char *path = xstrndup(program, strcspn(program, "\n"));
		_cleanup_(lines_done) struct lines lines = {};
		const struct foreign_setting *last =
			n < file->foreign->n ? &file->foreign->items[file->foreign->n - 1] : NULL;

		if (!find_line(file->text, path, &lines) || !text_is_about_guests(lines.text) ||
		    !is_missing(root, path) || (last && last->line == lines.first))
			continue;
		foreign_add_value(foreign_file_add(file, FOREIGN_MISSING, lines.first, lines.text,
						   NULL),
				  path);
	}
}

/* --- what images are to have is not there --------------------------------------------------------- */

static bool hook_is_missing(struct root *root, const char *name)
{
	static const char *const folders[] = {"/etc/initcpio/install", "/etc/initcpio/hooks",
					      "/usr/lib/initcpio/install",
					      "/usr/lib/initcpio/hooks"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folders[i], name);

		if (!is_missing(root, path))
			return false;
	}
	return true;
}

/* Modules of dracut lie in directories named 20vfio. */
static bool module_is_missing(struct root *root, const char *name)
{
	static const char directory[] = "/usr/lib/dracut/modules.d";
	_cleanup_(strv_done) struct strv names = {};

	if (root_list(root, directory, &names) < 0)
		return false;
	vec_foreach(module, &names)
		if (strcmp(*module + strspn(*module, "0123456789"), name) == 0)
			return false;
	return true;
}

/* Tells of the files and hooks of a setting that are not there, and takes them off it. */
static void take_missing(struct root *root, struct foreign *foreign, size_t i)
{
	struct strv values = foreign->items[i].values;
	bool hooks = foreign->items[i].effect == FOREIGN_HOOKS;
	const size_t n_before = foreign->n;
	size_t n = 0;

	vec_foreach(value, &values) {
		struct foreign_setting *from = &foreign->items[i], *missing;

		if (hooks && (!text_is_about_guests(*value) ||
			      !(from->source == FOREIGN_DRACUT ? module_is_missing
							       : hook_is_missing)(root, *value))) {
			values.items[n++] = *value;
			continue;
		}
		if (!hooks && !is_missing(root, *value)) {
			values.items[n++] = *value;
			continue;
		}
		/* One setting for all of them, the last one that was added. */
		if (foreign->n == n_before) {
			missing = foreign_add(foreign, from->source, FOREIGN_MISSING, from->file,
					      from->line, from->text, from->name);
			from = &foreign->items[i];
			missing->owner = from->owner;
			missing->package = from->package ? xstrdup(from->package) : NULL;
		}
		missing = &foreign->items[foreign->n - 1];
		strv_take(&missing->values, *value);
	}
	values.n = n;
	foreign->items[i].values = values;
}

/* --- what runs it is not there --------------------------------------------------------------------- */

/* Is there a link to the unit, an instance of it, or what starts it in time, in a .wants or .requires? */
static bool is_linked(const struct strv *links, const char *unit)
{
	const char *at = strchr(unit, '@');
	size_t length = at ? (size_t)(at + 1 - unit) : strlen(unit) - strlen(".service");
	_cleanup_free_ char *stem = xstrndup(unit, length);

	vec_foreach(link, links)
		if (text_starts_with(*link, stem) && (at || (*link)[length] == '.'))
			return true;
	return false;
}

/* One that a target wants, in a directory of that, is a link to it. */
static bool is_own_unit(const char *path)
{
	return text_starts_with(path, UNIT_DIR "/") && text_ends_with(path, ".service") &&
	       !strchr(path + strlen(UNIT_DIR "/"), '/');
}

/* Does a unit that is enabled run the file, or one of which nobody knows? */
static bool is_run(const struct foreign_uses *uses, const struct strv *links, const char *path,
		   unsigned depth)
{
	bool known = false;

	if (is_own_unit(path))
		return is_linked(links, path + strlen(UNIT_DIR "/"));
	vec_foreach(use, uses) {
		if (use->variables || strcmp(use->path, path) != 0)
			continue;
		known = true;
		if (depth >= MAX_DEPTH || is_run(uses, links, use->by, depth + 1))
			return true;
	}
	return !known;
}

static void find_links(struct root *root, struct strv *ret)
{
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, UNIT_DIR, &names);
	vec_foreach(name, &names) {
		_cleanup_free_ char *path = xasprintf(UNIT_DIR "/%s", *name);
		_cleanup_(strv_done) struct strv links = {};

		if (!text_ends_with(*name, ".wants") && !text_ends_with(*name, ".requires"))
			continue;
		root_list(root, path, &links);
		vec_foreach(link, &links)
			strv_add(ret, *link);
	}
}

/* Is a hook of mkinitcpio in no image, as nothing names it? */
static bool is_unnamed_hook(const struct foreign *foreign, const char *path)
{
	const char *part = strstr(path, "/initcpio/hooks/");
	bool any = false;

	if (!part)
		return false;
	vec_foreach(setting, foreign) {
		if (setting->effect != FOREIGN_HOOKS || setting->source != FOREIGN_MKINITCPIO)
			continue;
		any = true;
		if (strv_contains(&setting->values, part + strlen("/initcpio/hooks/")))
			return false;
	}
	return any;
}

/* Does a unit read the file of vfio-bind's devices? */
static bool is_read(struct root *root, const struct foreign_uses *uses, const char *path)
{
	static const char *const units[] = {UNIT_DIR "/vfio-bind.service",
					    "/usr/lib/systemd/system/vfio-bind.service",
					    "/lib/systemd/system/vfio-bind.service"};

	vec_foreach(use, uses)
		if (use->variables && strcmp(use->path, path) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!is_missing(root, units[i]))
			return true;
	return text_starts_with(path, "/boot/");
}

static const char *idle_cause(struct root *root, const struct foreign *foreign,
			      const struct foreign_uses *uses, const struct strv *links,
			      const struct foreign_setting *setting)
{
	char program[PROGRAM_PATH_MAX];

	switch (setting->source) {
	case FOREIGN_UNIT:
		return setting->line && !is_run(uses, links, setting->file, 0)
			       ? "nothing below /etc/systemd/system enables the unit, so that no "
				 "boot starts it"
			       : NULL;
	case FOREIGN_MKINITCPIO:
		return is_unnamed_hook(foreign, setting->file)
			       ? "HOOKS in mkinitcpio.conf does not name the hook"
			       : NULL;
	case FOREIGN_DRIVERCTL:
		return program_find(root, "driverctl", program) ? NULL
								: "driverctl is not installed";
	case FOREIGN_VFIO_BIND:
		return is_read(root, uses, setting->file) ? NULL : "no unit reads the file";
	default:
		return NULL;
	}
}

void find_idle(struct root *root, struct foreign *foreign, const struct foreign_uses *uses)
{
	_cleanup_(strv_done) struct strv links = {};
	const size_t n = foreign->n;
	bool units = false;

	for (size_t i = 0; i < n; i++) {
		units = units || foreign->items[i].source == FOREIGN_UNIT;
		if (foreign->items[i].effect == FOREIGN_COPY ||
		    foreign->items[i].effect == FOREIGN_HOOKS)
			take_missing(root, foreign, i);
	}
	if (units)
		find_links(root, &links);
	vec_foreach(setting, foreign) {
		const char *cause = idle_cause(root, foreign, uses, &links, setting);

		if (!cause || setting->effect == FOREIGN_MISSING)
			continue;
		setting->flaw = cause;
		setting->idle = true;
	}
}
