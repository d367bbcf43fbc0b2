/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_arithmetic.h"

#include <ctype.h>
#include <limits.h>

#include "base/text.h"
#include "parse/shell_words.h"

/* Parentheses within each other. */
#define MAX_DEPTH 16

struct arithmetic {
	struct shell *shell;
	const char *at;
	unsigned depth;
	bool unknown;
};

static long evaluate(struct arithmetic *a);
static long binary(struct arithmetic *a, unsigned level);

static void skip_space(struct arithmetic *a)
{
	a->at += strspn(a->at, " \t\n");
}

static bool take(struct arithmetic *a, const char *operator)
{
	skip_space(a);
	if (!text_starts_with(a->at, operator))
		return false;
	a->at += strlen(operator);
	return true;
}

static long variable(struct arithmetic *a, const char *name)
{
	_cleanup_(strv_done) struct strv values = {};
	long value = 0;

	/* One that is not set is 0. */
	if (shell_fetch(a->shell, name, "", &values) && values.n && *values.items[0] &&
	    !shell_number(values.items[0], &value))
		a->unknown = true;
	return value;
}

static void assign(struct arithmetic *a, const char *name, long value)
{
	_cleanup_free_ char *text = a->unknown ? xstrdup(SHELL_UNKNOWN) : xasprintf("%ld", value);

	shell_set(a->shell, name, text);
}

/* What stands behind a name: "++", "--", "= VALUE", "+= VALUE", "-= VALUE", or nothing. */
static long named(struct arithmetic *a)
{
	size_t n = shell_name_length(a->at);
	_cleanup_free_ char *name = xstrndup(a->at, n);
	long value;

	a->at += n;
	skip_space(a);
	if (a->at[0] == '=' && a->at[1] != '=') {
		a->at++;
		value = binary(a, 0);
		assign(a, name, value);
		return value;
	}
	value = variable(a, name);
	if (take(a, "++")) {
		assign(a, name, value + 1);
	} else if (take(a, "--")) {
		assign(a, name, value - 1);
	} else if (take(a, "+=")) {
		value += binary(a, 0);
		assign(a, name, value);
	} else if (take(a, "-=")) {
		value -= binary(a, 0);
		assign(a, name, value);
	}
	return value;
}

static long number(struct arithmetic *a)
{
	size_t n = strspn(a->at, "0123456789abcdefxABCDEFX");
	_cleanup_free_ char *text = xstrndup(a->at, n);
	bool hex = n > 2 && text[0] == '0' && tolower((unsigned char)text[1]) == 'x';
	uint64_t value = 0;

	/* A leading 0 would be octal. */
	if (number_parse(hex ? text + 2 : text, hex ? 16 : 10, INT_MAX, &value) < 0 ||
	    (!hex && n > 1 && *text == '0'))
		a->unknown = true;
	a->at += n;
	return (long)value;
}

static long primary(struct arithmetic *a);

static long operand(struct arithmetic *a)
{
	long value = 0;

	skip_space(a);
	if (text_starts_with(a->at, "++") || text_starts_with(a->at, "--")) {
		long step = *a->at == '+' ? 1 : -1;
		_cleanup_free_ char *name = NULL;

		a->at += 2;
		name = xstrndup(a->at, shell_name_length(a->at));
		a->at += strlen(name);
		value = variable(a, name) + step;
		assign(a, name, value);
	} else if (take(a, "(")) {
		value = evaluate(a);
		a->unknown = a->unknown || !take(a, ")");
	} else if (take(a, "-")) {
		value = -primary(a);
	} else if (take(a, "+")) {
		value = primary(a);
	} else if (*a->at == '!' && a->at[1] != '=') {
		a->at++;
		value = !primary(a);
	} else if (isdigit((unsigned char)*a->at)) {
		value = number(a);
	} else if (shell_name_length(a->at)) {
		value = named(a);
	} else {
		a->unknown = true;
	}
	return value;
}

static long primary(struct arithmetic *a)
{
	long value = 0;

	if (++a->depth > MAX_DEPTH)
		a->unknown = true;
	else
		value = operand(a);
	a->depth--;
	return value;
}

/* Operators by what binds them, the loosest first; a longer one stands before its front. */
static const struct {
	const char *text;
	unsigned level;
} operators[] = {
	{"||", 0}, {"&&", 1}, {"==", 2}, {"!=", 2}, {"<=", 3}, {">=", 3}, {"<", 3},
	{">", 3},  {"+", 4},  {"-", 4},  {"*", 5},  {"/", 5},  {"%", 5},
};
#define N_LEVELS 6

static long apply(struct arithmetic *a, const char *operator, long left, long right)
{
	long result = 0;

	switch (operator[0]) {
	case '|':
		return left || right;
	case '&':
		return left && right;
	case '=':
		return left == right;
	case '!':
		return left != right;
	case '<':
		return operator[1] ? left <= right : left<right;
	case '>':
		return operator[1] ? left >= right : left> right;
	case '+':
		result = left + right;
		break;
	case '-':
		result = left - right;
		break;
	case '*':
		if (__builtin_mul_overflow(left, right, &result))
			a->unknown = true;
		break;
	default:
		if (!right)
			a->unknown = true;
		else
			result = operator[0] == '/' ? left / right : left % right;
	}
	if (result > INT_MAX || result < -INT_MAX)
		a->unknown = true;
	return a->unknown ? 0 : result;
}

static long binary(struct arithmetic *a, unsigned level)
{
	long left = level < N_LEVELS ? binary(a, level + 1) : primary(a);

	while (level < N_LEVELS && !a->unknown) {
		const char *operator= NULL;

		skip_space(a);
		for (size_t i = 0; i < ARRAY_SIZE(operators) && !operator; i++)
			if (text_starts_with(a->at, operators[i].text)) {
				if (operators[i].level != level)
					return left;
				operator= operators[i].text;
			}
		if (!operator)
			break;
		a->at += strlen(operator);
		left = apply(a, operator, left, binary(a, level + 1));
	}
	return left;
}

static long evaluate(struct arithmetic *a)
{
	long value = 0;

	if (++a->depth > MAX_DEPTH)
		a->unknown = true;
	else
		do
			value = binary(a, 0);
		while (!a->unknown && take(a, ","));
	a->depth--;
	return value;
}

bool shell_arithmetic(struct shell *shell, const char *raw, size_t length, long *ret)
{
	_cleanup_free_ char *text = shell_expand_one(shell, raw, length, true);
	struct arithmetic a = {.shell = shell, .at = text, .unknown = shell_is_unknown(text)};
	long value = a.unknown ? 0 : evaluate(&a);

	skip_space(&a);
	if (a.unknown || *a.at)
		return false;
	*ret = value;
	return true;
}
