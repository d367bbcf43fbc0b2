/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_variables.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>

#include "base/text.h"

/* Elements of arrays are known up to this number. */
#define MAX_INDEX 1024

bool shell_number(const char *text, long *ret)
{
	size_t sign = *text == '-' || *text == '+', digits = strspn(text + sign, "0123456789");
	uint64_t value;

	if (!digits || text[sign + digits] ||
	    number_parse_n(text + sign, digits, 10, INT_MAX, &value) < 0)
		return false;
	*ret = *text == '-' ? -(long)value : (long)value;
	return true;
}

struct shell_variable *shell_variable(struct shell *shell, const char *name, bool make)
{
	struct shell_variable *variable;

	vec_foreach(known, &shell->variables)
		if (strcmp(known->name, name) == 0)
			return known;
	if (!make)
		return NULL;
	variable = vec_add(&shell->variables);
	variable->name = xstrdup(name);
	return variable;
}

void shell_mark_maybe(const struct shell *shell, struct shell_variable *variable)
{
	if (variable->maybe < shell->maybe)
		variable->maybe = shell->maybe;
}

void shell_leave_branch(struct shell *shell)
{
	shell->maybe--;
	vec_foreach(variable, &shell->variables) {
		if (variable->maybe <= shell->maybe)
			continue;
		variable->maybe = shell->maybe;
		strv_done(&variable->values);
		strv_done(&variable->keys);
		strv_add(&variable->values, SHELL_UNKNOWN);
	}
}

void shell_set(struct shell *shell, const char *name, const char *value)
{
	struct shell_variable *variable = shell_variable(shell, name, true);

	if (variable->values.n == 1 && strcmp(variable->values.items[0], value) == 0)
		return;
	shell_mark_maybe(shell, variable);
	strv_done(&variable->values);
	strv_done(&variable->keys);
	strv_add(&variable->values, value);
}

bool shell_fetch(struct shell *shell, const char *name, const char *index, struct strv *ret)
{
	const struct shell_variable *variable;
	size_t number = (size_t)strtoul(name, NULL, 10);
	bool all;

	if ((*name && strchr("@*", *name)) || isdigit((unsigned char)name[0])) {
		all = !isdigit((unsigned char)name[0]);
		if (shell->arguments_unknown || (!all && !number))
			strv_add(ret, SHELL_UNKNOWN);
		for (size_t i = 0; i < shell->arguments.n; i++)
			if (all || i + 1 == number)
				strv_add(ret, shell->arguments.items[i]);
		return ret->n > 0;
	}
	if (name[0] == '#' && !shell->arguments_unknown) {
		strv_take(ret, xasprintf("%zu", shell->arguments.n));
		return true;
	}
	variable = isalpha((unsigned char)name[0]) || name[0] == '_'
			   ? shell_variable(shell, name, false)
			   : NULL;
	if (!variable) {
		bool is_name = isalpha((unsigned char)name[0]) || name[0] == '_';

		if (!is_name || shell->unset_unknown)
			strv_add(ret, SHELL_UNKNOWN);
		return ret->n > 0;
	}
	all = *index && strchr("@*", *index);
	if (shell_is_unknown(index) ||
	    (!all && *index && !shell_index(shell, variable, index, &number)))
		strv_add(ret, SHELL_UNKNOWN);
	else
		for (size_t i = 0; i < variable->values.n; i++)
			if (all || i == (*index ? number : 0))
				strv_add(ret, variable->values.items[i]);
	return ret->n > 0;
}

bool shell_index(struct shell *shell, const struct shell_variable *variable, const char *index,
		 size_t *ret)
{
	long number;

	if (!variable->keys.n) {
		if (!shell->evaluate(shell, index, strlen(index), &number) || number < 0)
			return false;
		*ret = (size_t)number;
		return true;
	}
	*ret = variable->values.n;
	for (size_t i = 0; i < variable->keys.n; i++)
		if (strcmp(variable->keys.items[i], index) == 0)
			*ret = i;
	return true;
}

