/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include <signal.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "support.h"

/* In a process of its own, as what is tested stays; true: what it looks at is right. */
static bool in_child(bool (*look)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(look() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_null(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_rdev == makedev(1, 3);
}

static int first_free(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

static bool closed_descriptors_are_opened(void)
{
	int next = first_free();

	close(STDIN_FILENO);
	close(STDERR_FILENO);
	process_begin();
	/* Nothing above them. */
	return is_null(STDIN_FILENO) && is_null(STDERR_FILENO) && first_free() == next;
}

static bool open_descriptors_stay(void)
{
	struct stat before, after;
	int next = first_free();

	if (fstat(1, &before) < 0)
		return false;
	process_begin();
	return fstat(1, &after) == 0 && before.st_ino == after.st_ino && first_free() == next;
}

/* A program that nobody wants to wait for has SIGCHLD ignored, and so have those that it starts. */
static bool children_are_waited_for(void)
{
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	process_begin();
	pid = fork();
	if (pid == 0)
		_exit(7);
	return waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7;
}

static bool a_pipe_that_nobody_reads_is_an_error(void)
{
	int fds[2];

	process_begin();
	if (pipe(fds) < 0 || close(fds[0]) < 0)
		return false;
	return write(fds[1], "x", 1) < 0 && errno == EPIPE;
}

static bool held_signals_wait(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
	sigset_t pending;
	bool right = true;

	process_hold();
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		raise(signals[i]);
		right = right && sigpending(&pending) == 0 && sigismember(&pending, signals[i]);
	}
	return right;
}

static int run_shell(const char *script)
{
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)script, NULL};
	posix_spawnattr_t attributes;
	int status = -1;
	pid_t pid;

	process_spawn_attributes(&attributes);
	if (posix_spawn(&pid, "/bin/sh", NULL, &attributes, words, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawnattr_destroy(&attributes);
	return status;
}

static bool programs_have_their_signals(void)
{
	process_begin();
	process_hold();
	return WTERMSIG(run_shell("kill -HUP $$")) == SIGHUP &&
	       WTERMSIG(run_shell("kill -INT $$")) == SIGINT &&
	       WTERMSIG(run_shell("kill -TERM $$")) == SIGTERM &&
	       WTERMSIG(run_shell("kill -PIPE $$")) == SIGPIPE;
}

TEST(begin)
{
	assert_true(in_child(closed_descriptors_are_opened));
	assert_true(in_child(open_descriptors_stay));
	assert_true(in_child(children_are_waited_for));
	assert_true(in_child(a_pipe_that_nobody_reads_is_an_error));
}

TEST(hold)
{
	assert_true(in_child(held_signals_wait));
	assert_true(in_child(programs_have_their_signals));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin),
		cmocka_unit_test(hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
