/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fork kill mmap */
#include "host/supervisor.h"
#include "host/watched.h"
#include "support.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* How long a read may last. A busy machine only takes what answers for silent, where that does not matter. */
#define LOOK_MS 20
#define LOOKS 5

/* What the runs share with the test. */
static struct shared {
	int runs;
	int silent; /* how many paths the last run knew to be silent */
	pid_t pids[8];
	char said[4096];
} * shared;

static bool no_processes, no_memory, unkillable;

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	errno = EAGAIN;
	return no_processes ? -1 : __real_fork();
}

/* As of a process that hangs in state D: the signal changes nothing. */
int __real_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal)
{
	return unkillable && signal == SIGKILL ? 0 : __real_kill(pid, signal);
}

void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	return no_memory ? MAP_FAILED : __real_mmap(address, length, protection, flags, fd, offset);
}

/* Asks for a path, which does not answer. */
static int ask(const char *path)
{
	return watched(AT_FDCWD, path, pause()) < 0 ? -errno : 0;
}

static void begin(void)
{
	shared->pids[shared->runs++] = getpid();
	shared->silent = 0;
	while (watched_silent((size_t)shared->silent))
		shared->silent++;
}

static int asks_nothing(void *userdata _unused_)
{
	begin();
	return 5;
}

static int asks_for_one(void *userdata _unused_)
{
	begin();
	return ask("/mnt/dead") == -ETIME ? 3 : 99;
}

static int asks_for_many(void *userdata _unused_)
{
	char path[32];

	begin();
	for (int i = 0; !watched_is_over(); i++) {
		snprintf(path, sizeof(path), "/path-%d", i);
		if (ask(path) != -ETIME)
			return 99;
	}
	return 1;
}

static _Noreturn int never_learns(void *userdata _unused_)
{
	begin();
	for (;;)
		pause();
}

/* Asks again and again, and hangs each time. */
static int ignores_the_end(void *userdata _unused_)
{
	char path[32];

	begin();
	snprintf(path, sizeof(path), "/path-%d", shared->runs);
	return ask(path) == -ETIME ? 98 : 99;
}

/* Each read takes a time, and all of them longer than one may. */
static int is_slow(void *userdata _unused_)
{
	begin();
	for (int i = 0; i < 3 * LOOKS; i++)
		watched(AT_FDCWD, "/slow", usleep(LOOK_MS * 1000));
	return 0;
}

/* Works without reading for longer than a read may last. */
static int works(void *userdata _unused_)
{
	begin();
	usleep(3 * LOOKS * LOOK_MS * 1000);
	return 0;
}

static int crashes(void *userdata _unused_)
{
	begin();
	signal(SIGSEGV, SIG_DFL);
	return raise(SIGSEGV);
}

/* Supervises it in a process of its own; how that ended, as waitpid() says. */
static int supervised(int (*run)(void *userdata))
{
	struct capture err;
	int status;
	pid_t pid;

	shared->runs = 0;
	capture_begin(&err, STDERR_FILENO);
	pid = __real_fork();
	if (pid == 0) {
		alarm(60);
		_exit(supervise(&(struct supervised){.run = run,
						     .look_ms = LOOK_MS,
						     .first_looks = LOOKS,
						     .later_looks = LOOKS}));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(shared->said, sizeof(shared->said), "%s", capture_end(&err));
	return status;
}

#define SILENT(path)                                                                              \
	"vfio-prepare: " path ": no answer in 1 second; what it says counts as unknown, and the " \
	"run begins again without it\n"

TEST(ends)
{
	static const struct {
		const char *what;
		int (*run)(void *userdata);
		int status, runs;
		const char *said;
	} rows[] = {
		{"nothing hangs", asks_nothing, W_EXITCODE(5, 0), 1, ""},
		{"one path", asks_for_one, W_EXITCODE(3, 0), 2, SILENT("/mnt/dead")},
		{"too many", asks_for_many, W_EXITCODE(1, 0), 6,
		 SILENT("/path-0") SILENT("/path-1") SILENT("/path-2") SILENT(
			 "/path-3") "vfio-prepare: /path-4: no answer in 1 second; too much of this host does not answer, "
				    "and the run ends\n"},
		{"the last one hangs, too", ignores_the_end, W_EXITCODE(1, 0), 6,
		 SILENT("/path-1") SILENT("/path-2") SILENT("/path-3") SILENT(
			 "/path-4") "vfio-prepare: /path-5: no answer in 1 second; too much of this host does not answer, "
				    "and the run ends\n"
				    "vfio-prepare: /path-6: no answer in 1 second; too much of this host does not answer, "
				    "and the run ends\n"},
		{"slow", is_slow, 0, 1, ""},
		{"no read", works, 0, 1, ""},
		{"a crash", crashes, SIGSEGV, 1, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int status = supervised(rows[i].run);

		check_int(rows[i].what, status & ~0x80, rows[i].status);
		check_int(rows[i].what, shared->runs, rows[i].runs);
		check_text(rows[i].what, shared->said, rows[i].said);
	}
}

/* One that no signal ends is left, and the next begins beside it. */
TEST(a_process_that_cannot_be_killed_is_left)
{
	int status;

	unkillable = true;
	status = supervised(asks_for_one);
	unkillable = false;
	assert_int_equal(status, W_EXITCODE(3, 0));
	assert_int_equal(shared->runs, 2);
	assert_string_equal(shared->said, SILENT("/mnt/dead"));
}

TEST(where_nothing_can_be_watched_the_run_is_done_all_the_same)
{
	no_processes = true;
	assert_int_equal(supervised(asks_nothing), W_EXITCODE(5, 0));
	no_processes = false;
	no_memory = true;
	assert_int_equal(supervised(asks_nothing), W_EXITCODE(5, 0));
	no_memory = false;
	assert_int_equal(shared->runs, 1);
}

/* Starts a run that goes on for ever; waits until it has begun. */
static pid_t start_endless(void)
{
	pid_t pid;

	shared->runs = 0;
	pid = __real_fork();
	if (pid == 0)
		_exit(supervise(&(struct supervised){.run = never_learns,
						     .look_ms = LOOK_MS,
						     .first_looks = LOOKS,
						     .later_looks = LOOKS}));
	while (!*(volatile int *)&shared->runs)
		usleep(1000);
	return pid;
}

TEST(signals_reach_the_run)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		pid_t pid = start_endless();
		int status;

		__real_kill(pid, signals[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_int_equal(__real_kill(shared->pids[0], 0), -1);
	}
}

/* As kill -9 of one process does. */
TEST(without_its_supervisor_a_run_ends)
{
	pid_t pid = start_endless();
	int tries = 0;

	__real_kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (__real_kill(shared->pids[0], 0) == 0 && tries++ < 5000)
		usleep(1000);
	assert_true(tries < 5000);
}

static int make_shared(void **state _unused_)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	return shared == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(a_process_that_cannot_be_killed_is_left),
		cmocka_unit_test(where_nothing_can_be_watched_the_run_is_done_all_the_same),
		cmocka_unit_test(signals_reach_the_run),
		cmocka_unit_test(without_its_supervisor_a_run_ends),
	};

	return cmocka_run_group_tests(tests, make_shared, NULL);
}
