/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell.h"

#include <ctype.h>
#include <fnmatch.h>

#include "base/text.h"
#include "parse/shell_arithmetic.h"
#include "parse/shell_loops.h"
#include "parse/shell_words.h"

/* Commands that are read, and texts, functions and blocks within each other. */
#define MAX_STEPS 20000
#define MAX_DEPTH 40
#define MAX_LENGTH (64 * 1024)

static enum shell_outcome run_list(struct shell *shell);
static enum shell_outcome run_command(struct shell *shell);

static enum shell_outcome run_if(struct shell *shell)
{
	bool may_be_left = true, maybe = false, more = true;

	shell->at += 2;
	while (more && !shell->error) {
		enum shell_outcome outcome = shell_run_branch(shell, may_be_left, maybe);

		shell_expect_word(shell, "then");
		shell_run_branch(shell, may_be_left && outcome != SHELL_FAILS,
				 maybe || outcome == SHELL_MAY_DO);
		maybe = maybe || outcome == SHELL_MAY_DO;
		may_be_left = may_be_left && outcome != SHELL_SUCCEEDS;
		more = shell_take_word(shell, "elif");
	}
	if (shell_take_word(shell, "else"))
		shell_run_branch(shell, may_be_left, maybe);
	shell_expect_word(shell, "fi");
	return SHELL_MAY_DO;
}

/* Takes the patterns of a branch of case; does one of them match the word? */
static enum shell_outcome take_patterns(struct shell *shell, const char *word)
{
	enum shell_outcome outcome = SHELL_FAILS;

	shell->at += *shell->at == '(';
	do {
		_cleanup_free_ char *pattern = NULL;
		size_t n;

		shell->at += *shell->at == '|';
		shell_skip_space(shell);
		n = shell_word_length(shell->at);
		pattern = shell_expand_one(shell, shell->at, n, false);
		if (shell_is_unknown(word) || shell_is_unknown(pattern))
			outcome = SHELL_MAY_DO;
		else if (outcome == SHELL_FAILS && fnmatch(pattern, word, 0) == 0)
			outcome = SHELL_SUCCEEDS;
		shell->at += n;
		shell_skip_space(shell);
	} while (*shell->at == '|');
	if (*shell->at != ')')
		shell_fail(shell, -EINVAL);
	else
		shell->at++;
	return outcome;
}

static enum shell_outcome run_case(struct shell *shell)
{
	_cleanup_free_ char *word = NULL;
	bool may_be_left = true;
	size_t n;

	shell->at += 4;
	shell_skip_space(shell);
	n = shell_word_length(shell->at);
	word = shell_expand_one(shell, shell->at, n, false);
	shell->at += n;
	shell_expect_word(shell, "in");
	while (!shell_take_word(shell, "esac") && !shell->error) {
		enum shell_outcome outcome = take_patterns(shell, word);

		shell_run_branch(shell, may_be_left && outcome != SHELL_FAILS,
				 outcome == SHELL_MAY_DO);
		may_be_left = may_be_left && outcome != SHELL_SUCCEEDS;
		shell->at += strspn(shell->at, ";&");
	}
	return SHELL_MAY_DO;
}

/* "((EXPRESSION))" */
static enum shell_outcome run_arithmetic(struct shell *shell)
{
	const char *raw = shell->at + 2;
	size_t n = shell_balanced(shell->at, '(', ')');
	long value;

	shell->at += n;
	if (n < 4 || !shell_is_live(shell) || !shell_arithmetic(shell, raw, n - 4, &value))
		return SHELL_MAY_DO;
	return value ? SHELL_SUCCEEDS : SHELL_FAILS;
}

static enum shell_outcome run_group(struct shell *shell)
{
	bool subshell = *shell->at == '(', live = shell_is_live(shell);
	_cleanup_free_ char *directory = shell->directory ? xstrdup(shell->directory) : NULL;
	enum shell_outcome outcome;

	shell->at++;
	outcome = run_list(shell);
	if (subshell) {
		free(shell->directory);
		shell->directory = TAKE_PTR(directory);
	}
	if (*shell->at != (subshell ? ')' : '}'))
		shell_fail(shell, -EINVAL);
	else
		shell->at++;
	if (subshell && live && shell->leave == LEAVE_SCRIPT)
		shell->leave = LEAVE_NOTHING;
	return outcome;
}

static enum shell_outcome run_function(struct shell *shell, size_t name_length)
{
	struct shell_function *function = NULL;
	_cleanup_free_ char *name = xstrndup(shell->at, name_length);

