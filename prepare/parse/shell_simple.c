/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/shell_simple.h"

#include "base/text.h"
#include "parse/shell_words.h"

void shell_fail(struct shell *shell, int error)
{
	/* Behind the end of a script may be anything. */
	if (!shell->error)
		shell->error = shell->leave == LEAVE_SCRIPT ? SHELL_ENDED : error;
	shell->at += strlen(shell->at);
}

void shell_skip_space(struct shell *shell)
{
	const char *c = shell->at;

	while (*c == ' ' || *c == '\t' || *c == '\r' || (*c == '\\' && c[1] == '\n'))
		c += *c == '\\' ? 2 : 1;
	if (*c == '#')
		c += strcspn(c, "\n");
	shell->at = c;
}

void shell_skip_separators(struct shell *shell)
{
	for (;;) {
		const char *c;

		shell_skip_space(shell);
		c = shell->at;
		if (*c == '\n') {
			shell->at = shell->heredocs ? shell->heredocs : c + 1;
			shell->heredocs = NULL;
		} else if ((*c == ';' && c[1] != ';' && c[1] != '&') ||
			   (*c == '&' && c[1] != '&' && c[1] != '>')) {
			shell->at++;
		} else {
			return;
		}
	}
}

bool shell_at_word(const struct shell *shell, const char *word)
{
	return text_is(shell->at, shell_word_length(shell->at), word);
}

bool shell_take_word(struct shell *shell, const char *word)
{
	shell_skip_separators(shell);
	if (!shell_at_word(shell, word))
		return false;
	shell->at += strlen(word);
	return true;
}

void shell_expect_word(struct shell *shell, const char *word)
{
	if (!shell_take_word(shell, word))
		shell_fail(shell, -EINVAL);
}

