/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/ini_file.h"

#include <ctype.h>
#include <errno.h>
#include <iniparser.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

/* The entries that a look through the text finds, still without values. */
struct scan {
	struct ini places;
	const char *file;
	struct findings *findings;
};

static void complain(struct scan *scan, unsigned line, const char *detail, const char *remedy)
{
	_cleanup_free_ char *subject = xasprintf("%s:%u", scan->file, line);

	finding_remedy(finding_add(scan->findings, SEVERITY_ERROR, FINDING_PROFILE, subject, "%s",
				   detail),
		       "%s", remedy);
}

/* A copy of the bytes without white space at both ends. */
static char *stripped(const char *text, size_t length)
{
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return xstrndup(text, length);
}

static void add_place(struct scan *scan, const char *section, const char *key, unsigned line)
{
	for (size_t i = 0; i < scan->places.n; i++) {
		const struct ini_entry *known = &scan->places.items[i];
		_cleanup_free_ char *detail = NULL;

		if (strcasecmp(known->section, section) != 0 ||
		    (key ? !known->key || strcmp(known->key, key) != 0 : known->key != NULL))
			continue;
		detail = key ? xasprintf("key \"%s\" is repeated in section [%s]; it is first in "
					 "line %u",
					 key, section, known->line)
			     : xasprintf("section [%s] is repeated; it is first in line %u",
					 section, known->line);
		complain(scan, line, detail,
			 key ? "write the key once, with a list of values if the key takes a list"
			     : "move all its keys into one section");
		return;
	}
	ini_set(&scan->places, section, key, NULL, scan->file, line);
}

/* iniparser takes what stands between the quotes, closed or not, and drops the rest of the line. */
static void check_quotes(struct scan *scan, const char *value, unsigned number)
{
	const char *quote = value + strspn(value, " \t"), *end;

	if (*quote != '"' && *quote != '\'')
		return;
	end = strchr(quote + 1, *quote);
	if (!end)
		complain(scan, number, "a quote is not closed",
			 "close the quote, or write the value without quotes");
	else if (!strchr("#;", end[1 + strspn(end + 1, " \t")]))
		complain(scan, number, "text follows the closing quote",
			 "put the quotes around the whole value");
}

/* Scans one line, with its continuation lines joined and without white space at its ends. */
static void scan_line(struct scan *scan, const char *line, unsigned number, char **section)
{
	const char *equals;

	if (!*line || *line == '#' || *line == ';')
		return;
	if (*line == '[') {
		const char *end = strchr(line, ']');

		if (!end || end[1]) {
			complain(scan, number, "a section's line does not end with ]",
				 "write a line such as [host], and a comment on a line of its own");
			return;
		}
		free(*section);
		*section = stripped(line + 1, (size_t)(end - line - 1));
		add_place(scan, *section, NULL, number);
		return;
	}
	equals = strchr(line, '=');
	if (!equals || equals == line) {
		_cleanup_free_ char *detail = xasprintf(
			"\"%.60s\" is neither [section], key = value nor a comment", line);

		complain(scan, number, detail, "write key = value; a comment begins with # or ;");
		return;
	}
	_cleanup_free_ char *key = stripped(line, (size_t)(equals - line));

	for (char *c = key; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	add_place(scan, *section, key, number);
	check_quotes(scan, equals + 1, number);
}

static bool has_binary(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t' &&
		    !(line[i] == '\r' && i + 1 == length))
			return true;
	return false;
}

/* false: there is no sense in looking at more of this file */
static bool scan_text(struct scan *scan, const char *text, size_t length)
{
	const char *end = text + length;
	_cleanup_free_ char *section = xstrdup(""), *joined = xstrdup("");
	unsigned number = 0, first = 1;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text)), *line = text;
		size_t n = (size_t)((newline ? newline : end) - text);

		text = newline ? newline + 1 : end;
		number++;
		if (has_binary(line, n)) {
			complain(scan, number, "the line has binary data",
				 "a profile is a text file");
			return false;
		}
		if (strlen(joined) + n > INI_MAX_LINE) {
			complain(scan, number, "the line is longer than 1000 bytes",
				 "move some of the devices to another section");
			return false;
		}
		_cleanup_free_ char *part = stripped(line, n);
		char *whole = xasprintf("%s%s", joined, part);
		size_t whole_length = strlen(whole);

		free(joined);
		joined = whole;
		if (whole_length && whole[whole_length - 1] == '\\') {
			whole[whole_length - 1] = '\0';
			continue;
		}
		scan_line(scan, joined, first, &section);
		joined[0] = '\0';
		first = number + 1;
		if (scan->places.n > INI_MAX_ENTRIES) {
			complain(scan, number, "the file has more than 4096 keys and sections",
				 "split it");
			return false;
		}
	}
	if (*joined)
		complain(scan, number, "the file ends in a continuation line",
			 "remove the \\ at its end");
	return true;
}

/* iniparser reports through a callback without context. */
static char iniparser_message[200];

static int _printf_(1, 2) keep_message(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(iniparser_message, sizeof(iniparser_message), format, arguments);
	va_end(arguments);
	iniparser_message[strcspn(iniparser_message, "\n")] = '\0';
	return 0;
}

/* iniparser reads files by name only; this one exists just in memory, so it is what was looked at. */
static dictionary *parse(const char *text, size_t length)
{
	int fd = memfd_create("profile", MFD_CLOEXEC);
	dictionary *entries = NULL;
	char path[sizeof("/proc/self/fd/") + 12];

	snprintf(iniparser_message, sizeof(iniparser_message), "it cannot be kept in memory");
	if (fd < 0)
		return NULL;
	if (write(fd, text, length) == (ssize_t)length) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		iniparser_set_error_callback(keep_message);
		entries = iniparser_load(path);
		iniparser_set_error_callback(NULL);
		if (!entries && access(path, R_OK) < 0)
			snprintf(iniparser_message, sizeof(iniparser_message),
				 "it cannot be read, as /proc is not mounted");
	}
	close(fd);
	return entries;
}

int ini_file_parse(const char *text, size_t length, const char *file, struct ini *ini,
		   struct findings *findings)
{
	struct scan scan = {.file = file, .findings = findings};
	size_t before = findings->n;
	dictionary *entries = NULL;

	if (strspn(text, " \t\r\n") == length)
		complain(&scan, 1, "the file is empty",
			 "remove the file, or write at least one section such as [host]");
	else if (scan_text(&scan, text, length) && findings->n == before) {
		entries = parse(text, length);
		if (!entries)
			complain(&scan, 1, iniparser_message, "the file cannot be read as INI");
	}
	for (size_t i = 0; entries && i < scan.places.n; i++) {
		const struct ini_entry *place = &scan.places.items[i];
		_cleanup_free_ char *name = xasprintf("%s:%s", place->section,
						      place->key ? place->key : "");
		const char *value = place->key ? iniparser_getstring(entries, name, NULL) : "";

		if (value)
			ini_set(ini, place->section, place->key, place->key ? value : NULL, file,
				place->line);
		else
			complain(&scan, place->line, "the line cannot be read",
				 "write key = value");
	}
	if (entries)
		iniparser_freedict(entries);
	ini_done(&scan.places);
	return findings->n > before ? -EINVAL : 0;
}
