/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_lines.h"

#include "base/text.h"
#include "parse/shell_arithmetic.h"
#include "parse/shell_words.h"

/* Longer sequences are not known. */
#define MAX_SEQUENCE 256

void shell_print(struct shell *shell, const char *text)
{
	if (shell->output && shell_may_copy(shell, text))
		buf_add(shell->output, text);
}

enum shell_outcome shell_do_basename(struct shell *shell, const struct strv *words)
{
	const char *word = words->n > 1 ? words->items[words->n - 1] : SHELL_UNKNOWN;
	const char *slash = strrchr(word, '/');

	shell_print(shell, slash ? slash + 1 : word);
	return SHELL_SUCCEEDS;
}

/* seq [FIRST [STEP]] LAST */
enum shell_outcome shell_do_seq(struct shell *shell, const struct strv *words)
{
	long numbers[3] = {1, 1, 0}, n = 0;
	bool known = words->n >= 2 && words->n <= 4;

	for (size_t i = 1; known && i < words->n; i++)
		known = shell_number(words->items[i], &numbers[i + 1 == words->n ? 2
							       : i == 2          ? 1
										 : 0]);
	for (long value = numbers[0]; known && numbers[1] && n < MAX_SEQUENCE &&
				      (numbers[1] > 0 ? value <= numbers[2] : value >= numbers[2]);
	     value += numbers[1], n++) {
		_cleanup_free_ char *text = xasprintf("%ld\n", value);

		shell_print(shell, text);
	}
	if (!known || !numbers[1] || n == MAX_SEQUENCE)
		shell_print(shell, SHELL_UNKNOWN);
	return SHELL_SUCCEEDS;
}

/* expr A + B */
enum shell_outcome shell_do_expr(struct shell *shell, const struct strv *words)
{
	struct strv rest = {.items = words->items + 1, .n = words->n - 1};
	_cleanup_free_ char *text = strv_join(&rest, " ");
	_cleanup_free_ char *result = NULL;
	long value;

	if (shell_arithmetic(shell, text, strlen(text), &value))
		result = xasprintf("%ld", value);
	shell_print(shell, result ? result : SHELL_UNKNOWN);
	return SHELL_SUCCEEDS;
}

/* The characters of a set, "\\n" as a line break; false: there is more in it, such as a range. */
static bool read_set(const char *text, struct buf *ret)
{
	for (; *text; text++) {
		bool escape = *text == '\\' && text[1];

		if (*text == '[' || (*text == '-' && ret->length && text[1]))
			return false;
		text += escape;
		buf_add_n(ret,
			  escape && *text == 'n'   ? "\n"
			  : escape && *text == 't' ? "\t"
						   : text,
			  1);
	}
	return ret->length;
}

/* Characters for others, the last of which stands for those that are left; or -d: without them. */
enum shell_outcome shell_do_tr(struct shell *shell, const struct strv *words)
{
	const char *text = shell->input ? shell->input : SHELL_UNKNOWN;
	_cleanup_(buf_done) struct buf from = {}, to = {};
	bool three = words->n == 3, deletes = three && strcmp(words->items[1], "-d") == 0,
	     known = three && (deletes || read_set(words->items[1], &from)) &&
		     read_set(words->items[2], deletes ? &from : &to);

	if (!known) {
		shell_print(shell, SHELL_UNKNOWN);
		return SHELL_SUCCEEDS;
	}
	for (; *text && shell->output; text++) {
		const char *place = strchr(from.text, *text);
		size_t i = place ? (size_t)(place - from.text) : 0;

		if (!place)
			buf_add_n(shell->output, text, 1);
		else if (!deletes)
			buf_add_n(shell->output, to.text + (i < to.length ? i : to.length - 1), 1);
	}
	return SHELL_SUCCEEDS;
}

/* Takes the next line of the input into variables; "-a NAME": into the elements of an array. */
enum shell_outcome shell_do_read(struct shell *shell, const struct strv *words)
{
	const struct shell_variable *ifs = shell_variable(shell, "IFS", false);
	const char *input = shell->input ? shell->input : SHELL_UNKNOWN;
	_cleanup_free_ char *line = xstrndup(input, strcspn(input, "\n"));
	_cleanup_(strv_done) struct strv values = {};
	bool array = false;
	size_t n = 0;

	if (!*input)
		return SHELL_FAILS;
	if (shell->input)
		shell->input += strlen(line) + (input[strlen(line)] != '\0');
	strv_split(&values, line, ifs && ifs->values.n ? ifs->values.items[0] : " \t");
	for (size_t i = 1; i < words->n; i++) {
		const char *word = words->items[i];
		struct shell_variable *variable;

		if (word[0] == '-') {
			array = array || strchr(word, 'a');
			i += word[1] && strchr("pdntu", word[strlen(word) - 1]);
			continue;
		}
		shell_set(shell, word, n < values.n ? values.items[n] : "");
		n++;
		variable = shell_variable(shell, word, true);
		if (array || i + 1 == words->n)
			for (; n < values.n; n++) {
				if (array) {
					strv_add(&variable->values, values.items[n]);
					continue;
				}
				strv_take(&variable->values,
					  xasprintf("%s %s", variable->values.items[0],
						    values.items[n]));
				free(variable->values.items[0]);
				variable->values.items[0] =
					variable->values.items[--variable->values.n];
			}
	}
	return shell_is_unknown(input) ? SHELL_MAY_DO : SHELL_SUCCEEDS;
}

/* mapfile [-t] NAME: the lines of the input, an element each. */
enum shell_outcome shell_do_mapfile(struct shell *shell, const struct strv *words)
{
	const char *name = words->items[words->n - 1];
	struct shell_variable *variable =
		shell_variable(shell, words->n > 1 && *name != '-' ? name : "MAPFILE", true);

	strv_done(&variable->values);
	strv_done(&variable->keys);
	if (shell->input)
		strv_split(&variable->values, shell->input, "\n");
	else
		strv_add(&variable->values, SHELL_UNKNOWN);
	shell_mark_maybe(shell, variable);
	return SHELL_SUCCEEDS;
}
