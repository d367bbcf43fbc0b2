/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/bounded.h"
#include "host/watched.h"

/* A child that was killed and is not gone by then hangs where no signal helps. */
#define KILL_MS 1000

struct supervision {
	const struct supervised *supervised;
	struct watch *watch;
	sigset_t signals, before; /* that this process takes one by one; the mask as it was */
	pid_t child;
	int status; /* as waitpid() gives it */
};

/* Starts the child; false: there can be none. */
static bool start(struct supervision *supervision)
{
	pid_t parent = getpid();

	supervision->watch->turn = 0;
	supervision->child = fork();
	if (supervision->child != 0)
		return supervision->child > 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	sigprocmask(SIG_SETMASK, &supervision->before, NULL);
	watched_by(supervision->watch);
	exit(supervision->supervised->run(supervision->supervised->userdata));
}

/* Waits that long for the end of the child; other signals than of its end go on to it. */
static bool has_ended(struct supervision *supervision, int ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
	int signal = sigtimedwait(&supervision->signals, NULL, &time);

	if (signal > 0 && signal != SIGCHLD)
		kill(supervision->child, signal);
	return signal == SIGCHLD &&
	       waitpid(supervision->child, &supervision->status, WNOHANG) == supervision->child;
}

/* How many looks one read may last now. */
static unsigned limit(const struct supervision *supervision)
{
	const struct supervised *supervised = supervision->supervised;

	return supervision->watch->n_silent ? supervised->later_looks : supervised->first_looks;
}

/* Watches the child until it ends, or until one of its reads takes too long: false. */
static bool watch_child(struct supervision *supervision)
{
	const struct watch *watch = supervision->watch;
	unsigned last = 0, looks = 0;

	while (looks < limit(supervision)) {
		unsigned turn;

		if (has_ended(supervision, supervision->supervised->look_ms))
			return true;
		turn = watch->turn;
		looks = turn % 2 && turn == last ? looks + 1 : 0;
		last = turn;
	}
	return false;
}

/* Remembers what the child waits for, and ends or leaves it. */
static void give_up(struct supervision *supervision)
{
	struct watch *watch = supervision->watch;
	unsigned seconds = (limit(supervision) * (unsigned)supervision->supervised->look_ms + 999) /
			   1000;
	char path[PATH_MAX];

	watched_path(supervision->child, watch->dir, watch->name, path);
	watch->over = watch->n_silent == WATCHED_MAX_SILENT;
	if (!watch->over)
		memcpy(watch->silent[watch->n_silent++], path, sizeof(path));
	log_error("%s: no answer in %u second%s; %s", path, seconds, PLURAL(seconds),
		  watch->over
			  ? "too much of this host does not answer, and the run ends"
			  : "what it says counts as unknown, and the run begins again without it");
	kill(supervision->child, SIGKILL);
	for (int64_t end_ms = now_ms() + KILL_MS, left;
	     (left = end_ms - now_ms()) > 0 && !has_ended(supervision, (int)left);)
		;
}

/* Ends as the child did. */
static int end(const struct supervision *supervision)
{
	int status = supervision->status;

	if (WIFSIGNALED(status)) {
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, WTERMSIG(status));
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		raise(WTERMSIG(status));
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int supervise(const struct supervised *supervised)
{
	static const int forwarded[] = {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct supervision supervision = {.supervised = supervised,
					  .watch = bounded_memory(sizeof(struct watch))};
	bool over;

	if (!supervision.watch)
		return supervised->run(supervised->userdata);
	sigemptyset(&supervision.signals);
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		sigaddset(&supervision.signals, forwarded[i]);
	sigprocmask(SIG_BLOCK, &supervision.signals, &supervision.before);
	do {
		over = supervision.watch->over;
		if (!start(&supervision)) {
			/* Nobody watches, as no process can be made. */
			sigprocmask(SIG_SETMASK, &supervision.before, NULL);
			watched_by(supervision.watch);
			return supervised->run(supervised->userdata);
		}
		if (watch_child(&supervision))
			return end(&supervision);
		give_up(&supervision);
	} while (!over);
	return EXIT_FAILURE;
}