/* The value with a key; one that may be added, "unset" where an array has a gap. */
static char **element(struct shell *shell, struct shell_variable *variable, const char *index)
{
	size_t number = 0;
	long parsed;
	bool is_key = variable->keys.n || (!variable->values.n && !shell_number(index, &parsed) &&
					   !shell_variable(shell, index, false));

	if (is_key && !variable->keys.n)
		strv_add(&variable->keys, index);
	if (!shell_index(shell, variable, index, &number) || number > MAX_INDEX)
		return NULL;
	while (variable->values.n <= number) {
		if (is_key && variable->keys.n <= number)
			strv_add(&variable->keys, index);
		strv_add(&variable->values, variable->values.n < number ? SHELL_UNKNOWN : "");
	}
	return &variable->values.items[number];
}

void shell_set_element(struct shell *shell, const char *name, const char *index, const char *value,
		       bool append)
{
	struct shell_variable *variable = shell_variable(shell, name, true);
	char **place = shell_is_unknown(index) ? NULL : element(shell, variable, index);

	/* Nobody knows which one is set. */
	if (!place) {
		vec_foreach(known, &variable->values) {
			free(*known);
			*known = xstrdup(SHELL_UNKNOWN);
		}
		strv_add(&variable->values, SHELL_UNKNOWN);
		if (variable->keys.n)
			strv_add(&variable->keys, SHELL_UNKNOWN);
	} else {
		char *whole = xasprintf("%s%s", append ? *place : "", value);

		free(*place);
		*place = whole;
	}
	shell_mark_maybe(shell, variable);
}

char *shell_trim(const char *text, const char *pattern, bool front, bool longest)
{
	size_t length = strlen(text);

	for (size_t i = 0; i <= length; i++) {
		size_t n = longest ? length - i : i;
		_cleanup_free_ char *part = front ? xstrndup(text, n) : xstrdup(text + length - n);

		if (fnmatch(pattern, part, 0) == 0)
			return front ? xstrdup(text + n) : xstrndup(text, length - n);
	}
	return xstrdup(text);
}

/* The length of the longest text at this place that a pattern matches; 0: there is none. */
static size_t match_length(const char *text, const char *pattern)
{
	for (size_t n = strlen(text); n; n--) {
		_cleanup_free_ char *part = xstrndup(text, n);

		if (fnmatch(pattern, part, 0) == 0)
			return n;
	}
	return 0;
}

char *shell_replace(const char *text, const char *pattern, const char *to, bool all)
{
	struct buf buf = {};
	bool more = true;

	while (*text) {
		size_t n = more ? match_length(text, pattern) : 0;

		if (n)
			buf_add(&buf, to);
		else
			buf_add_n(&buf, text, 1);
		more = more && (!n || all);
		text += n ? n : 1;
	}
	return buf_take(&buf);
}

char *shell_part(struct shell *shell, const char *text, const char *raw, size_t length)
{
	const char *colon = memchr(raw, ':', length);
	long size = (long)strlen(text), first = 0, n = 0;
	size_t first_length = colon ? (size_t)(colon - raw) : length;

	if (!shell->evaluate(shell, raw, first_length, &first) ||
	    (colon && !shell->evaluate(shell, colon + 1, length - first_length - 1, &n)))
		return xstrdup(SHELL_UNKNOWN);
	first = first < 0 ? size + first : first;
	if (first < 0 || first > size)
		return xstrdup("");
	n = !colon || n > size - first ? size - first : n < 0 ? size + n - first : n;
	return n < 0 ? xstrdup(SHELL_UNKNOWN) : xstrndup(text + first, (size_t)n);
}

char *shell_in_case(const char *text, bool upper, bool all)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c && (all || c == copy); c++)
		*c = (char)(upper ? toupper((unsigned char)*c) : tolower((unsigned char)*c));
	return copy;
}

void shell_done(struct shell *shell)
{
	vec_foreach(variable, &shell->variables) {
		free(variable->name);
		strv_done(&variable->values);
		strv_done(&variable->keys);
	}
	free(shell->variables.items);
	vec_foreach(function, &shell->functions)
		free(function->name);
	free(shell->functions.items);
	strv_done(&shell->arguments);
	strv_done(&shell->texts);
	free(shell->trap);
	free(shell->directory);
}
