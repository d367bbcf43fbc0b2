/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: poll clock_gettime open root_init bounded_run supervise */
#include "scenarios/product.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

#include "fake/agree.h"
#include "fake/kernel.h"
#include "host/bounded.h"
#include "host/root.h"
#include "host/supervisor.h"
#include "host/watched.h"
#include "scenarios/reported.h"
#include "scenarios/state.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#define TICK_MS 5
#define HASTE 10
#define START_SECONDS 1000
#define LIMIT_SECONDS 30 /* for a run, which takes milliseconds */
#define LIMIT_SECONDS_ON_VALGRIND 120

int product_main(int argc, char **argv);

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_root_init(struct root *ret, const char *path);
int __wrap_root_init(struct root *ret, const char *path);

int __wrap_supervise(const struct supervised *supervised);

int __real_bounded_run(const struct bounded_job *job);
int __wrap_bounded_run(const struct bounded_job *job);

/* Set in the process that is the product, as long as it is. */
static const struct product_run *running;
static bool stays;

void product_stay(bool stay)
{
	stays = stay;
}

bool on_valgrind(void)
{
	return RUNNING_ON_VALGRIND;
}

/*
 * What goes side by side writes in any order. A scenario wants the same writes each time, so that all
 * go in one lane, unless it says "side-by-side".
 */
int __wrap_bounded_run(const struct bounded_job *job)
{
	struct bounded_job one_lane = *job;

	if (!running || !running->side_by_side)
		one_lane.lane = NULL;
	return __real_bounded_run(&one_lane);
}

/*
 * The product's clock stands still but for the deadlines that pass. One passes at once when the fake
 * kernel says that a write hangs, and hardly ever before: so a test waits for nothing, and a machine
 * that is slow changes no result.
 */
static int64_t passed_ms;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (!running || (clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME))
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){.tv_sec = START_SECONDS + passed_ms / 1000,
				 .tv_nsec = passed_ms % 1000 * 1000000};
	return 0;
}

/* How often a write has hung since it was asked last. */
static size_t known_hanging;

static bool something_hangs(void)
{
	_cleanup_free_ char *hanging = tree_text(running->tree, FAKE "/hanging");
	size_t before = known_hanging;

	known_hanging = strlen(hanging);
	return known_hanging > before;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int patience = running && running->hasty ? timeout / HASTE : timeout;

	for (int waited = 0; running && waited < patience; waited += TICK_MS) {
		int r = __real_poll(fds, n, TICK_MS);

		if (r != 0)
			return r;
		if (something_hangs())
			break;
	}
	if (running && timeout > 0)
		passed_ms += timeout;
	return __real_poll(fds, n, running ? 0 : timeout);
}

/* The kernel log keeps each record, whichever open file it came through; the tree's is a plain file. */
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	if (running && strncmp(path, "/proc/self/fd/", 14) == 0 && (flags & O_ACCMODE) == O_WRONLY)
		flags |= O_APPEND;
	return __real_open(path, flags, mode);
}

/* This process is the run; where a path is silent, it is one that was begun again. */
int __wrap_supervise(const struct supervised *supervised)
{
	static struct watch watch;
	int status;

	watch = (struct watch){.n_silent = running->silent != NULL};
	if (running->silent)
		snprintf(watch.silent[0], sizeof(watch.silent[0]), "%s%s", running->tree,
			 running->silent);
	watched_by(&watch);
	status = supervised->run(supervised->userdata);
	watched_by(NULL);
	return status;
}

int __wrap_root_init(struct root *ret, const char *path)
{
	int r = __real_root_init(ret, path);

	if (r == 0 && running) {
		ret->live = ret->live || running->live;
		ret->no_openat2 = running->no_openat2;
	}
	return r;
}

