/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_words.h"

#include <ctype.h>

#include "base/text.h"

/* Expansions within expansions, up to here. */
#define MAX_DEPTH 16
#define MAX_WORDS 4096
/* Longer values are not matched with patterns, in characters. */
#define MAX_PATTERN_VALUE 256

size_t shell_name_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return isdigit((unsigned char)text[0]) ? 0 : n;
}

/* Quotes and substitutions within each other are seen up to this depth. */
#define MAX_NESTED 64

static size_t balanced(const char *text, char open, char close, unsigned depth);

/* The length of what is quoted or substituted at text, or of one character. */
static size_t unit_length_at(const char *text, unsigned depth)
{
	size_t n = 1;

	if (depth > MAX_NESTED)
		return 1;
	switch (text[0]) {
	case '\\':
		return text[1] ? 2 : 1;
	case '\'':
	case '`':
		n += strcspn(text + 1, text[0] == '`' ? "`" : "'");
		return n + (text[n] != '\0');
	case '"':
		while (text[n] && text[n] != '"')
			n += text[n] == '\'' ? 1 : unit_length_at(text + n, depth + 1);
		return n + (text[n] != '\0');
	case '$':
		if (text[1] == '(')
			return 1 + balanced(text + 1, '(', ')', depth + 1);
		if (text[1] == '{')
			return 1 + balanced(text + 1, '{', '}', depth + 1);
		if (text[1] == '\'')
			return 1 + unit_length_at(text + 1, depth + 1);
		return 1;
	default:
		return 1;
	}
}

static size_t balanced(const char *text, char open, char close, unsigned depth)
{
	size_t n = 0, level = 0;

	while (text[n]) {
		bool comment = text[n] == '#' && open == '(' && n &&
			       isspace((unsigned char)text[n - 1]);

		if (comment) {
			n += strcspn(text + n, "\n");
			continue;
		}
		level += text[n] == open;
		level -= text[n] == close;
		n += text[n] == open || text[n] == close ? 1 : unit_length_at(text + n, depth);
		if (!level)
			break;
	}
	return n;
}

static size_t unit_length(const char *text)
{
	return unit_length_at(text, 0);
}

size_t shell_balanced(const char *text, char open, char close)
{
	return balanced(text, open, close, 0);
}

size_t shell_word_length(const char *text)
{
	size_t n = 0, name = shell_name_length(text);

	while (text[n] && !isspace((unsigned char)text[n])) {
		bool assigns = text[n] == '(' && name && text[n - 1] == '=' &&
			       (n == name + 1 || (n == name + 2 && text[name] == '+'));

		if (assigns)
			n += shell_balanced(text + n, '(', ')');
		else if (strchr(";&|()<>", text[n]))
			break;
		else
			n += unit_length(text + n);
	}
	return n;
}

/* A word that is being made, and the words that are done. */
struct making {
	struct shell *shell;
	struct strv *words;
	struct buf word;
	bool split; /* what is expanded without quotes is split */
	bool any;   /* the word is one, even if it is empty */
	bool glob;
};

static void end_word(struct making *making)
{
	struct buf globbed = {};
	bool globs = making->glob && making->split && !shell_is_unknown(buf_text(&making->word));

	if (making->any || making->word.length) {
		if (globs && !making->shell->watcher->glob(making->shell->watcher->userdata,
							   buf_text(&making->word), &globbed)) {
			buf_done(&globbed);
			buf_add(&globbed, SHELL_UNKNOWN);
		}
		strv_add(making->words, globs ? buf_text(&globbed) : buf_text(&making->word));
		if (making->words->n > MAX_WORDS)
			making->shell->error = -E2BIG;
	}
	buf_done(&globbed);
	buf_done(&making->word);
	making->any = making->glob = false;
}

static void add_expanded(struct making *making, const char *text, bool quoted)
{
	const struct shell_variable *ifs = shell_variable(making->shell, "IFS", false);
	const char *separators = ifs && ifs->values.n && !shell_is_unknown(ifs->values.items[0])
					 ? ifs->values.items[0]
					 : " \t\n";

	if (!shell_may_copy(making->shell, text))
		return;
	if (quoted || !making->split) {
		buf_add(&making->word, text);
		return;
	}
	for (; *text; text++)
		if (strchr(separators, *text))
			end_word(making);
		else
			buf_add_n(&making->word, text, 1);
}

