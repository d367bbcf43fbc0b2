/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "host/watched.h"

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

/* Where a child is, in memory that it shares with the parent. */
struct progress {
	_Atomic size_t piece;       /* the one that it is at; job->n: at the end */
	_Atomic int64_t started_ms; /* since when */
};

struct lane {
	size_t next; /* the first of its pieces whose end was not told; job->n: none */
	pid_t pid;
	int alive;             /* reads the end of file once the child is gone; -1: there is none */
	enum bounded_end rest; /* of pieces that no child comes to */
	struct progress *progress;
};

/* The end of a piece, and how long it took. */
struct past {
	uint32_t elapsed_ms;
	enum bounded_end end;
};

struct watched_job {
	const struct bounded_job *job;
	pid_t parent;
	int64_t deadline; /* after which no piece is begun */
	int error;        /* why a child could not be made */
	struct lane *lanes;
	size_t n_lanes;
	struct past *pasts; /* of the pieces, shared */
};

/* The first piece of a lane from piece on; job->n: none. */
static size_t next_of_lane(const struct bounded_job *job, size_t lane, size_t piece)
{
	while (piece < job->n && job->lane && job->lane(job->userdata, piece) != lane)
		piece++;
	return piece;
}

static volatile sig_atomic_t orphaned;

static void on_orphaned(int signal _unused_)
{
	orphaned = true;
}

/* Has the kernel say once that the parent is gone (prctl(2) PR_SET_PDEATHSIG), so that no piece has to ask. */
static void heed_parent(pid_t parent)
{
	const struct sigaction action = {.sa_handler = on_orphaned, .sa_flags = SA_RESTART};
	sigset_t set;

	orphaned = false;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	if (getppid() != parent)
		orphaned = true;
}

/* Runs the pieces from first on, in the child; makes no system calls beside theirs but for the clock. */
static void child(const struct watched_job *watched, size_t lane, size_t first)
{
	const struct bounded_job *job = watched->job;
	struct progress *progress = watched->lanes[lane].progress;

	watched_by(NULL);
	heed_parent(watched->parent);
	for (size_t piece = first; piece < job->n;) {
		struct past *past = &watched->pasts[piece];
		int64_t started_ms = progress->started_ms, ended_ms;

		/* Without a parent nobody would see that a piece takes too long, or remember what it did. */
		if (orphaned)
			break;
		past->end = BOUNDED_SKIPPED;
		if (started_ms >= watched->deadline) {
			past->end = BOUNDED_LATE;
		} else if (!job->wanted || job->wanted(job->userdata, piece)) {
			job->run(job->userdata, piece);
			past->end = BOUNDED_DONE;
		}
		ended_ms = now_ms();
		past->elapsed_ms = (uint32_t)(ended_ms - started_ms);
		piece = next_of_lane(job, lane, piece + 1);
		progress->started_ms = ended_ms;
		progress->piece = piece;
	}
	_exit(0);
}

/* Closes the output: a reader waits for its end, which a child that is stuck would hold up. */
static void let_go_of_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
}

static int start(const struct watched_job *watched, size_t index)
{
	struct lane *lane = &watched->lanes[index];
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	lane->progress->piece = lane->next;
	lane->progress->started_ms = now_ms();
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	if (pid == 0) {
		/* The write end, held open, tells the parent that the child lives. */
		close(fds[0]);
		let_go_of_output();
		child(watched, index, lane->next);
	}
	close(fds[1]);
	lane->alive = fds[0];
	lane->pid = pid;
	return 0;
}

/* Lets a new child go on with what a lane has left, if there is time. */
static void go_on(struct watched_job *watched, size_t index)
{
	struct lane *lane = &watched->lanes[index];
	int r;

	if (lane->next == watched->job->n || now_ms() >= watched->deadline)
		return;
	r = start(watched, index);
	if (r < 0) {
		lane->rest = BOUNDED_UNSTARTED;
		watched->error = r;
	}
}

