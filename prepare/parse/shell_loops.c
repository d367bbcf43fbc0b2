/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_loops.h"

#include "parse/shell_words.h"

/* A loop is followed so many times. */
#define MAX_TURNS 256

enum shell_outcome shell_run_branch(struct shell *shell, bool taken, bool maybe)
{
	enum shell_outcome outcome;

	shell->skip += !taken;
	shell->maybe += maybe;
	outcome = shell->run_list(shell);
	shell->skip -= !taken;
	if (maybe)
		shell_leave_branch(shell);
	return outcome;
}

/* The body of a loop, from shell->at on; false: the loop is left. */
static bool run_turn(struct shell *shell, bool taken, bool maybe)
{
	bool more;

	shell_run_branch(shell, taken, maybe);
	more = shell->leave <= LEAVE_TURN;
	if (shell->leave <= LEAVE_LOOP)
		shell->leave = LEAVE_NOTHING;
	return more;
}

/* Follows the body of a loop for each word. */
static void run_words(struct shell *shell, const char *name, const struct strv *words)
{
	const char *body = shell->at;
	bool more = true;

	for (size_t i = 0; i < words->n && more && !shell->error; i++) {
		shell->at = body;
		shell_set(shell, name, words->items[i]);
		more = run_turn(shell, true, false);
	}
	if (!words->n)
		run_turn(shell, false, false);
}

/* "((FIRST; CONDITION; NEXT))": as often as the condition is known to hold. */
static void run_counted(struct shell *shell, const char *parts, size_t length)
{
	const char *end = parts + length, *body = shell->at;
	const char *condition = memchr(parts, ';', length),
		   *next = condition ? memchr(condition + 1, ';', (size_t)(end - condition - 1))
				     : NULL;
	bool known, more = true;
	long value = 0;

	if (!next) {
		run_turn(shell, true, true);
		return;
	}
	known = shell->evaluate(shell, parts, (size_t)(condition - parts), &value);
	for (unsigned turn = 0; more && !shell->error; turn++) {
		shell->at = body;
		known = known && turn < MAX_TURNS &&
			shell->evaluate(shell, condition + 1, (size_t)(next - condition - 1),
					&value);
		more = run_turn(shell, !known || value, !known) && known && value &&
		       shell_is_live(shell);
		if (more)
			known = shell->evaluate(shell, next + 1, (size_t)(end - next - 1), &value);
	}
}

enum shell_outcome shell_run_for(struct shell *shell)
{
	_cleanup_(strv_done) struct strv words = {};
	_cleanup_free_ char *name = NULL;
	const char *parts = NULL;
	size_t length = 0;

	shell->at += shell_word_length(shell->at);
	shell_skip_space(shell);
	if (*shell->at == '(') {
		parts = shell->at + 2;
		length = shell_balanced(shell->at, '(', ')');
		shell->at += length;
	} else {
		name = xstrndup(shell->at, shell_name_length(shell->at));
		shell->at += strlen(name);
		shell_take_loop_words(shell, &words);
	}
	shell_expect_word(shell, "do");
	if (!shell_is_live(shell))
		run_turn(shell, false, false);
	else if (name)
		run_words(shell, name, &words);
	else
		run_counted(shell, parts, length < 4 ? 0 : length - 4);
	shell_expect_word(shell, "done");
	return SHELL_MAY_DO;
}

enum shell_outcome shell_run_while(struct shell *shell)
{
	bool until = shell_at_word(shell, "until"), live = shell_is_live(shell), more = true,
	     endless;
	const char *condition = shell->at += strlen("while");

	shell_skip_separators(shell);
	endless = shell_at_word(shell, "true") || shell_at_word(shell, ":");
	for (unsigned turn = 0; more && (!turn || shell_is_live(shell)); turn++) {
		enum shell_outcome outcome;
		bool taken;

		shell->at = condition;
		outcome = shell_run_branch(shell, true, false);
		shell_expect_word(shell, "do");
		if (turn >= MAX_TURNS)
			outcome = SHELL_MAY_DO;
		taken = until ? outcome != SHELL_SUCCEEDS : outcome != SHELL_FAILS;
		more = run_turn(shell, taken, outcome == SHELL_MAY_DO) && taken &&
		       outcome != SHELL_MAY_DO && !endless && live;
	}
	shell_expect_word(shell, "done");
	return SHELL_MAY_DO;
}
