/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"

bool text_starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends_with(const char *text, const char *end)
{
	size_t n_text = strlen(text), n_end = strlen(end);

	return n_text >= n_end && strcmp(text + n_text - n_end, end) == 0;
}

/* The number of the character at text and its length in UTF-8; -1: it is none. */
static long character(const unsigned char *text, size_t *ret_length)
{
	static const long least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = *text < 0x80   ? 1
			: *text < 0xc0 ? 0
			: *text < 0xe0 ? 2
			: *text < 0xf0 ? 3
			: *text < 0xf8 ? 4
				       : 0;
	long number = length > 1 ? *text & (0x7f >> length) : *text;

	*ret_length = length ? length : 1;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80) {
			*ret_length = 1;
			return -1;
		}
		number = number << 6 | (text[i] & 0x3f);
	}
	return length && number >= least[length] && number <= 0x10ffff ? number : -1;
}

static bool is_visible(long number)
{
	static const long unseen[][2] = {
		{-1, 0x1f},       {0x7f, 0x9f},     {0x200e, 0x200f}, /* marks of direction */
		{0x2028, 0x202e}, {0x2066, 0x2069}, {0xd800, 0xdfff}, {0xfeff, 0xfeff},
	};

	for (size_t i = 0; i < ARRAY_SIZE(unseen); i++)
		if (number >= unseen[i][0] && number <= unseen[i][1])
			return false;
	return true;
}

size_t text_plain(const char *text)
{
	const char *end = text;

	while (*end >= ' ' && *end <= '~')
		end++;
	return (size_t)(end - text);
}

char *text_visible(const char *text, const char *keep)
{
	struct buf buf = {};
	size_t length = text_plain(text);

	if (!text[length])
		return xstrndup(text, length);
	for (; *text; text += length) {
		long number = ' ';

		length = text_plain(text);
		if (!length)
			number = character((const unsigned char *)text, &length);
		if (is_visible(number) ||
		    (number > 0 && number < 0x80 && strchr(keep, (int)number)))
			buf_add_n(&buf, text, length);
		else
			for (size_t i = 0; i < length; i++)
				buf_addf(&buf, "\\x%02x", (unsigned char)text[i]);
	}
	return buf_take(&buf);
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
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, d, &value) || value > max)
			return -ERANGE;
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

char *text_first_word(const char **rest)
{
	const char *start = *rest + strspn(*rest, " \t");
	size_t length = strcspn(start, " \t");

	*rest = start + length + strspn(start + length, " \t");
	return xstrndup(start, length);
}
