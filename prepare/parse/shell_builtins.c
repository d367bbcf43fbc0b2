/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_builtins.h"

#include <ctype.h>
#include <fnmatch.h>

#include "base/text.h"
#include "parse/shell_arithmetic.h"
#include "parse/shell_lines.h"
#include "parse/shell_words.h"

/* Commands that run the command behind their options and assignments. */
static const char *const wrappers[] = {"sudo",   "doas", "exec",    "command", "builtin", "nohup",
				       "env",    "time", "busybox", "nice",    "setsid",  "pkexec",
				       "ionice", "chrt", "timeout", "python",  "python3"};
static const char *const shells[] = {"sh", "bash", "dash", "ash", "zsh", "ksh"};

unsigned shell_line(const struct shell *shell)
{
	unsigned line = 1;

	/* In a function, which may stand in another text, it is that of the call. */
	if (shell->line)
		return shell->line;
	for (const char *c = shell->start; c < shell->command; c++)
		line += *c == '\n';
	return line;
}

static void tell(struct shell *shell, struct shell_event event, struct buf *output)
{
	event.line = shell_line(shell);
	event.maybe = shell->maybe > 0;
	event.directory = shell->directory;
	shell->watcher->event(shell->watcher->userdata, &event, output);
}

void shell_write(struct shell *shell, const char *path, const char *text)
{
	_cleanup_free_ char *whole = *path != '/' && shell->directory
					     ? xasprintf("%s/%s", shell->directory, path)
					     : NULL;

	tell(shell, (struct shell_event){.path = whole ? whole : path, .text = text}, NULL);
}

static enum shell_outcome do_echo(struct shell *shell, const struct strv *words)
{
	size_t i = 1;
	bool newline = true;

	for (; i < words->n && words->items[i][0] == '-' && words->items[i][1] &&
	       !words->items[i][1 + strspn(words->items[i] + 1, "neE")];
	     i++)
		newline = newline && !strchr(words->items[i], 'n');
	for (size_t first = i; i < words->n; i++) {
		shell_print(shell, i > first ? " " : "");
		shell_print(shell, words->items[i]);
	}
	shell_print(shell, newline ? "\n" : "");
	return SHELL_SUCCEEDS;
}

/* Prints a format once, with the arguments from *next on. */
static void print_format(struct shell *shell, const char *c, const struct strv *words, size_t *next)
{
	for (; *c; c++) {
		if (*c == '\\' && c[1]) {
			c++;
			shell_print(shell, *c == 'n' ? "\n" : *c == 't' ? "\t" : "");
		} else if (*c == '%' && c[1] == '%') {
			shell_print(shell, "%");
			c++;
		} else if (*c == '%') {
			c += 1 + strspn(c + 1, "-+ #0123456789.");
			shell_print(shell, *next < words->n ? words->items[*next] : "");
			++*next;
			if (!*c)
				return;
		} else {
			shell_print(shell, (const char[]){*c, '\0'});
		}
	}
}

/* The format is used again until the arguments are used up. */
static enum shell_outcome do_printf(struct shell *shell, const struct strv *words)
{
	size_t format = words->n > 1 && strcmp(words->items[1], "--") == 0 ? 2 : 1;
	size_t next = format + 1, before;

