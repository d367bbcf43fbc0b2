/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void *bounded_memory(size_t bytes)
{
	void *memory = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void bounded_free(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes ? bytes : 1);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The child: pieces from first on, a byte for each: whether it was done or not wanted. */
static void child(const struct bounded_job *job, size_t first, int report)
{
	for (size_t piece = first; piece < job->n; piece++) {
		bool wanted = !job->wanted || job->wanted(job->userdata, piece);
		char end = wanted ? BOUNDED_DONE : BOUNDED_SKIPPED;

		if (wanted)
			job->run(job->userdata, piece);
		if (write(report, &end, 1) != 1)
			break;
	}
	_exit(0);
}

/*
 * Watches one child from *piece on, and advances *piece over what it reported. Ends with the end of
 * the piece at which the child stopped; BOUNDED_DONE: it came to the end of all.
 */
static enum bounded_end watch(const struct bounded_job *job, int report, size_t *piece,
			      int64_t deadline)
{
	while (*piece < job->n) {
		int64_t piece_deadline = now_ms() + job->piece_ms, end, left;
		struct pollfd event = {.fd = report, .events = POLLIN};
		char ends[64];
		ssize_t n;
		int r;

		end = piece_deadline < deadline ? piece_deadline : deadline;
		do {
			left = end - now_ms();
			r = poll(&event, 1, left > 0 ? (int)left : 0);
		} while (r < 0 && errno == EINTR);
		if (r <= 0)
			return BOUNDED_TIMEOUT;
		n = read(report, ends, sizeof(ends));
		if (n <= 0)
			return BOUNDED_DIED;
		for (ssize_t i = 0; i < n && *piece < job->n; i++)
			job->ended(job->userdata, (*piece)++, (enum bounded_end)ends[i]);
	}
	return BOUNDED_DONE;
}

static int run_child(const struct bounded_job *job, size_t first, int *ret_report, pid_t *ret_pid)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	if (pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		close(fds[0]);
		child(job, first, fds[1]);
	}
	close(fds[1]);
	*ret_report = fds[0];
	*ret_pid = pid;
	return 0;
}

/* Gives a stuck child up. What it finished while we made up our mind still counts. */
static void give_up(const struct bounded_job *job, pid_t pid, int report, size_t *piece,
		    enum bounded_end end)
{
	size_t stuck = *piece;
	char ends[64];
	ssize_t n;

	/* Stuck in the kernel it stays, whatever is sent; never wait for it. */
	kill(pid, SIGKILL);
	fcntl(report, F_SETFL, O_NONBLOCK);
	while ((n = read(report, ends, sizeof(ends))) > 0)
		for (ssize_t i = 0; i < n && *piece < job->n; i++)
			job->ended(job->userdata, (*piece)++, (enum bounded_end)ends[i]);
	waitpid(pid, NULL, WNOHANG);
	if (*piece == stuck)
		job->ended(job->userdata, (*piece)++, end);
}

int bounded_run(const struct bounded_job *job)
{
	int64_t deadline = now_ms() + job->total_ms;
	size_t piece = 0;
	int r = 0;

	while (piece < job->n && now_ms() < deadline) {
		enum bounded_end end;
		int report = -1;
		pid_t pid = -1;

		r = run_child(job, piece, &report, &pid);
		if (r < 0)
			break;
		end = watch(job, report, &piece, deadline);
		if (end == BOUNDED_DONE)
			waitpid(pid, NULL, 0);
		else
			give_up(job, pid, report, &piece, end);
		close(report);
	}
	while (piece < job->n)
		job->ended(job->userdata, piece++, BOUNDED_SKIPPED);
	return r;
}
