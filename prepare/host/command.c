/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/process.h"

/* A longer line is cut in pieces. */
#define LINE_MAX_BYTES 4096
/* How often to look for the end of a program that does not tell it. */
#define LOOK_MS 50

const char *program_find(struct root *root, const char *name, char path[static PROGRAM_PATH_MAX])
{
	static const char *const directories[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct stat st;

		snprintf(path, PROGRAM_PATH_MAX, "%s/%s", directories[i], name);
		if (root_stat(root, path, &st) == 0 && S_ISREG(st.st_mode) &&
		    (!root->live || (st.st_mode & 0111)))
			return path;
	}
	return NULL;
}

bool program_exists(struct root *root, const char *name)
{
	return program_find(root, name, (char[PROGRAM_PATH_MAX]){}) != NULL;
}

struct listener {
	struct buf rest; /* of a line whose end has not come yet */
	void (*line)(void *userdata, const char *text);
	void *userdata;
};

static void end_line(struct listener *listener)
{
	_cleanup_free_ char *text = xstrdup(buf_text(&listener->rest));

	buf_done(&listener->rest);
	listener->line(listener->userdata, text);
}

static void hear(struct listener *listener, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n' || listener->rest.length >= LINE_MAX_BYTES)
			end_line(listener);
		if (bytes[i] != '\n' && bytes[i] != '\0')
			buf_add_n(&listener->rest, &bytes[i], 1);
	}
}

/* Reads what is there; false: there is nothing more to come. */
static bool drain(struct listener *listener, int fd)
{
	char bytes[LINE_MAX_BYTES];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		hear(listener, bytes, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* pidfd: says it by being readable; -1: kernels before 5.3 have none. */
static bool has_ended(pid_t pid, const struct pollfd *pidfd)
{
	siginfo_t info = {};

	if (pidfd->fd >= 0)
		return pidfd->revents;
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid == pid;
}

/*
 * Until the program has ended; a daemon that it left behind, and that has the pipe open, is not
 * waited for.
 */
static int listen_until_end(struct listener *listener, int fd, pid_t pid)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	bool open = true, ended = false;
	int status;

	while (!ended) {
		struct pollfd fds[] = {{.fd = open ? fd : -1, .events = POLLIN},
				       {.fd = pidfd, .events = POLLIN}};

		if (poll(fds, ARRAY_SIZE(fds), pidfd >= 0 ? -1 : LOOK_MS) < 0 && errno != EINTR)
			break;
		ended = has_ended(pid, &fds[1]);
		if (open && (fds[0].revents || ended))
			open = drain(listener, fd);
	}
	if (listener->rest.length)
		end_line(listener);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int spawn(const char *directory, const char *path, const struct strv *argv, int out,
		 pid_t *ret_pid)
{
	char *const environment[] = {(char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
				     (char[]){"LC_ALL=C.UTF-8"}, (char[]){"HOME=/root"}, NULL};
	_cleanup_free_ char **words = xcalloc(argv->n + 1, sizeof(*words));
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	for (size_t i = 0; i < argv->n; i++)
		words[i] = argv->items[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, directory);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	process_spawn_attributes(&attributes);
	r = posix_spawn(ret_pid, path, &actions, &attributes, words, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

int command_run(struct root *root, const struct strv *argv,
		void (*line)(void *userdata, const char *text), void *userdata)
{
	struct listener listener = {.line = line, .userdata = userdata};
	char program[PROGRAM_PATH_MAX], top[PATH_MAX];
	_cleanup_free_ char *path = NULL;
	int fds[2], r;
	pid_t pid;

	if (!root->live)
		return -EOPNOTSUPP;
	if (!program_find(root, argv->items[0], program))
		return -ENOENT;
	/* Tests take a tree for the running host, and its programs for that host's. */
	r = fd_path(root->fd, top);
	if (r < 0)
		return r;
	path = xasprintf("%s%s", strcmp(top, "/") == 0 ? "" : top, program);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	r = spawn(top, path, argv, fds[1], &pid);
	close(fds[1]);
	if (r == 0) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		r = listen_until_end(&listener, fds[0], pid);
	}
	close(fds[0]);
	buf_done(&listener.rest);
	return r;
}
