/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <string.h>

bool text_starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends_with(const char *text, const char *end)
{
	size_t n_text = strlen(text), n_end = strlen(end);

	return n_text >= n_end && strcmp(text + n_text - n_end, end) == 0;
}

bool text_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

void text_underscore(char *text)
{
	for (; *text; text++)
		if (*text == '-')
			*text = '_';
}

bool text_is(const char *text, size_t length, const char *word)
{
	return strncmp(text, word, length) == 0 && !word[length];
}

bool text_list_has(const char *list, char separator, const char *word)
{
	for (const char *item = list, *end; item; item = *end ? end + 1 : NULL) {
		end = strchrnul(item, separator);
		if (text_is(item, (size_t)(end - item), word))
			return true;
	}
	return false;
}

int text_index(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *text_next_line(const char *line)
{
	line = strchrnul(line, '\n');
	return *line ? line + 1 : line;
}
