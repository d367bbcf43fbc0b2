/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_args.h"

#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"

/* The kernel's isspace() on ASCII. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add(struct kernel_args *args, const char *token, size_t length)
{
	struct kernel_arg *arg;
	const char *equals;
	bool quoted = length && *token == '"';
	size_t whole = length;

	/* A quote around the whole token loses both ends, as next_arg() does it. */
	if (quoted) {
		token++;
		length--;
		if (length && token[length - 1] == '"')
			length--;
	}
	equals = memchr(token, '=', length);
	arg = vec_add(args);
	arg->text = xstrndup(token - quoted, whole);
	arg->name = xstrndup(token, equals ? (size_t)(equals - token) : length);
	text_underscore(arg->name);
	if (equals) {
		const char *value = equals + 1;
		size_t n = length - (size_t)(value - token);

		if (n && *value == '"') {
			value++;
			n--;
			if (n && value[n - 1] == '"')
				n--;
		}
		arg->value = xstrndup(value, n);
	}
}

/* Ends behind a bare "--", or with the text; returns what is left. */
static const char *parse(const char *cmdline, struct kernel_args *args)
{
	const char *c = cmdline;

	while (*c) {
		const char *token;
		bool in_quote = false;

		while (is_space(*c))
			c++;
		token = c;
		for (; *c && (in_quote || !is_space(*c)); c++)
			if (*c == '"')
				in_quote = !in_quote;
		if (c - token == 2 && memcmp(token, "--", 2) == 0)
			break;
		if (c > token)
			add(args, token, (size_t)(c - token));
	}
	return c;
}

void kernel_args_parse(const char *cmdline, struct kernel_args *ret)
{
	struct kernel_args args = {};

	parse(cmdline, &args);
	*ret = args;
}

void kernel_args_parse_behind(const char *cmdline, struct kernel_args *ret)
{
	struct kernel_args args = {}, behind = {};
	const char *rest = parse(cmdline, &args);

	while (*rest)
		rest = parse(rest, &behind);
	kernel_args_done(&args);
	*ret = behind;
}

void kernel_args_done(struct kernel_args *args)
{
	if (!args)
		return;
	vec_foreach(arg, args) {
		free(arg->name);
		free(arg->value);
		free(arg->text);
	}
	free(args->items);
	*args = (struct kernel_args){};
}

bool kernel_args_have(const struct kernel_args *args, const char *text)
{
	vec_foreach(arg, args)
		if (strcmp(arg->text, text) == 0)
			return true;
	return false;
}

const struct kernel_arg *kernel_args_last(const struct kernel_args *args, const char *name)
{
	for (size_t i = args->n; i > 0; i--)
		if (strcmp(args->items[i - 1].name, name) == 0)
			return &args->items[i - 1];
	return NULL;
}

bool kernel_args_bool(const struct kernel_args *args, const char *name, bool otherwise)
{
	const struct kernel_arg *arg = kernel_args_last(args, name);
	bool value = true;

	if (!arg || (arg->value && bool_parse(arg->value, &value) < 0))
		return otherwise;
	return value;
}

bool kernel_args_list_has(const struct kernel_args *args, const char *name, const char *word)
{
	size_t length = strlen(word);

	vec_foreach(arg, args) {
		if (strcmp(arg->name, name) != 0 || !arg->value)
			continue;
		for (const char *item = arg->value;;) {
			const char *end = strchrnul(item, ',');

			if ((size_t)(end - item) == length && memcmp(item, word, length) == 0)
				return true;
			if (!*end)
				break;
			item = end + 1;
		}
	}
	return false;
}
