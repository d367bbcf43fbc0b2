/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/udev_rule.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

void udev_rule_done(struct udev_rule *rule)
{
	vec_foreach(key, rule) {
		free(key->name);
		free(key->value);
	}
	free(rule->items);
	*rule = (struct udev_rule){};
}

/* The text between quotes, of which \" is one; returns what follows them, or NULL: they do not end. */
static const char *read_value(const char *c, struct buf *ret)
{
	for (c++; *c != '"'; c++) {
		if (!*c)
			return NULL;
		if (*c == '\\' && c[1] == '"')
			c++;
		buf_add_n(ret, c, 1);
	}
	return c + 1;
}

bool udev_rule_read(const char *line, struct udev_rule *ret)
{
	const char *c = line + strspn(line, " \t,");

	if (*c == '#')
		return false;
	while (*c) {
		size_t length = strcspn(c, "=!+-: \t{");
		struct udev_key *key;
		struct buf value = {};
		size_t n;

		if (c[length] == '{')
			length += strcspn(c + length, "}") + 1;
		if (!length || strnlen(c, length) < length)
			return false;
		key = vec_add(ret);
		*key = (struct udev_key){.name = xstrndup(c, length)};
		c += length + strspn(c + length, " \t");
		n = strspn(c, "=!+-:");
		key->operator= text_is(c, n, "==") ? UDEV_IS
		: text_is(c, n, "!=")              ? UDEV_IS_NOT
						   : UDEV_SETS;
		c += n + strspn(c + n, " \t");
		/* e"..." knows escapes, and i"..." compares without case. */
		c += (*c == 'e' || *c == 'i') && c[1] == '"';
		if (!n || *c != '"')
			return false;
		c = read_value(c, &value);
		key->value = buf_take(&value);
		if (!c)
			return false;
		c += strspn(c, " \t,");
	}
	return ret->n;
}

const char *udev_rule_sets(const struct udev_rule *rule, const char *name)
{
	vec_foreach(key, rule)
		if (strcmp(key->name, name) == 0 && key->operator== UDEV_SETS)
			return key->value;
	return NULL;
}