static void add_list(struct making *making, const struct strv *values, bool quoted)
{
	for (size_t i = 0; i < values->n; i++) {
		if (i && making->split)
			end_word(making);
		else if (i)
			buf_add(&making->word, " ");
		making->any = making->any || quoted;
		add_expanded(making, values->items[i], quoted);
	}
}

static void add_parameter(struct making *making, const char *raw, size_t length, bool quoted);

/* What an operator of "${NAME...}" makes of a value; the caller's. */
static char *operate(struct shell *shell, const char *value, const char *operator, size_t length)
{
	bool twice = length > 1 && operator[1] == operator[0];
	size_t skip = twice ? 2 : 1, from_length;
	_cleanup_free_ char *pattern = NULL, *from = NULL, *to = NULL;

	/* What cannot be taken apart stays whole. */
	if (!length || strchr(value, SHELL_OPAQUE))
		return xstrdup(value);
	if (strlen(value) > MAX_PATTERN_VALUE || !strchr("#%/:^,", operator[0]) ||
	    shell_is_unknown(value))
		return xstrdup(SHELL_UNKNOWN);
	if (operator[0] == ':')
		return shell_part(shell, value, operator+ 1, length - 1);
	if (strchr("^,", operator[0]))
		return shell_in_case(value, operator[0] == '^', twice);
	pattern = shell_expand_one(shell, operator+ skip, length - skip, false);
	if (shell_is_unknown(pattern))
		return xstrdup(SHELL_UNKNOWN);
	if (operator[0] != '/')
		return shell_trim(value, pattern, operator[0] == '#', twice);
	for (from_length = skip; from_length < length && operator[from_length] != '/';)
		from_length += operator[from_length] == '\\' ? 2 : 1;
	from_length = from_length < length ? from_length : length;
	from = shell_expand_one(shell, operator+ skip, from_length - skip, false);
	to = from_length < length ? shell_expand_one(shell, operator+ from_length + 1,
						     length - from_length - 1, true)
				  : xstrdup("");
	return shell_replace(value, from, to, twice);
}

/* "${#NAME}", "${#NAME[@]}": how long, or how many; "${!NAME[@]}": the indexes; "${!NAME}": what that names. */
static void add_about(struct making *making, const char *raw, size_t length, bool quoted)
{
	struct shell *shell = making->shell;
	size_t n = shell_name_length(raw + 1);
	_cleanup_free_ char *name = xstrndup(raw + 1, n), *number = NULL;
	const struct shell_variable *variable = shell_variable(shell, name, false);
	_cleanup_(strv_done) struct strv values = {};
	bool all = n + 3 < length && raw[n + 1] == '[' && strchr("@*", raw[n + 2]),
	     known = shell_fetch(shell, name, all ? "@" : "", &values) || !shell->unset_unknown;

	if (n + 1 < length && !all)
		known = false;
	for (size_t i = 0; i < values.n; i++)
		known = known && !shell_is_unknown(values.items[i]);
	if (!known) {
		add_expanded(making, SHELL_UNKNOWN, quoted);
	} else if (raw[0] == '#') {
		number = xasprintf("%zu", all ? values.n : values.n ? strlen(values.items[0]) : 0);
		add_expanded(making, number, quoted);
	} else if (!all) {
		if (values.n)
			add_parameter(making, values.items[0], strlen(values.items[0]), quoted);
	} else {
		strv_done(&values);
		for (size_t i = 0; variable && i < variable->values.n; i++)
			strv_take(&values, i < variable->keys.n ? xstrdup(variable->keys.items[i])
								: xasprintf("%zu", i));
		add_list(making, &values, quoted);
	}
}

