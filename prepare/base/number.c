/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/number.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"

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
