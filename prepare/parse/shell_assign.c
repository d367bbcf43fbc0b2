/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assignments: NAME=VALUE, NAME+=VALUE, NAME=(...), NAME[INDEX]=VALUE. */
#include "parse/shell_words.h"

/* "[KEY]=VALUE" in the parentheses of an array; false: it is a value alone. */
static bool add_element(struct shell *shell, const char *name, const char *word)
{
	size_t n = *word == '[' ? shell_balanced(word, '[', ']') : 0;
	_cleanup_free_ char *index = NULL;

	if (!n || word[n] != '=')
		return false;
	index = xstrndup(word + 1, n - 2);
	shell_set_element(shell, name, index, word + n + 1, false);
	return true;
}

/* Takes comments out of what stands in the parentheses of an array, and expands the rest. */
static void assign_array(struct shell *shell, const char *name, bool append, const char *raw,
			 size_t length)
{
	struct shell_variable *variable;
	struct strv values = {};
	const char *end = raw + length;

	while (raw < end) {
		size_t n = *raw == '#' ? strcspn(raw, "\n") : shell_word_length(raw);

		if (n && *raw != '#')
			shell_expand(shell, raw, n, true, &values);
		raw += n ? n : 1;
	}
	variable = shell_variable(shell, name, true);
	if (!append) {
		strv_done(&variable->values);
		strv_done(&variable->keys);
	}
	for (size_t i = 0; i < values.n; i++)
		if (!add_element(shell, name, values.items[i]))
			strv_add(&variable->values, values.items[i]);
	shell_mark_maybe(shell, variable);
	strv_done(&values);
}

bool shell_assign(struct shell *shell, const char *raw, size_t length)
{
	size_t n = shell_name_length(raw), name_length = n;
	_cleanup_free_ char *name = xstrndup(raw, n), *value = NULL, *index = NULL;
	struct shell_variable *variable;
	bool append;

	if (n && raw[n] == '[') {
		size_t length_of_index = shell_balanced(raw + n, '[', ']');

		index = shell_expand_one(shell, raw + n + 1, length_of_index - 2, false);
		n += length_of_index;
	}
	append = n && raw[n] == '+';
	n += append;
	if (!name_length || n >= length || raw[n] != '=')
		return false;
	n++;
	if (raw[n] == '(') {
		assign_array(shell, name, append, raw + n + 1, length > n + 2 ? length - n - 2 : 0);
		return true;
	}
	value = shell_expand_one(shell, raw + n, length - n, false);
	/* Expanding may have added variables. */
	variable = shell_variable(shell, name, true);
	if (index) {
		shell_set_element(shell, name, index, value, append);
	} else if (append && variable->values.n) {
		_cleanup_free_ char *whole = xasprintf("%s%s", variable->values.items[0], value);

		shell_set(shell, name, whole);
	} else {
		shell_set(shell, name, value);
	}
	return true;
}