/* "NAME[INDEX]OPERATOR" of "${...}" */
static void add_parameter(struct making *making, const char *raw, size_t length, bool quoted)
{
	struct shell *shell = making->shell;
	size_t n = shell_name_length(raw), index_length = 0;
	_cleanup_free_ char *name = NULL, *index = NULL, *other = NULL;
	_cleanup_(strv_done) struct strv values = {};
	const char *operator;
	bool set, colon, empty;

	if (length > 1 && strchr("#!", raw[0]) && shell_name_length(raw + 1)) {
		add_about(making, raw, length, quoted);
		return;
	}
	while (!n && isdigit((unsigned char)raw[index_length]))
		index_length++;
	n = n ? n : index_length ? index_length : 1;
	index_length = n < length && raw[n] == '[' ? shell_balanced(raw + n, '[', ']') : 0;
	name = xstrndup(raw, n);
	index = index_length ? shell_expand_one(shell, raw + n + 1, index_length - 2, false)
			     : xstrdup("");
	operator= raw + n + index_length;
	length = n + index_length < length ? length - n - index_length : 0;
	set = shell_fetch(shell, name, index, &values);
	colon = length > 1 && operator[0] == ':' && strchr("-=+?", operator[1]);
	empty = !set || (colon && values.n == 1 && !*values.items[0]);
	if (length && strchr("-=+?", operator[colon])) {
		char kind = operator[colon];

		other = shell_expand_one(shell, operator+ colon + 1, length - colon - 1, quoted);
		if (kind == '+' && !set)
			return;
		if ((kind == '+' && !empty) || (strchr("-=", kind) && empty)) {
			if (kind == '=')
				shell_set(shell, name, other);
			add_expanded(making, other, quoted);
			return;
		}
		length = 0;
	}
	/* Of a list, it would be so many of its elements. */
	if (length && operator[0] ==
	    ':' &&(strchr("@*", *name) || (*index && strchr("@*", *index)))) {
		add_expanded(making, SHELL_UNKNOWN, quoted);
		return;
	}
	for (size_t i = 0; i < values.n; i++) {
		char *changed = operate(shell, values.items[i], operator, length);

		free(values.items[i]);
		values.items[i] = changed;
	}
	/* In quotes, '*' is one word. */
	if (quoted && values.n > 1 && (strcmp(name, "*") == 0 || strcmp(index, "*") == 0)) {
		_cleanup_free_ char *joined = strv_join(&values, " ");

		add_expanded(making, joined, true);
		return;
	}
	add_list(making, &values, quoted);
}

static void add_substitution(struct making *making, const char *raw, size_t length, bool quoted)
{
	struct shell *shell = making->shell;
	struct buf output = {}, *before = shell->output;
	char *directory = shell->directory;

	shell->output = &output;
	shell->directory = directory ? xstrdup(directory) : NULL;
	shell->run_text(shell, raw, length);
	free(shell->directory);
	shell->directory = directory;
	shell->output = before;
	while (output.length && output.text[output.length - 1] == '\n')
		output.text[--output.length] = '\0';
	add_expanded(making, buf_text(&output), quoted);
	buf_done(&output);
}

static void add_arithmetic(struct making *making, const char *raw, size_t length, bool quoted)
{
	long value;
	_cleanup_free_ char *text = making->shell->evaluate(making->shell, raw, length, &value)
					    ? xasprintf("%ld", value)
					    : NULL;

	add_expanded(making, text ? text : SHELL_UNKNOWN, quoted);
}

/* Adds what stands behind a '$'; returns what follows it. */
static const char *add_dollar(struct making *making, const char *c, const char *end, bool quoted)
{
	size_t n = unit_length(c), name = shell_name_length(c + 1);

	n = n > (size_t)(end - c) ? (size_t)(end - c) : n;
	if (name) {
		add_parameter(making, c + 1, name, quoted);
		return c + 1 + name;
	}
	if (c[1] == '(' && c[2] == '(' && n >= 5 && c[n - 2] == ')') {
		add_arithmetic(making, c + 3, n - 5, quoted);
	} else if (c[1] == '(' && n >= 3) {
		add_substitution(making, c + 2, n - 3, quoted);
	} else if (c[1] == '{' && n >= 4) {
		add_parameter(making, c + 2, n - 3, quoted);
	} else if (c[1] == '\'' && !quoted) {
		return c + 1;
	} else if (c + 1 < end && (isdigit((unsigned char)c[1]) || strchr("@*#?$!-", c[1]))) {
		add_parameter(making, c + 1, 1, quoted);
		return c + 2;
	} else if (c[1] != '"' || quoted) {
		buf_add(&making->word, "$");
		return c + 1;
	}
	return c + n;
}

