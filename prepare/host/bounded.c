/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
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

/* Where the child is, in memory that it shares with the parent; the ends of the pieces follow. */
struct progress {
	_Atomic size_t piece;       /* the one that it is at */
	_Atomic int64_t started_ms; /* since when */
	unsigned char ends[];       /* enum bounded_end of those before it */
};

/* The child: pieces from first on. No system call but those of the pieces, so that it costs nothing. */
static void child(const struct bounded_job *job, size_t first, struct progress *progress)
{
	for (size_t piece = first; piece < job->n; piece++) {
		bool wanted = !job->wanted || job->wanted(job->userdata, piece);

		if (wanted)
			job->run(job->userdata, piece);
		progress->ends[piece] = wanted ? BOUNDED_DONE : BOUNDED_SKIPPED;
		progress->started_ms = now_ms();
		progress->piece = piece + 1;
	}
	_exit(0);
}

/*
 * Watches one child until it has ended, a piece or all of them are over their time. DONE: the child
 * came to the end of all pieces.
 */
static enum bounded_end watch(const struct bounded_job *job, int alive,
			      const struct progress *progress, int64_t deadline)
{
	for (;;) {
		/* A piece that begins while we look only makes us look once more. */
		int64_t end = progress->started_ms + job->piece_ms, left;
		struct pollfd event = {.fd = alive, .events = POLLIN};
		int r;

		if (end > deadline)
			end = deadline;
		left = end - now_ms();
		r = poll(&event, 1, left > 0 ? (int)left : 0);
		if (r > 0) /* its end of the pipe is closed */
			return progress->piece == job->n ? BOUNDED_DONE : BOUNDED_DIED;
		if (r == 0 && left <= 0)
			return BOUNDED_TIMEOUT;
	}
}

static int run_child(const struct bounded_job *job, size_t first, struct progress *progress,
		     int *ret_alive, pid_t *ret_pid)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	progress->piece = first;
	progress->started_ms = now_ms();
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	if (pid == 0) {
		close(fds[0]);
		child(job, first, progress);
	}
	close(fds[1]);
	*ret_alive = fds[0];
	*ret_pid = pid;
	return 0;
}

/* Tells the ends of the pieces from *told on that the child has behind it. */
static void tell(const struct bounded_job *job, const struct progress *progress, size_t *told)
{
	for (size_t piece = progress->piece; *told < piece; (*told)++)
		job->ended(job->userdata, *told, (enum bounded_end)progress->ends[*told]);
}

int bounded_run(const struct bounded_job *job)
{
	size_t bytes = sizeof(struct progress) + job->n, told = 0;
	struct progress *progress = bounded_memory(bytes);
	int64_t deadline = now_ms() + job->total_ms;
	int r = progress ? 0 : -ENOMEM;

	while (r == 0 && told < job->n && now_ms() < deadline) {
		enum bounded_end end;
		int alive = -1;
		pid_t pid = -1;

		r = run_child(job, told, progress, &alive, &pid);
		if (r < 0)
			break;
		end = watch(job, alive, progress, deadline);
		if (end == BOUNDED_DONE) {
			waitpid(pid, NULL, 0);
		} else {
			/* Stuck in the kernel it stays, whatever is sent; never wait for it. */
			kill(pid, SIGKILL);
			waitpid(pid, NULL, WNOHANG);
		}
		close(alive);
		tell(job, progress, &told);
		if (end != BOUNDED_DONE && told < job->n)
			job->ended(job->userdata, told++, end);
	}
	while (told < job->n)
		job->ended(job->userdata, told++, BOUNDED_SKIPPED);
	bounded_free(progress, bytes);
	return r;
}
