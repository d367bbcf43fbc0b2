/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/kernel_args.h"

#include <string.h>

#include "base/alloc.h"
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
static const char *parse(const char *cmdline, struct kernel_args *args, bool *ret_ended)
{
	const char *c = cmdline ? cmdline : "";

	*ret_ended = false;
	while (*c) {
		const char *token;
		bool in_quote = false;

		while (is_space(*c))
			c++;
		token = c;
		for (; *c && (in_quote || !is_space(*c)); c++)
			if (*c == '"')
				in_quote = !in_quote;
		if (c - token == 2 && memcmp(token, "--", 2) == 0) {
			*ret_ended = true;
			break;
		}
		if (c > token)
			add(args, token, (size_t)(c - token));
	}
	return c;
}

void kernel_args_parse(const char *cmdline, struct kernel_args *ret)
{
	struct kernel_args args = {};
	bool ended;

	parse(cmdline, &args, &ended);
	*ret = args;
}

void kernel_args_parse_behind(const char *cmdline, struct kernel_args *ret)
{
	struct kernel_args args = {}, behind = {};
	bool ended;
	const char *rest = parse(cmdline, &args, &ended);

	while (*rest)
		rest = parse(rest, &behind, &ended);
	kernel_args_done(&args);
	*ret = behind;
}

bool kernel_args_have_end(const char *cmdline)
{
	struct kernel_args args = {};
	bool ended;

	parse(cmdline, &args, &ended);
	kernel_args_done(&args);
	return ended;
}
