/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/boot_files.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "parse/lines.h"

#define CMDLINE "GRUB_CMDLINE_LINUX"
#define CMDLINE_DEFAULT "GRUB_CMDLINE_LINUX_DEFAULT"

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

void grub_default_done(struct grub_default *grub)
{
	free(grub->cmdline[GRUB_LINUX]);
	free(grub->cmdline[GRUB_LINUX_DEFAULT]);
	*grub = (struct grub_default){};
}

static enum grub_variable variable(const char *name, size_t length)
{
	if (text_is(name, length, CMDLINE))
		return GRUB_LINUX;
	if (text_is(name, length, CMDLINE_DEFAULT))
		return GRUB_LINUX_DEFAULT;
	return GRUB_OTHER;
}

/* "$NAME" or "${NAME}" at c, of one of the two variables; behind it, or NULL where it is another. */
static const char *expand(void *userdata, const char *c, struct buf *value)
{
	const struct grub_default *grub = userdata;
	bool brace = c[1] == '{';
	const char *name = c + 1 + brace, *end = name;
	enum grub_variable known;

	while (is_name(*end))
		end++;
	known = variable(name, (size_t)(end - name));
	if (known == GRUB_OTHER || (brace && *end != '}'))
		return NULL;
	buf_add(value, grub->cmdline[known] ? grub->cmdline[known] : "");
	return end + brace;
}

/* What stands behind a word: nothing but a comment, if it is to be followed here. */
static bool line_ends(const char *c)
{
	while (*c == ' ' || *c == '\t')
		c++;
	return !*c || *c == '\n' || *c == '#';
}

/* Does a line set one of the variables, wherever in it? */
static bool sets_variable(const char *line, size_t length)
{
	const char *end = line + length;

	for (const char *c = line; (c = memmem(c, (size_t)(end - c), CMDLINE, strlen(CMDLINE)));) {
		bool begins = c == line || !is_name(c[-1]);

		c += strlen(CMDLINE);
		if (strncmp(c, "_DEFAULT", 8) == 0)
			c += 8;
		if (begins && (*c == '=' || *c == '+'))
			return true;
	}
	return false;
}

static bool is_one_of(const char *const *words, size_t n, const char *text, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (text_is(text, length, words[i]))
			return true;
	return false;
}

/* How much deeper in conditions and loops it is behind a line that begins with this word. */
static int depth_change(const char *word, size_t length)
{
	static const char *const opens[] = {"if", "case", "for", "while", "until"},
				 *const closes[] = {"fi", "esac", "done"};

	return is_one_of(opens, ARRAY_SIZE(opens), word, length) -
	       is_one_of(closes, ARRAY_SIZE(closes), word, length);
}

void grub_default_read(struct grub_default *grub, const char *text)
{
	int depth = 0;

	for (const char *c = text; *c; c += strcspn(c, "\n"), c += *c == '\n') {
		const char *name, *end;
		enum grub_variable known;
		_cleanup_(buf_done) struct buf value = {};

		c += strspn(c, " \t");
		if (strncmp(c, "export ", 7) == 0)
			c += 7 + strspn(c + 7, " \t");
		name = c;
		while (is_name(*c))
			c++;
		known = variable(name, (size_t)(c - name));
		if (known == GRUB_OTHER || *c != '=') {
			depth += depth_change(name, (size_t)(c - name));
			if (*name != '#' && sets_variable(name, strcspn(name, "\n")))
				grub->unclear = true;
			continue;
		}
		end = shell_word(c + 1, expand, grub, &value);
		if (end && line_ends(end) && depth == 0) {
			free(grub->cmdline[known]);
			grub->cmdline[known] = xstrdup(buf_text(&value));
			c = end;
		} else {
			grub->unclear = true;
		}
	}
}

/* The line's text behind its first word, if that is one of the words; NULL: it is not. */
static const char *behind_word(const char *line, const char *const *words, size_t n)
{
	size_t length;

	line += strspn(line, " \t");
	length = strcspn(line, " \t\n");
	if (!is_one_of(words, n, line, length))
		return NULL;
	return line + length + strspn(line + length, " \t");
}

char *grub_cfg_arguments(const char *text)
{
	static const char *const words[] = {"linux", "linuxefi", "linux16"};

	for (const char *line = text; *line; line = text_next_line(line)) {
		const char *kernel = behind_word(line, words, ARRAY_SIZE(words)), *arguments;
		size_t length;

		if (!kernel)
			continue;
		length = strcspn(kernel, " \t\n");
		arguments = kernel + length + strspn(kernel + length, " \t");
		/* A memory test is booted in the same way. */
		if (memmem(kernel, length, "memtest", 7))
			continue;
		return xstrndup(arguments, strcspn(arguments, "\n"));
	}
	return NULL;
}

/* The value of a variable of a grubenv, a line "NAME=value". */
static void add_variable(struct buf *buf, const char *environment, const char *name, size_t length)
{
	for (const char *line = environment; line && *line; line = text_next_line(line))
		if (strncmp(line, name, length) == 0 && line[length] == '=') {
			buf_add_n(buf, line + length + 1, strcspn(line + length + 1, "\n"));
			return;
		}
}

char *loader_entry_arguments(const char *text, const char *environment)
{
	static const char *const words[] = {"options"};
	struct buf buf = {};
	bool found = false;

	for (const char *line = text; *line; line = text_next_line(line)) {
		const char *c = behind_word(line, words, ARRAY_SIZE(words));

		if (!c)
			continue;
		if (found)
			buf_add(&buf, " ");
		found = true;
		while (*c && *c != '\n') {
			const char *name = c + 1;
			size_t length = 0;

			while (*c == '$' && is_name(name[length]))
				length++;
			if (length) {
				add_variable(&buf, environment, name, length);
				c = name + length;
			} else {
				buf_add_n(&buf, c++, 1);
			}
		}
	}
	return found ? buf_take(&buf) : NULL;
}
