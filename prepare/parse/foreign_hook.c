/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hooks of initramfs-tools: what they have loaded by the image, by the name of the command alone. */
#include <string.h>

#include "base/text.h"
#include "model/profile.h"
#include "parse/foreign.h"
#include "parse/lines.h"

/* The modules of guests that a hook puts into each image (initramfs-tools(7), HELPER FUNCTIONS). */
static void add_modules_of_image(const struct foreign_file *file, const struct lines *lines,
				 const char *names)
{
	_cleanup_(strv_done) struct strv words = {};
	size_t from = file->foreign->n;

	strv_split(&words, names, " \t\"'");
	vec_foreach(word, &words) {
		_cleanup_free_ char *module = module_of_driver(*word);

		if (!module_is_for_guests(module))
			continue;
		if (from == file->foreign->n)
			foreign_file_add(file, FOREIGN_LOAD, lines->first, lines->text, NULL);
		foreign_add_value(&file->foreign->items[from], module);
	}
	foreign_add_idle(file->foreign, from,
			 "the module is in each image, and nothing loads it there");
}

/* One command of a line; text is changed. */
static void parse_hook_command(const struct foreign_file *file, const struct lines *lines,
			       char *text)
{
	static const char *const before_command[] = {"if",    "elif",  "then", "else", "do",
						     "while", "until", "!",    "{"};
	_cleanup_free_ char *command = NULL;
	size_t from = file->foreign->n;
	const char *rest = text;

	/* What follows a command is none of its arguments. */
	text[strcspn(text, "<>")] = '\0';
	do {
		free(command);
		command = text_first_word(&rest);
	} while (TEXT_IN(before_command, command));
	if (strcmp(command, "manual_add_modules") == 0)
		add_modules_of_image(file, lines, rest);
	if (strcmp(command, "force_load") != 0)
		return;
	foreign_parse_module_line(file, lines->first, rest);
	for (; from < file->foreign->n; from++) {
		free(file->foreign->items[from].text);
		file->foreign->items[from].text = foreign_shown(lines->text);
	}
}

void foreign_parse_initramfs_hook(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		const char *end = lines.text + strcspn(lines.text, "#");

		/* Behind ')' stands the command of a case, too. */
		for (const char *at = lines.text; at < end;) {
			size_t length = strcspn(at, ";&|()#");
			_cleanup_free_ char *command = xstrndup(at, length);

			parse_hook_command(file, &lines, command);
			at += length;
			at += strspn(at, ";&|()");
		}
	}
}
