/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/secrets.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* The length of the value at text: of a quoted one without the quotes. */
static size_t value_length(const char *value, const char *end, char quote, bool whole_line)
{
	size_t n = 0;

	while (value + n < end && value[n] != '\n' && value[n] &&
	       (quote ? value[n] != quote : whole_line || !strchr(" \t\r,;&'\"<>)", value[n])))
		n++;
	return n;
}

/* Is this, the end of a name, what secrets are called? */
static bool is_secret_name(const char *start, const char *end)
{
	/* Others have letters in front, which make no other word of these. */
	static const char *const anywhere[] = {"password",    "passwd",    "passphrase", "secret",
					       "password_in", "password2", "token",      "apikey"};
	static const char *const alone[] = {"pass", "pwd", "psk", "key", "signature", "credential"};
	const struct {
		const char *const *names;
		size_t n;
		bool alone;
	} lists[] = {{anywhere, ARRAY_SIZE(anywhere), false}, {alone, ARRAY_SIZE(alone), true}};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i].n; j++) {
			size_t n = strlen(lists[i].names[j]);

			if ((size_t)(end - start) >= n &&
			    strncasecmp(end - n, lists[i].names[j], n) == 0 &&
			    (!lists[i].alone || end - n == start ||
			     !isalnum((unsigned char)end[-(ptrdiff_t)n - 1])))
				return true;
		}
	return false;
}

/* Where the secret begins that a '=', ':' or blank at c introduces; NULL: it does not. */
static const char *find_value(const char *start, const char *c, const char *end, size_t *ret_length)
{
	const char *name_end = c, *name, *value = c + 1;
	bool spaced, option = *c == ' ';
	char quote = '\0';

	while (!option && name_end > start && strchr(" \t\"'", name_end[-1]) && name_end[-1])
		name_end--;
	name = name_end;
	while (name > start && (isalnum((unsigned char)name[-1]) || strchr("_-.", name[-1])) &&
	       name[-1])
		name--;
	if (option ? name_end - name < 3 || strncmp(name, "--", 2) != 0 : *c != '=' && *c != ':')
		return NULL;
	if (!is_secret_name(name, name_end))
		return NULL;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	spaced = !option && (value > c + 1 || isblank((unsigned char)name_end[0]));
	if (value < end && (*value == '"' || *value == '\''))
		quote = *value++;
	/* Of ':' a blank or a quote has to follow: a URL or an address has none. */
	if ((*c == ':' && !spaced && !quote) || (value < end && strchr("=$/", *value)))
		return NULL;
	*ret_length = value_length(value, end, quote, spaced);
	return *ret_length ? value : NULL;
}

/* Name and password in front of the '@' of an address: their length, or 0. */
static size_t login_length(const char *start, const char *c, const char *end)
{
	static const char *const schemes[] = {"iscsi:", "://"};
	size_t n = 0, login = 0;

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t length = strlen(schemes[i]);

		if ((size_t)(c - start) < length || strncmp(c - length, schemes[i], length) != 0)
			continue;
		for (; c + n < end && !isspace((unsigned char)c[n]) && !strchr("\"'/", c[n]); n++)
			if (c[n] == '@')
				login = n;
	}
	return login;
}

char *hide_secrets(const char *text, size_t length, size_t *ret_length)
{
	const char *end = text + length;
	struct buf buf = {};

	for (const char *c = text; c < end;) {
		size_t n = login_length(text, c, end);
		const char *value = n ? c : NULL;

		if (!n && strchr("=: ", *c) && *c)
			value = find_value(text, c, end, &n);
		if (value) {
			buf_add_n(&buf, c, (size_t)(value - c));
			buf_add(&buf, "hidden");
			c = value + n;
		} else {
			buf_add_n(&buf, c++, 1);
		}
	}
	*ret_length = buf.length;
	return buf_take(&buf);
}