bool shell_at_end_of_list(const struct shell *shell)
{
	static const char *const ends[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (shell_at_word(shell, ends[i]))
			return true;
	return !*shell->at || *shell->at == ')' || *shell->at == ';' || shell->error;
}

void shell_redirections_done(struct shell_redirections *redirections)
{
	free(redirections->path);
	free(redirections->input);
}

/* The here document behind the delimiter at shell->at; the caller's. */
static char *take_heredoc(struct shell *shell, bool tabs)
{
	size_t n = shell_word_length(shell->at);
	bool quoted = memchr(shell->at, '\'', n) || memchr(shell->at, '"', n) ||
		      memchr(shell->at, '\\', n);
	_cleanup_free_ char *raw = xstrndup(shell->at, n), *delimiter = NULL;
	struct buf body = {};
	const char *line = shell->heredocs ? shell->heredocs : text_next_line(shell->at);
	char *text;

	delimiter = shell_expand_one(shell, raw, n, false);
	shell->at += n;
	for (; *line; line = text_next_line(line)) {
		const char *c = line + (tabs ? strspn(line, "\t") : 0);
		size_t length = strcspn(c, "\n");

		if (text_is(c, length, delimiter)) {
			line = text_next_line(line);
			break;
		}
		buf_add_n(&body, c, length);
		buf_add(&body, "\n");
	}
	shell->heredocs = line;
	if (quoted || !shell_is_live(shell))
		return buf_take(&body);
	text = shell_expand_one(shell, buf_text(&body), body.length, true);
	buf_done(&body);
	return text;
}

static void take_input(struct shell *shell, struct shell_redirections *ret)
{
	bool heredoc = text_starts_with(shell->at, "<<"),
	     string = text_starts_with(shell->at, "<<<");
	bool tabs = heredoc && shell->at[2] == '-';
	size_t n;

	shell->at += string || tabs ? 3 : heredoc ? 2 : 1;
	shell->at += *shell->at == '&' || *shell->at == '>';
	shell_skip_space(shell);
	free(TAKE_PTR(ret->input));
	if (heredoc && !string) {
		ret->input = take_heredoc(shell, tabs);
		return;
	}
	if (*shell->at == '<')
		shell->at++;
	n = *shell->at == '(' ? shell_balanced(shell->at, '(', ')') : shell_word_length(shell->at);
	if (string && shell_is_live(shell))
		ret->input = shell_expand_one(shell, shell->at, n, false);
	else
		ret->input = xstrdup(SHELL_UNKNOWN);
	shell->at += n;
}

/* Takes a redirection; false: there is none at this place. */
bool shell_take_redirection(struct shell *shell, struct shell_redirections *ret)
{
	const char *c = shell->at + strspn(shell->at, "0123456789");
	bool errors = c == shell->at + 1 && *shell->at == '2';
	size_t n;

	c += *c == '&' && c[1] == '>';
	if (*c != '<' && *c != '>')
		return false;
	shell->at = c;
	if (*c == '<') {
		take_input(shell, ret);
		return true;
	}
	shell->at += 1 + (c[1] == '>' || c[1] == '|' || c[1] == '&');
	shell_skip_space(shell);
	n = *shell->at == '(' ? shell_balanced(shell->at, '(', ')') : shell_word_length(shell->at);
	if (!errors && c[1] != '&' && shell_is_live(shell)) {
		free(ret->path);
		ret->path = shell_expand_one(shell, shell->at, n, false);
	}
	shell->at += n;
	return true;
}

/* Runs what prints and reads, with its redirections around it. */
enum shell_outcome shell_run_redirected(struct shell *shell,
					const struct shell_redirections *redirections,
					enum shell_outcome (*run)(struct shell *, const void *),
					const void *userdata)
{
	const char *input = shell->input;
	struct buf text = {}, *output = shell->output;
	enum shell_outcome outcome;

	if (redirections->input)
		shell->input = redirections->input;
	if (redirections->path)
		shell->output = &text;
	outcome = run(shell, userdata);
	/* read takes its lines off what the block reads. */
	if (redirections->input)
		shell->input = input;
	shell->output = output;
	if (redirections->path)
		shell_write(shell, redirections->path, buf_text(&text));
	buf_done(&text);
	return outcome;
}

static enum shell_outcome run_words(struct shell *shell, const void *words)
{
	return shell_execute(shell, words);
}

static bool declares(const char *word)
{
	static const char *const words[] = {"local", "export", "declare", "typeset", "readonly"};

	return TEXT_IN(words, word);
}

/* A command of words, assignments and redirections. */
enum shell_outcome shell_run_simple(struct shell *shell)
{
	_cleanup_(shell_redirections_done) struct shell_redirections redirections = {};
	_cleanup_(strv_done) struct strv words = {};
	const char *start = shell->at;
	enum shell_outcome outcome = SHELL_SUCCEEDS;

	for (;;) {
		size_t n;

		shell_skip_space(shell);
		if (shell_take_redirection(shell, &redirections))
			continue;
		n = shell_word_length(shell->at);
		if (!n)
			break;
		if (shell_is_live(shell) &&
		    ((words.n && !declares(words.items[0])) || !shell_assign(shell, shell->at, n)))
			shell_expand(shell, shell->at, n, true, &words);
		shell->at += n;
	}
	if (shell->at == start)
		shell_fail(shell, -EINVAL);
	if (shell_is_live(shell) && words.n && !declares(words.items[0]))
		outcome = shell_run_redirected(shell, &redirections, run_words, &words);
	return outcome;
}

/* "[[ ... ]]" */
enum shell_outcome shell_run_condition(struct shell *shell)
{
	_cleanup_(strv_done) struct strv words = {};
	bool simple = true;

	strv_add(&words, "[[");
	shell->at += 2;
	for (;;) {
		size_t n;

		shell->at += strspn(shell->at, " \t\n");
		if (!*shell->at) {
			shell_fail(shell, -EINVAL);
			return SHELL_MAY_DO;
		}
		n = shell_word_length(shell->at);
		if (text_is(shell->at, n, "]]"))
			break;
		simple = simple && n;
		if (n && shell_is_live(shell))
			strv_take(&words, shell_expand_one(shell, shell->at, n, false));
		shell->at += n ? n : 1;
	}
	shell->at += 2;
	strv_add(&words, "]]");
	return simple && shell_is_live(shell) ? shell_execute(shell, &words) : SHELL_MAY_DO;
}

void shell_take_loop_words(struct shell *shell, struct strv *ret)
{
	bool live = shell_is_live(shell);

	shell_skip_separators(shell);
	if (!shell_at_word(shell, "in")) {
		if (live)
			shell_expand(shell, "\"$@\"", 4, true, ret);
		return;
	}
	shell->at += 2;
	for (;;) {
		size_t n;

		shell_skip_space(shell);
		n = shell_word_length(shell->at);
		if (!n)
			return;
		if (live)
			shell_expand(shell, shell->at, n, true, ret);
		shell->at += n;
	}
}