/* Tells the ends of the pieces that a lane's child has done, and of the one at which it died or was given up. */
static void finish(const struct watched_job *watched, size_t index, enum bounded_end end)
{
	const struct bounded_job *job = watched->job;
	struct lane *lane = &watched->lanes[index];

	if (end == BOUNDED_DIED) {
		waitpid(lane->pid, NULL, 0);
	} else {
		/* Stuck in the kernel it stays, whatever is sent; never wait for it. */
		kill(lane->pid, SIGKILL);
		waitpid(lane->pid, NULL, WNOHANG);
	}
	close(lane->alive);
	lane->alive = -1;
	for (size_t at = lane->progress->piece; lane->next < at;
	     lane->next = next_of_lane(job, index, lane->next + 1))
		job->ended(job->userdata, lane->next, watched->pasts[lane->next].end,
			   watched->pasts[lane->next].elapsed_ms);
	if (lane->next < job->n) {
		job->ended(job->userdata, lane->next, end,
			   (uint32_t)(now_ms() - lane->progress->started_ms));
		lane->next = next_of_lane(job, index, lane->next + 1);
	}
}

/* When the lane's child is to be given up. */
static int64_t lane_end(const struct watched_job *watched, const struct lane *lane)
{
	return lane->progress->started_ms + watched->job->piece_ms;
}

/* Waits until something happens to a lane, and sees to it. false: no lane has a child any more. */
static bool watch(struct watched_job *watched, struct pollfd *events)
{
	int64_t left = INT_MAX;
	bool any = false;
	int r;

	for (size_t i = 0; i < watched->n_lanes; i++) {
		const struct lane *lane = &watched->lanes[i];

		events[i] = (struct pollfd){.fd = lane->alive, .events = POLLIN};
		if (lane->alive < 0)
			continue;
		any = true;
		if (lane_end(watched, lane) - now_ms() < left)
			left = lane_end(watched, lane) - now_ms();
	}
	if (!any)
		return false;
	r = poll(events, watched->n_lanes, left > 0 ? (int)left : 0);
	for (size_t i = 0; i < watched->n_lanes; i++) {
		struct lane *lane = &watched->lanes[i];

		if (lane->alive < 0)
			continue;
		/* A piece that began while we looked has its own time. */
		if (r > 0 && events[i].revents)
			finish(watched, i, BOUNDED_DIED);
		else if (now_ms() >= lane_end(watched, lane))
			finish(watched, i, BOUNDED_TIMEOUT);
		else
			continue;
		go_on(watched, i);
	}
	return true;
}

int bounded_run(const struct bounded_job *job)
{
	struct watched_job watched = {
		.job = job,
		.parent = getpid(),
		.deadline = now_ms() + job->total_ms,
		.n_lanes = job->lane ? job->n_lanes : 1,
	};
	size_t bytes = watched.n_lanes * sizeof(struct progress) + job->n * sizeof(struct past);
	struct progress *shared = bounded_memory(bytes);
	struct pollfd *events;

	if (!shared) {
		for (size_t piece = 0; piece < job->n; piece++)
			job->ended(job->userdata, piece, BOUNDED_UNSTARTED, 0);
		return -ENOMEM;
	}
	events = xcalloc(watched.n_lanes, sizeof(*events));
	watched.lanes = xcalloc(watched.n_lanes, sizeof(*watched.lanes));
	watched.pasts = (struct past *)(shared + watched.n_lanes);
	for (size_t i = 0; i < watched.n_lanes; i++) {
		watched.lanes[i] = (struct lane){.next = next_of_lane(job, i, 0),
						 .alive = -1,
						 .rest = BOUNDED_LATE,
						 .progress = shared + i};
		go_on(&watched, i);
	}
	while (watch(&watched, events))
		;
	for (size_t i = 0; i < watched.n_lanes; i++)
		for (struct lane *lane = &watched.lanes[i]; lane->next < job->n;
		     lane->next = next_of_lane(job, i, lane->next + 1))
			job->ended(job->userdata, lane->next, lane->rest, 0);
	bounded_free(shared, bytes);
	free(watched.lanes);
	free(events);
	return watched.error;
}

struct single {
	void (*run)(void *userdata, size_t piece);
	void *userdata;
	enum bounded_end end;
};

static void run_single(void *userdata, size_t piece)
{
	const struct single *single = userdata;

	single->run(single->userdata, piece);
}

static void single_ended(void *userdata, size_t piece _unused_, enum bounded_end end,
			 uint32_t elapsed_ms _unused_)
{
	struct single *single = userdata;

	single->end = end;
}

enum bounded_end bounded_once(void (*run)(void *userdata, size_t piece), void *userdata, int ms)
{
	struct single single = {.run = run, .userdata = userdata, .end = BOUNDED_UNSTARTED};

	bounded_run(&(struct bounded_job){.n = 1,
					  .piece_ms = ms,
					  .total_ms = ms,
					  .userdata = &single,
					  .run = run_single,
					  .ended = single_ended});
	return single.end;
}