	shell->at += name_length;
	shell_skip_space(shell);
	if (*shell->at == '(')
		shell->at += shell_balanced(shell->at, '(', ')');
	shell_skip_separators(shell);
	if (shell_is_live(shell)) {
		function = vec_add(&shell->functions);
		function->name = xstrdup(name);
		function->body = shell->at;
	}
	shell->skip++;
	run_command(shell);
	shell->skip--;
	return SHELL_SUCCEEDS;
}

typedef enum shell_outcome compound(struct shell *shell);

/* The kind of block at this place; NULL: it is none. */
static compound *compound_at(const struct shell *shell)
{
	static const struct {
		const char *word;
		compound *run;
	} compounds[] = {
		{"if", run_if},
		{"for", shell_run_for},
		{"while", shell_run_while},
		{"until", shell_run_while},
		{"case", run_case},
		{"{", run_group},
		{"[[", shell_run_condition},
	};

	if (*shell->at == '(')
		return run_group;
	for (size_t i = 0; i < ARRAY_SIZE(compounds); i++)
		if (shell_at_word(shell, compounds[i].word))
			return compounds[i].run;
	return NULL;
}

struct block {
	compound *run;
	const char *start;
};

static enum shell_outcome run_block_again(struct shell *shell, const void *userdata)
{
	const struct block *block = userdata;

	shell->at = block->start;
	return block->run(shell);
}

/* Looks behind the block first, where its redirections stand. */
static enum shell_outcome run_block(struct shell *shell, compound *run)
{
	_cleanup_(shell_redirections_done) struct shell_redirections redirections = {};
	const struct block block = {run, shell->at};
	const char *heredocs = shell->heredocs, *end, *end_heredocs;
	enum shell_outcome outcome = SHELL_MAY_DO;
	bool live = shell_is_live(shell);

	shell->skip++;
	run(shell);
	shell->skip--;
	do
		shell_skip_space(shell);
	while (shell_take_redirection(shell, &redirections));
	if (!live || shell->error)
		return outcome;
	end = shell->at;
	end_heredocs = shell->heredocs;
	shell->heredocs = heredocs;
	outcome = shell_run_redirected(shell, &redirections, run_block_again, &block);
	shell->command = block.start;
	if (!shell->error)
		shell->at = end;
	shell->heredocs = end_heredocs;
	return outcome;
}

static enum shell_outcome run_command(struct shell *shell)
{
	enum shell_outcome outcome = SHELL_MAY_DO;
	compound *block;
	size_t n;

	shell_skip_space(shell);
	shell->command = shell->at;
	n = shell_word_length(shell->at);
	if (++shell->steps > MAX_STEPS || ++shell->depth > MAX_DEPTH) {
		shell_fail(shell, -E2BIG);
		return outcome;
	}
	block = compound_at(shell);
	if (shell->at[0] == '(' && shell->at[1] == '(') {
		outcome = run_arithmetic(shell);
	} else if (block) {
		outcome = run_block(shell, block);
	} else if (shell_at_word(shell, "function")) {
		shell->at += n;
		shell_skip_space(shell);
		outcome = run_function(shell, shell_word_length(shell->at));
	} else if (n && shell->at[n + strspn(shell->at + n, " \t")] == '(' &&
		   !memchr(shell->at, '=', n)) {
		outcome = run_function(shell, n);
	} else {
		outcome = shell_run_simple(shell);
	}
	shell->depth--;
	return outcome;
}

/* Each command reads what the one before it prints. */
static enum shell_outcome run_pipeline(struct shell *shell)
{
	struct buf *output = shell->output, text = {};
	const char *input = shell->input;
	_cleanup_free_ char *passed = NULL;
	enum shell_outcome outcome;
	bool negate = false, more;

	shell_skip_space(shell);
	for (; shell_at_word(shell, "!"); shell_skip_space(shell)) {
		negate = !negate;
		shell->at++;
	}
	do {
		shell->output = &text;
		outcome = run_command(shell);
		shell->output = output;
		shell_skip_space(shell);
		more = shell->at[0] == '|' && shell->at[1] != '|';
		if (more) {
			free(passed);
			passed = buf_take(&text);
			shell->input = passed ? passed : "";
			shell->at += 1 + (shell->at[1] == '&');
			shell_skip_separators(shell);
		}
	} while (more && !shell->error);
	if (passed)
		shell->input = input;
	if (output)
		buf_add(output, buf_text(&text));
	buf_done(&text);
	if (negate && outcome != SHELL_MAY_DO)
		outcome = outcome == SHELL_FAILS ? SHELL_SUCCEEDS : SHELL_FAILS;
	return outcome;
}

static enum shell_outcome run_and_or(struct shell *shell)
{
	enum shell_outcome outcome = run_pipeline(shell);

