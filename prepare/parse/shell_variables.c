/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_variables.h"

#include <ctype.h>
#include <fnmatch.h>

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
	number = (size_t)strtoul(index, NULL, 10);
	/* An index that is a variable, or the key of an associative array. */
	if (*index && !all && !isdigit((unsigned char)*index))
		strv_add(ret, SHELL_UNKNOWN);
	else
		for (size_t i = 0; i < variable->values.n; i++)
			if (all || i == number)
				strv_add(ret, variable->values.items[i]);
	return ret->n > 0;
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

void shell_done(struct shell *shell)
{
	vec_foreach(variable, &shell->variables) {
		free(variable->name);
		strv_done(&variable->values);
	}
	free(shell->variables.items);
	vec_foreach(function, &shell->functions)
		free(function->name);
	free(shell->functions.items);
	strv_done(&shell->arguments);
	strv_done(&shell->texts);
	free(shell->trap);
}
