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

bool grub_cfg_entry(const char *text, struct boot_entry *ret)
{
	static const char *const kernels[] = {"linux", "linuxefi", "linux16"},
				 *const initrds[] = {"initrd", "initrdefi", "initrd16"},
				 *const hypervisors[] = {"multiboot", "multiboot2"},
				 *const modules[] = {"module", "module2"};
	struct boot_entry entry = {};
	bool hypervisor = false;

	for (const char *line = text; *line; line = text_next_line(line)) {
		const char *kernel = behind_word(line, kernels, ARRAY_SIZE(kernels)), *arguments;
		const char *images = behind_word(line, initrds, ARRAY_SIZE(initrds));
		const char *module = behind_word(line, modules, ARRAY_SIZE(modules));
		size_t length;

		/* Xen starts the first module as the kernel, with the second one as its image. */
		hypervisor = hypervisor || behind_word(line, hypervisors, ARRAY_SIZE(hypervisors));
		if (hypervisor && module && text_starts_with(module, "--nounzip "))
			module += strlen("--nounzip ") + strspn(module + strlen("--nounzip "), " ");
		if (hypervisor && !entry.kernel)
			kernel = module;
		else if (hypervisor)
			images = module;
		if (line[strspn(line, " \t")] == '}')
			hypervisor = false;

		if (images && entry.kernel) {
			_cleanup_free_ char *words = xstrndup(images, strcspn(images, "\n"));

			strv_split(&entry.initrds, words, " \t");
			break;
		}
		if (!kernel || entry.kernel) {
			/* The end of a menu entry without an image. */
			if (entry.kernel && line[strspn(line, " \t")] == '}')
				break;
			continue;
		}
		length = strcspn(kernel, " \t\n");
		arguments = kernel + length + strspn(kernel + length, " \t");
		/* A memory test is booted in the same way. */
		if (memmem(kernel, length, "memtest", 7))
			continue;
		entry.kernel = xstrndup(kernel, length);
		entry.arguments = xstrndup(arguments, strcspn(arguments, "\n"));
	}
	if (entry.kernel)
		*ret = entry;
	return entry.kernel;
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

/* The rest of a line with a value for each $NAME in it. */
static void add_expanded(struct buf *buf, const char *c, const char *environment)
{
	while (*c && *c != '\n') {
		const char *name = c + 1;
		size_t length = 0;

		while (*c == '$' && is_name(name[length]))
			length++;
		if (length) {
			add_variable(buf, environment, name, length);
			c = name + length;
		} else {
			buf_add_n(buf, c++, 1);
		}
	}
}

static void set_word(char **target, const char *text)
{
	free(*target);
	*target = xstrndup(text, strcspn(text, " \t\r\n"));
}

bool loader_entry_parse(const char *text, const char *environment, struct boot_entry *ret)
{
	static const char *const options[] = {"options"}, *const initrd[] = {"initrd"},
				 *const kernel[] = {"linux", "efi", "uki"},
				 *const version[] = {"version"};
	struct boot_entry entry = {};
	_cleanup_(buf_done) struct buf arguments = {};
	bool has_arguments = false;

	for (const char *line = text; *line; line = text_next_line(line)) {
		const char *c;

		if ((c = behind_word(line, options, ARRAY_SIZE(options)))) {
			buf_add(&arguments, has_arguments ? " " : "");
			has_arguments = true;
			add_expanded(&arguments, c, environment);
		} else if ((c = behind_word(line, initrd, ARRAY_SIZE(initrd)))) {
			_cleanup_free_ char *words = xstrndup(c, strcspn(c, "\r\n"));

			/* GRUB's reader takes several in one line. */
			strv_split(&entry.initrds, words, " \t");
		} else if ((c = behind_word(line, kernel, ARRAY_SIZE(kernel)))) {
			set_word(&entry.kernel, c);
		} else if ((c = behind_word(line, version, ARRAY_SIZE(version)))) {
			/* sdbootutil(8) puts the snapshot of the system in front, "12@6.11.8". */
			const char *at = memchr(c, '@', strcspn(c, " \t\r\n"));

			set_word(&entry.version, at ? at + 1 : c);
		}
	}
	if (has_arguments)
		entry.arguments = xstrdup(buf_text(&arguments));
	if (!entry.kernel && !has_arguments) {
		boot_entry_done(&entry);
		return false;
	}
	*ret = entry;
	return true;
}

char *grub_environment_value(const char *environment, const char *name)
{
	_cleanup_(buf_done) struct buf value = {};

	add_variable(&value, environment, name, strlen(name));
	return value.length ? xstrdup(buf_text(&value)) : NULL;
}

char *loader_conf_default(const char *text)
{
	static const char *const words[] = {"default"};
	char *value = NULL;

	for (const char *line = text; *line; line = text_next_line(line)) {
		const char *c = behind_word(line, words, ARRAY_SIZE(words));

		if (c)
			set_word(&value, c);
	}
	return value;
}
