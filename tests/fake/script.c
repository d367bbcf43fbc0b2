/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static void read_lines(const char *path, struct strv *ret)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		strv_add(ret, line);
	}
	free(line);
	fclose(file);
}

void script_read(const char *path, struct script *ret)
{
	*ret = (struct script){.path = xstrdup(path)};
	read_lines(path, &ret->lines);
	for (size_t i = 0; i < ret->lines.n;) {
		const char *line = ret->lines.items[i];
		struct statement *statement;
		struct buf text = {};

		if (!*line || *line == '#') {
			i++;
			continue;
		}
		statement = vec_add(ret);
		statement->first = i++;
		strv_split(&statement->words, line, " ");
		statement->rest = line + strcspn(line, " ");
		statement->rest += strspn(statement->rest, " ");
		for (; i < ret->lines.n && ret->lines.items[i][0] == '|'; i++)
			buf_addf(&text, "%s\n",
				 ret->lines.items[i] + (ret->lines.items[i][1] ? 2 : 1));
		statement->end = i;
		statement->text = text.text;
		if (*line == '|' || !statement->words.n)
			script_die(ret, statement, "a text without a statement");
	}
}

void script_done(struct script *script)
{
	vec_foreach(statement, script) {
		strv_done(&statement->words);
		free(statement->text);
	}
	free(script->items);
	strv_done(&script->lines);
	free(script->path);
}

void script_die(const struct script *script, const struct statement *statement, const char *format,
		...)
{
	va_list arguments;

	fprintf(stderr, "%s:%zu: ", script->path, statement->first + 1);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

const char *statement_option(const struct statement *statement, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 1; i < statement->words.n; i++) {
		const char *word = statement->words.items[i];

		if (strncmp(word, name, length) == 0 && (word[length] == '=' || !word[length]))
			return word + length + (word[length] == '=');
	}
	return NULL;
}