static _Noreturn void failed(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static int run_agree(const char *tree, const char *list)
{
	struct root root;

	if (root_init(&root, tree) < 0)
		return 1;
	agree(&root, list);
	root_done(&root);
	return 0;
}

static int pipe_without_reader(void)
{
	int fds[2];

	if (pipe(fds) < 0)
		failed("pipe");
	close(fds[0]);
	return fds[1];
}

static int be_product(const struct product_run *run, int out, int err, int report, int findings)
{
	wordexp_t words = {.we_offs = 3};
	int null = open("/dev/null", O_RDONLY);

	setenv("TREE", run->tree, 1);
	if (wordexp(run->arguments, &words, WRDE_NOCMD | WRDE_DOOFFS | WRDE_UNDEF) != 0) {
		fprintf(stderr, "%s: no command line\n", run->arguments);
		_exit(1);
	}
	words.we_wordv[0] = (char[]){"vfio-prepare"};
	words.we_wordv[1] = (char[]){"--root"};
	words.we_wordv[2] = (char *)run->tree;
	if (run->unread)
		out = pipe_without_reader();
	if (dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(1);
	if (run->kill_at && (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0))
		failed("ptrace");
	alarm(RUNNING_ON_VALGRIND ? LIMIT_SECONDS_ON_VALGRIND : LIMIT_SECONDS);
	running = run;
	reported_begin(run->spelled, run->files, report, findings);
	int status = run->agree ? run_agree(run->tree, run->arguments)
				: product_main((int)words.we_wordc + 3, words.we_wordv);
	memset(words.we_wordv, 0, 3 * sizeof(*words.we_wordv));
	wordfree(&words);
	close(null);
	return status;
}

/* What a run leaves in its process is taken back. */
static int stay_and_be_product(const struct product_run *run, int out, int err, int report,
			       int findings)
{
	int standard[3], status;

	for (int fd = 0; fd < 3; fd++)
		standard[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	status = be_product(run, out, err, report, findings);
	fflush(NULL);
	optind = 0;
	alarm(0);
	running = NULL;
	passed_ms = 0;
	known_hanging = 0;
	for (int fd = 0; fd < 3; fd++) {
		if (dup2(standard[fd], fd) < 0)
			failed("dup2");
		close(standard[fd]);
	}
	return status;
}

static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		failed("memfd_create");
	return fd;
}

static void collect(int fd, struct buf *ret)
{
	char bytes[4096];
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof(bytes), offset)) > 0) {
		buf_add_n(ret, bytes, (size_t)n);
		offset += n;
	}
	close(fd);
}

/* To be killed at one of these is the same as to be killed at the next that changes something. */
static bool changes_nothing(const struct __ptrace_syscall_info *call)
{
	static const unsigned long calls[] = {
		SYS_read,       SYS_pread64,   SYS_readlinkat,   SYS_getdents64,     SYS_lseek,
		SYS_newfstatat, SYS_fstat,     SYS_statx,        SYS_openat2,        SYS_close,
		SYS_fcntl,      SYS_brk,       SYS_mmap,         SYS_munmap,         SYS_mremap,
		SYS_mprotect,   SYS_madvise,   SYS_futex,        SYS_poll,           SYS_ppoll,
		SYS_getpid,     SYS_prlimit64, SYS_rt_sigaction, SYS_rt_sigprocmask,
	};

	if (call->entry.nr == SYS_openat)
		return !(call->entry.args[2] & (O_CREAT | O_TRUNC));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i] == call->entry.nr)
			return true;
	return false;
}

/* Keeps others out: from here on calls count. */
static bool takes_lock(const struct __ptrace_syscall_info *call)
{
	return call->entry.nr == SYS_fcntl && call->entry.args[1] == F_SETLK;
}

/*
 * Lets it go from system call to system call, and kills it as it is about to make the one that is meant. The programs that it had started go
 * on to their end.
 */
static int wait_and_kill(pid_t pid, struct product_run *run)
{
	unsigned n = 0;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (waitpid(pid, &status, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		failed("ptrace");
	while (WIFSTOPPED(status)) {
		struct __ptrace_syscall_info call = {};
		int signal = WSTOPSIG(status);

		if (signal == (SIGTRAP | 0x80)) {
			signal = 0;
			if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(call), &call) < 0)
				failed("PTRACE_GET_SYSCALL_INFO");
			if (call.op == PTRACE_SYSCALL_INFO_ENTRY &&
			    (takes_lock(&call) || (n && !changes_nothing(&call))) &&
			    ++n == run->kill_at) {
				kill(pid, SIGKILL);
				run->killed = true;
			}
		} else if (signal == SIGSTOP) {
			signal = 0;
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal) < 0 && errno != ESRCH)
			failed("ptrace");
		if (waitpid(pid, &status, 0) < 0)
			failed("waitpid");
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	return status;
}

void product_run(struct product_run *run)
{
	int out = memory_file("stdout"), err = memory_file("stderr"),
	    report = memory_file("report"), findings = memory_file("findings"), status;
	pid_t pid;

	fflush(NULL);
	if (stays && !run->kill_at) {
		run->status = stay_and_be_product(run, out, err, report, findings);
	} else {
		pid = fork();
		if (pid < 0)
			failed("fork");
		if (pid == 0)
			exit(be_product(run, out, err, report, findings));
		if (run->kill_at)
			status = wait_and_kill(pid, run);
		else if (waitpid(pid, &status, 0) < 0)
			failed("waitpid");
		run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	collect(out, &run->out);
	collect(err, &run->err);
	collect(report, &run->report);
	collect(findings, &run->findings);
}

void product_run_done(struct product_run *run)
{
	buf_done(&run->out);
	buf_done(&run->err);
	buf_done(&run->report);
	buf_done(&run->findings);
}