	for (;;) {
		bool and_, taken;
		enum shell_outcome next;

		shell_skip_space(shell);
		and_ = text_starts_with(shell->at, "&&");
		if (shell->error || (!and_ && !text_starts_with(shell->at, "||")))
			return outcome;
		shell->at += 2;
		shell_skip_separators(shell);
		taken = outcome != (and_ ? SHELL_FAILS : SHELL_SUCCEEDS);
		shell->skip += !taken;
		shell->maybe += outcome == SHELL_MAY_DO;
		next = run_pipeline(shell);
		shell->skip -= !taken;
		if (outcome == SHELL_MAY_DO)
			shell_leave_branch(shell);
		else if (taken)
			outcome = next;
	}
}

static enum shell_outcome run_list(struct shell *shell)
{
	enum shell_outcome outcome = SHELL_SUCCEEDS;

	for (shell_skip_separators(shell); !shell_at_end_of_list(shell);
	     shell_skip_separators(shell))
		outcome = run_and_or(shell);
	return outcome;
}

static void run_text(struct shell *shell, const char *text, size_t length)
{
	const char *start = shell->start, *at = shell->at, *heredocs = shell->heredocs,
		   *command = shell->command;
	enum shell_leave leave = shell->leave;
	unsigned line = shell->line;

	if (!shell_is_live(shell))
		return;
	shell->line = shell_line(shell);
	strv_take(&shell->texts, xstrndup(text, length));
	shell->start = shell->at = shell->command = shell->texts.items[shell->texts.n - 1];
	shell->heredocs = NULL;
	if (++shell->depth > MAX_DEPTH)
		shell_fail(shell, -E2BIG);
	run_list(shell);
	if (*shell->at)
		shell_fail(shell, -EINVAL);
	shell->error = shell->error == SHELL_ENDED ? 0 : shell->error;
	shell->depth--;
	shell->start = start;
	shell->at = at;
	shell->command = command;
	shell->heredocs = heredocs;
	shell->line = line;
	shell->leave = leave;
}

/* Calls a function for a command in a line; 0: its commands stand in lines of their own. */
static bool call_at(struct shell *shell, const struct strv *words, unsigned line_of_call)
{
	const char *at = shell->at, *heredocs = shell->heredocs, *command = shell->command,
		   *body = NULL;
	bool unknown = shell->arguments_unknown;
	struct strv arguments = shell->arguments;
	unsigned line = shell->line;

	vec_foreach(function, &shell->functions)
		if (strcmp(function->name, words->items[0]) == 0)
			body = function->body;
	if (!body)
		return false;
	shell->line = line_of_call;
	shell->arguments = (struct strv){};
	shell->arguments_unknown = false;
	for (size_t i = 1; i < words->n; i++)
		strv_add(&shell->arguments, words->items[i]);
	shell->at = body;
	shell->heredocs = NULL;
	run_command(shell);
	if (shell->leave <= LEAVE_FUNCTION)
		shell->leave = LEAVE_NOTHING;
	strv_done(&shell->arguments);
	shell->arguments = arguments;
	shell->arguments_unknown = unknown;
	shell->line = line;
	shell->at = at;
	shell->command = command;
	shell->heredocs = heredocs;
	return true;
}

static bool call(struct shell *shell, const struct strv *words)
{
	return call_at(shell, words, shell_line(shell));
}

/* Follows a text from its front on; 0, or why it cannot be. */
static int follow(struct shell *shell, const char *text)
{
	char *copy = xstrdup(text);

	/* What is no text must not pass for an unknown part. */
	for (char *c = copy; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n' && *c != '\t')
			*c = ' ';
	strv_take(&shell->texts, copy);
	shell->start = shell->at = shell->command = copy;
	run_list(shell);
	if (*shell->at && shell->leave == LEAVE_NOTHING)
		shell_fail(shell, -EINVAL);
	shell->error = shell->error == SHELL_ENDED ? 0 : shell->error;
	if (shell->trap) {
		shell->leave = LEAVE_NOTHING;
		run_text(shell, shell->trap, strlen(shell->trap));
	}
	return shell->error;
}

int shell_follow(const char *prelude, const char *text, const struct shell_watcher *watcher)
{
	struct shell shell = {.watcher = watcher,
			      .arguments_unknown = !prelude,
			      .run_text = run_text,
			      .run_list = run_list,
			      .evaluate = shell_arithmetic,
			      .call = call};
	int r = strlen(text) > MAX_LENGTH ? -E2BIG : follow(&shell, prelude ? prelude : "");
	if (r == 0)
		r = follow(&shell, text);
	for (const char *const *name = watcher->entries; name && *name && r == 0; name++) {
		shell.at = shell.command = shell.start;
		call_at(&shell, &(struct strv){.items = (char *[]){(char *)*name}, .n = 1}, 0);
		r = shell.error;
	}
	shell_done(&shell);
	return r;
}
