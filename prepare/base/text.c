/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

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

/* --- numbers and truth values --- */

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

int number_parse_n(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!length)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		unsigned d = digit(text[i]);

		if (d >= base)
			return -EINVAL;
		if (value > (max - d) / base || d > max)
			return -ERANGE;
		value = value * base + d;
	}
	*ret = value;
	return 0;
}

int number_parse(const char *text, unsigned base, uint64_t max, uint64_t *ret)
{
	return number_parse_n(text, strlen(text), base, max, ret);
}

int bool_parse(const char *text, bool *ret)
{
	static const char *const words[][2] = {
		{"no", "yes"}, {"off", "on"}, {"false", "true"}, {"n", "y"}, {"0", "1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int value = 0; value < 2; value++)
			if (strcasecmp(text, words[i][value]) == 0) {
				*ret = value;
				return 0;
			}
	return -EINVAL;
}