	if (words->n > format + 1 && strcmp(words->items[format], "-v") == 0) {
		shell_set(shell, words->items[format + 1], SHELL_UNKNOWN);
		return SHELL_SUCCEEDS;
	}
	if (words->n <= format) {
		shell_print(shell, SHELL_UNKNOWN);
		return SHELL_SUCCEEDS;
	}
	do {
		before = next;
		print_format(shell, words->items[format], words, &next);
	} while (next < words->n && next > before);
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_tee(struct shell *shell, const struct strv *words)
{
	const char *text = shell->input ? shell->input : SHELL_UNKNOWN;

	for (size_t i = 1; i < words->n; i++)
		if (words->items[i][0] != '-')
			shell_write(shell, words->items[i], text);
	shell_print(shell, text);
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_cat(struct shell *shell, const struct strv *words)
{
	if (words->n == 1)
		shell_print(shell, shell->input ? shell->input : SHELL_UNKNOWN);
	else
		return SHELL_MAY_DO;
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_leave(struct shell *shell, const struct strv *words)
{
	static const char *const names[] = {
		[LEAVE_TURN] = "continue",
		[LEAVE_LOOP] = "break",
		[LEAVE_FUNCTION] = "return",
		[LEAVE_SCRIPT] = "exit",
	};

	/* "|| exit 1" behind what may fail is not the way of the recipe. */
	if (!shell->maybe)
		shell->leave = (enum shell_leave)text_index(names, ARRAY_SIZE(names),
							    words->items[0]);
	return words->n > 1 && strcmp(words->items[1], "0") != 0 ? SHELL_FAILS : SHELL_SUCCEEDS;
}

static enum shell_outcome do_set(struct shell *shell, const struct strv *words)
{
	for (size_t i = 1; i < words->n; i++) {
		if (strcmp(words->items[i], "--") != 0)
			continue;
		strv_done(&shell->arguments);
		shell->arguments_unknown = false;
		while (++i < words->n)
			strv_add(&shell->arguments, words->items[i]);
	}
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_shift(struct shell *shell, const struct strv *words)
{
	struct strv *arguments = &shell->arguments;
	long n = 1;
	bool known = words->n < 2 || shell_number(words->items[1], &n);

	/* A shift that may be done leaves unknown what the arguments are. */
	if (shell->maybe || !known) {
		strv_done(arguments);
		shell->arguments_unknown = true;
	}
	/* One by more than there are does nothing. */
	if (n < 0 || (size_t)n > arguments->n)
		return SHELL_FAILS;
	for (long i = 0; i < n; i++)
		free(arguments->items[i]);
	arguments->n -= (size_t)n;
	memmove(arguments->items, arguments->items + n, arguments->n * sizeof(*arguments->items));
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_unset(struct shell *shell, const struct strv *words)
{
	for (size_t i = 1; i < words->n; i++) {
		struct shell_variable *variable = shell_variable(shell, words->items[i], false);

		if (variable)
			strv_done(&variable->values);
	}
	return SHELL_SUCCEEDS;
}

/* A file that is read may set any variable. The libraries of initramfs-tools and of LSB set none that matters. */
static enum shell_outcome do_source(struct shell *shell, const struct strv *words)
{
	static const char *const known[] = {"/scripts/functions", "hook-functions",
					    "init-functions",     "dracut-lib.sh",
					    "/etc/rc.conf",       "/tuned/functions"};

	for (size_t i = 0; i < ARRAY_SIZE(known) && words->n > 1; i++)
		if (text_ends_with(words->items[1], known[i]))
			return SHELL_SUCCEEDS;
	shell->unset_unknown = true;
	vec_foreach(variable, &shell->variables)
		for (size_t i = 0; i < variable->values.n; i++) {
			free(variable->values.items[i]);
			variable->values.items[i] = xstrdup(SHELL_UNKNOWN);
		}
	return SHELL_MAY_DO;
}

static enum shell_outcome judge(bool is)
{
	return is ? SHELL_SUCCEEDS : SHELL_FAILS;
}

/* "A -lt B"; false: it is no such comparison, or not known. */
static bool compare_numbers(char *const *words, bool *ret)
{
	static const char *const operators[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
	long a, b;

	if (!TEXT_IN(operators, words[1]) || !shell_number(words[0], &a) ||
	    !shell_number(words[2], &b))
		return false;
	*ret = words[1][1] == 'e'   ? a == b
	       : words[1][1] == 'n' ? a != b
	       : words[1][1] == 'l' ? a < b || (words[1][2] == 'e' && a == b)
				    : a > b || (words[1][2] == 'e' && a == b);
	return true;
}

/* "-n TEXT", "A = B" between n words; files are unknown. */
static enum shell_outcome compare(char *const *words, size_t n, bool pattern)
{
	static const char *const operators[] = {"=", "==", "!="};
	int operator= n == 3 ? text_index(operators, ARRAY_SIZE(operators), words[1]) : - 1;
	enum shell_outcome outcome;
	bool holds;

	for (size_t i = 0; i < n; i++)
		if (shell_is_unknown(words[i]))
			return SHELL_MAY_DO;
	if (n && strcmp(words[0], "!") == 0) {
		outcome = compare(words + 1, n - 1, pattern);
		return outcome == SHELL_MAY_DO ? outcome : judge(outcome == SHELL_FAILS);
	}
	if (operator>= 0) {
		bool equal = pattern ? fnmatch(words[2], words[0], 0) == 0
				     : strcmp(words[0], words[2]) == 0;

		return judge(equal == (operator<2));
	}
	if (n == 3 && compare_numbers(words, &holds))
		return judge(holds);
	if (n == 2 && strcmp(words[0], "-z") == 0)
		return judge(!*words[1]);
	if (n == 2 && strcmp(words[0], "-n") == 0)
		return judge(*words[1]);
	if (n <= 1)
		return judge(n && *words[0]);
	return SHELL_MAY_DO;
}

static enum shell_outcome do_test(struct shell *shell _unused_, const struct strv *words)
{
	bool brackets = words->items[0][0] == '[';

	if (brackets && words->n < 2)
		return SHELL_MAY_DO;
	return compare(words->items + 1, words->n - 1 - brackets,
		       words->items[0][0] == '[' && words->items[0][1] == '[');
}

static enum shell_outcome do_true(struct shell *shell _unused_, const struct strv *words)
{
	return judge(strcmp(words->items[0], "false") != 0);
}

static enum shell_outcome do_trap(struct shell *shell, const struct strv *words)
{
	for (size_t i = 2; i < words->n; i++) {
		if (strcmp(words->items[i], "EXIT") != 0 && strcmp(words->items[i], "0") != 0)
			continue;
		free(shell->trap);
		shell->trap = xstrdup(strcmp(words->items[1], "-") == 0 ? "" : words->items[1]);
	}
	return SHELL_SUCCEEDS;
}

static enum shell_outcome do_eval(struct shell *shell, const struct strv *words)
{
	_cleanup_free_ char *text = NULL;
	struct strv rest = {.items = words->items + 1, .n = words->n - 1};

	text = strv_join(&rest, " ");
	shell->run_text(shell, text, strlen(text));
	return SHELL_MAY_DO;
}

/* cd DIRECTORY: where relative paths start from. */
static enum shell_outcome do_cd(struct shell *shell, const struct strv *words)
{
	const char *target = words->n > 1 ? words->items[words->n - 1] : SHELL_UNKNOWN;
	char *directory = *target == '/' ? xstrdup(target)
			  : *target == '-' || !shell->directory
				  ? xstrdup(SHELL_UNKNOWN)
				  : xasprintf("%s/%s", shell->directory, target);

	size_t n = strlen(directory);

	while (n > 1 && directory[n - 1] == '/')
		directory[--n] = '\0';
	free(shell->directory);
	shell->directory = directory;
	return SHELL_SUCCEEDS;
}

/* getopts OPTIONS NAME: what it finds is not known. */
static enum shell_outcome do_getopts(struct shell *shell, const struct strv *words)
{
	if (words->n > 2)
		shell_set(shell, words->items[2], SHELL_UNKNOWN);
	shell_set(shell, "OPTARG", SHELL_UNKNOWN);
	shell_set(shell, "OPTIND", SHELL_UNKNOWN);
	return SHELL_MAY_DO;
}

static enum shell_outcome do_let(struct shell *shell, const struct strv *words)
{
	long value = 0;
	bool known = true;

	for (size_t i = 1; i < words->n; i++)
		known = shell_arithmetic(shell, words->items[i], strlen(words->items[i]), &value);
	return known ? judge(value) : SHELL_MAY_DO;
}

static const struct {
	const char *name;
	shell_builtin *run;
} builtins[] = {
	{"echo", do_echo},
	{"printf", do_printf},
	{"tee", do_tee},
	{"cat", do_cat},
	{"tr", shell_do_tr},
	{"basename", shell_do_basename},
	{"seq", shell_do_seq},
	{"expr", shell_do_expr},
	{"break", do_leave},
	{"continue", do_leave},
	{"return", do_leave},
	{"exit", do_leave},
	{"set", do_set},
	{"shift", do_shift},
	{"unset", do_unset},
	{"read", shell_do_read},
	{"mapfile", shell_do_mapfile},
	{"readarray", shell_do_mapfile},
	{"getopts", do_getopts},
	{"let", do_let},
	{"cd", do_cd},
	{"pushd", do_cd},
	{"popd", do_cd},
	{"source", do_source},
	{".", do_source},
	{"[", do_test},
	{"[[", do_test},
	{"test", do_test},
	{":", do_true},
	{"true", do_true},
	{"false", do_true},
	{"eval", do_eval},
	{"trap", do_trap},
};

static const char *name_of(const char *word)
{
	const char *slash = strrchr(word, '/');

	return slash ? slash + 1 : word;
}

/* "sh -c TEXT NAME ARGUMENTS" */
static bool run_shell(struct shell *shell, const struct strv *words)
{
	struct strv arguments = shell->arguments;
	bool unknown = shell->arguments_unknown;
	size_t i = 1;

	while (i < words->n && words->items[i][0] == '-' &&
	       (words->items[i][1] == '-' || !strchr(words->items[i], 'c')))
		i++;
	if (i + 1 >= words->n || words->items[i][0] != '-')
		return false;
	shell->arguments = (struct strv){};
	shell->arguments_unknown = false;
	for (size_t argument = i + 3; argument < words->n; argument++)
		strv_add(&shell->arguments, words->items[argument]);
	shell->run_text(shell, words->items[i + 1], strlen(words->items[i + 1]));
	strv_done(&shell->arguments);
	shell->arguments = arguments;
	shell->arguments_unknown = unknown;
	return true;
}

enum shell_outcome shell_execute(struct shell *shell, const struct strv *words)
{
	const char *name = words->n ? name_of(words->items[0]) : "";
	struct buf output = {};
	size_t skip = 1;

	if (words->n && shell->call(shell, words))
		return SHELL_MAY_DO;
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (strcmp(builtins[i].name, name) == 0) {
			enum shell_outcome outcome = builtins[i].run(shell, words);

			/* What it does not know of itself, the watcher may. */
			if (builtins[i].run != do_cat || outcome != SHELL_MAY_DO)
				return outcome;
		}
	if (TEXT_IN(shells, name) && run_shell(shell, words))
		return SHELL_MAY_DO;
	if (words->n > 1 && (TEXT_IN(wrappers, name) || TEXT_IN(shells, name))) {
		struct strv rest;

		/* Their options, assignments and numbers. */
		while (skip < words->n &&
		       (words->items[skip][0] == '-' || strchr(words->items[skip], '=') ||
			isdigit((unsigned char)words->items[skip][0])))
			skip++;
		rest = (struct strv){.items = words->items + skip, .n = words->n - skip};
		if (rest.n)
			return shell_execute(shell, &rest);
		if (shell->input && TEXT_IN(shells, name)) {
			shell->run_text(shell, shell->input, strlen(shell->input));
			return SHELL_MAY_DO;
		}
	}
	if (words->n)
		tell(shell, (struct shell_event){.words = words, .text = shell->input}, &output);
	shell_print(shell, output.length ? output.text : SHELL_UNKNOWN);
	buf_done(&output);
	return SHELL_MAY_DO;
}