/* Adds a part of a word without quotes around it. */
static const char *add_unit(struct making *making, const char *c, const char *end, bool quoted);

static void add_quoted(struct making *making, const char *c, const char *end)
{
	while (c < end)
		c = add_unit(making, c, end, true);
}

static const char *add_unit(struct making *making, const char *c, const char *end, bool quoted)
{
	size_t n = unit_length(c);
	const char *next = c + n < end ? c + n : end;

	if (*c == '$')
		return add_dollar(making, c, end, quoted);
	if (*c == '`' && n >= 2) {
		add_substitution(making, c + 1, n - 2, quoted);
		return next;
	}
	if (*c == '\\' && (!quoted || (c[1] && strchr("\"\\$`\n", c[1])))) {
		if (c + 1 < end && c[1] != '\n')
			buf_add_n(&making->word, c + 1, 1);
		return next;
	}
	if (quoted || (*c != '\'' && *c != '"')) {
		making->glob = making->glob || (!quoted && strchr("*?", *c));
		buf_add_n(&making->word, c, 1);
		return c + 1;
	}
	making->any = true;
	if (*c == '\'')
		buf_add_n(&making->word, c + 1, (size_t)(next - c) - (n > 1 ? 2 : 1));
	else
		add_quoted(making, c + 1, next - (n > 1));
	return next;
}

static void expand(struct shell *shell, const char *raw, size_t length, bool split, bool quoted,
		   struct strv *ret)
{
	struct making making = {.shell = shell, .words = ret, .split = split};
	const char *end = raw + length;

	if (++shell->depth > MAX_DEPTH)
		shell->error = -E2BIG;
	while (raw < end && !shell->error)
		raw = add_unit(&making, raw, end, quoted);
	making.any = making.any || !split;
	end_word(&making);
	shell->depth--;
}

/* Expands "a{b,c}d" and "a{0..3}d", one pair of braces after the other; false: there is none. */
static bool expand_braces(struct shell *shell, const char *raw, size_t length, struct strv *ret)
{
	_cleanup_free_ char *word = xstrndup(raw, length);
	const char *open = strchr(word, '{'), *close = open ? strchr(open, '}') : NULL;

	if (!close || strpbrk(word, "'\"\\`") || (open > word && open[-1] == '$') ||
	    strcspn(open + 1, "{") < (size_t)(close - open - 1))
		return false;
	/* "{0..7}", as the functions of a slot are counted. */
	if (close == open + 5 && isdigit((unsigned char)open[1]) && open[2] == '.' &&
	    open[3] == '.' && isdigit((unsigned char)open[4])) {
		for (char c = open[1]; c <= open[4]; c++) {
			_cleanup_free_ char *one = xasprintf("%.*s%c%s", (int)(open - word), word,
							     c, close + 1);

			shell_expand(shell, one, strlen(one), true, ret);
		}
		return true;
	}
	if (!memchr(open, ',', (size_t)(close - open)))
		return false;
	for (const char *c = open + 1; c <= close;) {
		size_t n = strcspn(c, ",}");
		_cleanup_free_ char *one = xasprintf("%.*s%.*s%s", (int)(open - word), word, (int)n,
						     c, close + 1);

		shell_expand(shell, one, strlen(one), true, ret);
		c += n + 1;
	}
	return true;
}

void shell_expand(struct shell *shell, const char *raw, size_t length, bool split, struct strv *ret)
{
	if (ret->n > MAX_WORDS)
		shell->error = -E2BIG;
	if (shell->error || (split && expand_braces(shell, raw, length, ret)))
		return;
	expand(shell, raw, length, split, false, ret);
}

char *shell_expand_one(struct shell *shell, const char *raw, size_t length, bool quoted)
{
	struct strv words = {};
	char *word;

	expand(shell, raw, length, false, quoted, &words);
	word = words.n ? xstrdup(words.items[0]) : xstrdup("");
	strv_done(&words);
	return word;
}
