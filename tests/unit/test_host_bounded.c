/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fork pipe2 mmap */
#include "host/bounded.h"
#include "support.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

/* Long enough for a piece that does not hang, on a busy machine and under valgrind. */
#define PIECE_MS 1500
#define MAX_PIECES 1000

enum behaviour { FINISH, HANG, SLOW, LEAVE, CRASH, ORPHAN, UNWANTED, WANTED_AFTER_TIMEOUT };

/* In shared memory: written by the children, read by the test. */
struct shared {
	int runs[MAX_PIECES];
	dev_t outputs[3]; /* the devices that the child's first descriptors are */
};

static struct {
	struct shared *shared;
	const enum behaviour *behaviours; /* NULL: all finish */
	enum bounded_end ends[MAX_PIECES];
	uint32_t elapsed_ms[MAX_PIECES];
	size_t n_ended;
	int64_t over_ms; /* the end of the time for all pieces */
} work;

static const char *failing_call;
static int n_forks_left = -1; /* -1: any number */

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (n_forks_left == 0 || (failing_call && strcmp(failing_call, "fork") == 0)) {
		errno = EAGAIN;
		return -1;
	}
	n_forks_left -= n_forks_left > 0;
	return __real_fork();
}

int __real_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags)
{
	if (failing_call && strcmp(failing_call, "pipe2") == 0) {
		errno = EMFILE;
		return -1;
	}
	return __real_pipe2(fds, flags);
}

void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *place, size_t length, int protection, int flags, int fd, off_t offset)
{
	if (failing_call && strcmp(failing_call, "mmap") == 0)
		return MAP_FAILED;
	return __real_mmap(place, length, protection, flags, fd, offset);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum behaviour behaviour(size_t piece)
{
	return work.behaviours ? work.behaviours[piece] : FINISH;
}

/* These two run in the child: no assertions there. */
static void run(void *userdata, size_t piece)
{
	struct shared *shared = userdata;

	shared->runs[piece]++;
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;

		shared->outputs[fd] = fstat(fd, &st) == 0 ? st.st_rdev : 0;
	}
	if (behaviour(piece) == LEAVE)
		_exit(3);
	if (behaviour(piece) == CRASH)
		kill(getpid(), SIGKILL);
	if (behaviour(piece) == ORPHAN) {
		pid_t parent = getppid();

		kill(parent, SIGKILL);
		while (getppid() == parent)
			usleep(1000);
	}
	while (behaviour(piece) == SLOW && now_ms() <= work.over_ms)
		usleep(1000);
	while (behaviour(piece) == HANG)
		pause();
}

static bool wanted(void *userdata _unused_, size_t piece)
{
	if (behaviour(piece) == WANTED_AFTER_TIMEOUT)
		return work.n_ended > 0 && work.ends[0] == BOUNDED_TIMEOUT;
	return behaviour(piece) != UNWANTED;
}

static void ended(void *userdata, size_t piece, enum bounded_end end, uint32_t elapsed_ms)
{
	assert_ptr_equal(userdata, work.shared);
	/* In order, each once. */
	assert_int_equal(piece, work.n_ended);
	work.elapsed_ms[work.n_ended] = elapsed_ms;
	work.ends[work.n_ended++] = end;
}

static int start(void **state _unused_)
{
	memset(&work, 0, sizeof(work));
	failing_call = NULL;
	work.shared = bounded_memory(sizeof(*work.shared));
	return work.shared ? 0 : -1;
}

static int stop(void **state _unused_)
{
	bounded_free(work.shared, sizeof(*work.shared));
	/* Children that were given up were killed, and nobody has waited for them. */
	failing_call = NULL;
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static int run_job(size_t n, const enum behaviour *behaviours, int total_ms)
{
	struct bounded_job job = {
		.n = n,
		.piece_ms = PIECE_MS,
		.total_ms = total_ms,
		.userdata = work.shared,
		.run = run,
		.wanted = wanted,
		.ended = ended,
	};
	int r;

	work.behaviours = behaviours;
	work.over_ms = now_ms() + total_ms;
	r = bounded_run(&job);
	assert_int_equal(work.n_ended, n);
	return r;
}

static void expect(size_t n, const enum bounded_end *ends, const int *runs)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *what = xasprintf("piece %zu", i);

		check_int(what, work.ends[i], ends[i]);
		check_int(what, work.shared->runs[i], runs[i]);
	}
}

TEST(no_pieces)
{
	assert_int_equal(run_job(0, NULL, 60000), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

TEST(many_pieces_are_done_by_one_child_that_is_waited_for)
{
	assert_int_equal(run_job(MAX_PIECES, NULL, 60000), 0);
	for (size_t i = 0; i < MAX_PIECES; i++) {
		assert_int_equal(work.ends[i], BOUNDED_DONE);
		assert_int_equal(work.shared->runs[i], 1);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

TEST(pieces_that_are_not_wanted_are_not_begun)
{
	static const enum behaviour behaviours[] = {UNWANTED, FINISH, UNWANTED, UNWANTED, FINISH};

	assert_int_equal(run_job(5, behaviours, 60000), 0);
	expect(5,
	       (const enum bounded_end[]){BOUNDED_SKIPPED, BOUNDED_DONE, BOUNDED_SKIPPED,
					  BOUNDED_SKIPPED, BOUNDED_DONE},
	       (const int[]){0, 1, 0, 0, 1});
}

/* Else whoever reads what we print would wait for a child that is stuck, when we have ended. */
TEST(a_child_has_nothing_of_our_output)
{
	assert_int_equal(run_job(1, NULL, 60000), 0);
	for (int fd = 0; fd < 3; fd++)
		assert_int_equal(work.shared->outputs[fd], makedev(1, 3));
}

TEST(every_piece_is_wanted_where_nobody_is_asked)
{
	struct bounded_job job = {.n = 2,
				  .piece_ms = PIECE_MS,
				  .total_ms = 60000,
				  .userdata = work.shared,
				  .run = run,
				  .ended = ended};

	assert_int_equal(bounded_run(&job), 0);
	expect(2, (const enum bounded_end[]){BOUNDED_DONE, BOUNDED_DONE}, (const int[]){1, 1});
}

TEST(a_hanging_piece_times_out_and_a_new_child_goes_on)
{
	static const enum behaviour behaviours[] = {HANG, FINISH, WANTED_AFTER_TIMEOUT, FINISH};
	int64_t start_ms = now_ms();

	assert_int_equal(run_job(4, behaviours, 60000), 0);
	assert_true(now_ms() - start_ms >= PIECE_MS - 1);
	assert_true(now_ms() - start_ms < 30000);
	expect(4,
	       (const enum bounded_end[]){BOUNDED_TIMEOUT, BOUNDED_DONE, BOUNDED_DONE,
					  BOUNDED_DONE},
	       (const int[]){1, 1, 1, 1});
	/* The stuck child was killed, so that it does no more. */
	int status;

	assert_true(waitpid(-1, &status, 0) < 0 || WTERMSIG(status) == SIGKILL);
}

TEST(what_the_last_piece_does_is_bounded_too)
{
	static const enum behaviour behaviours[] = {FINISH, HANG};

	assert_int_equal(run_job(2, behaviours, 60000), 0);
	expect(2, (const enum bounded_end[]){BOUNDED_DONE, BOUNDED_TIMEOUT}, (const int[]){1, 1});
	assert_true(work.elapsed_ms[0] < PIECE_MS && work.elapsed_ms[1] >= PIECE_MS - 1);
}

TEST(a_child_that_dies_costs_one_piece)
{
	static const enum behaviour behaviours[] = {FINISH, LEAVE, FINISH, CRASH, FINISH, LEAVE};

	assert_int_equal(run_job(6, behaviours, 60000), 0);
	expect(6,
	       (const enum bounded_end[]){BOUNDED_DONE, BOUNDED_DIED, BOUNDED_DONE, BOUNDED_DIED,
					  BOUNDED_DONE, BOUNDED_DIED},
	       (const int[]){1, 1, 1, 1, 1, 1});
}

TEST(the_time_for_all_ends_it)
{
	static const enum behaviour behaviours[] = {HANG, HANG, HANG, FINISH};

	assert_int_equal(run_job(4, behaviours, PIECE_MS + PIECE_MS / 2), 0);
	assert_int_equal(work.ends[0], BOUNDED_TIMEOUT);
	/* On a busy machine the time may be over before it is begun. */
	assert_true(work.ends[1] == BOUNDED_TIMEOUT || work.ends[1] == BOUNDED_LATE);
	assert_int_equal(work.ends[2], BOUNDED_LATE);
	assert_int_equal(work.ends[3], BOUNDED_LATE);
	assert_int_equal(work.shared->runs[2] + work.shared->runs[3], 0);
}

/* A device is not left between two drivers. */
TEST(a_piece_that_was_begun_keeps_its_time)
{
	static const enum behaviour behaviours[] = {SLOW, FINISH, UNWANTED};
	struct bounded_job job = {.n = 3,
				  .piece_ms = 600000,
				  .total_ms = PIECE_MS,
				  .userdata = work.shared,
				  .run = run,
				  .wanted = wanted,
				  .ended = ended};

	work.behaviours = behaviours;
	work.over_ms = now_ms() + job.total_ms;
	assert_int_equal(bounded_run(&job), 0);
	expect(3, (const enum bounded_end[]){BOUNDED_DONE, BOUNDED_LATE, BOUNDED_LATE},
	       (const int[]){1, 0, 0});
}

TEST(one_that_hangs_is_given_up_after_the_time_for_all)
{
	static const enum behaviour behaviours[] = {HANG, FINISH};

	assert_int_equal(run_job(2, behaviours, 100), 0);
	assert_int_equal(work.ends[1], BOUNDED_LATE);
	/* On a busy machine the time may be over before it is begun. */
	if (work.ends[0] != BOUNDED_LATE) {
		assert_int_equal(work.ends[0], BOUNDED_TIMEOUT);
		assert_true(work.elapsed_ms[0] >= PIECE_MS - 1);
	}
}

/* Whoever would see that a piece takes too long is gone, and nobody would know what it did. */
TEST(without_a_parent_no_piece_is_begun)
{
	static const enum behaviour behaviours[] = {ORPHAN, FINISH};
	pid_t pid;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid = fork();
	if (pid == 0) {
		run_job(2, behaviours, 60000);
		_exit(0);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	assert_int_equal(work.shared->runs[0], 1);
	assert_int_equal(work.shared->runs[1], 0);
}

TEST(without_time_nothing_is_begun)
{
	assert_int_equal(run_job(3, NULL, 0), 0);
	expect(3, (const enum bounded_end[]){BOUNDED_LATE, BOUNDED_LATE, BOUNDED_LATE},
	       (const int[]){0, 0, 0});
}

TEST(where_no_child_can_be_made_nothing_is_begun)
{
	static const struct {
		const char *call;
		int r;
	} rows[] = {{"fork", -EAGAIN}, {"pipe2", -EMFILE}, {"mmap", -ENOMEM}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int before = dup(0), after;

		close(before);
		work.n_ended = 0;
		failing_call = rows[i].call;
		check_int(rows[i].call, run_job(2, NULL, 60000), rows[i].r);
		expect(2, (const enum bounded_end[]){BOUNDED_UNSTARTED, BOUNDED_UNSTARTED},
		       (const int[]){0, 0});
		after = dup(0);
		close(after);
		check_int("descriptors", after, before);
	}
}

/* The child of the first piece is there; there is none after it was given up. */
TEST(where_no_further_child_can_be_made)
{
	static const enum behaviour behaviours[] = {LEAVE, FINISH, UNWANTED};

	n_forks_left = 1;
	check_int("error", run_job(3, behaviours, 60000), -EAGAIN);
	n_forks_left = -1;
	expect(3, (const enum bounded_end[]){BOUNDED_DIED, BOUNDED_UNSTARTED, BOUNDED_UNSTARTED},
	       (const int[]){1, 0, 0});
}

TEST(shared_memory)
{
	char *memory = bounded_memory(0);

	assert_non_null(memory);
	bounded_free(memory, 0);
	memory = bounded_memory(100000);
	assert_int_equal(memory[0] | memory[99999], 0);
	bounded_free(memory, 100000);
	bounded_free(NULL, 5);
	failing_call = "mmap";
	memory = bounded_memory(1);
	failing_call = NULL;
	assert_null(memory);
}

int main(void)
{
#define BOUNDED_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		BOUNDED_TEST(no_pieces),
		BOUNDED_TEST(many_pieces_are_done_by_one_child_that_is_waited_for),
		BOUNDED_TEST(pieces_that_are_not_wanted_are_not_begun),
		BOUNDED_TEST(a_child_has_nothing_of_our_output),
		BOUNDED_TEST(every_piece_is_wanted_where_nobody_is_asked),
		BOUNDED_TEST(a_hanging_piece_times_out_and_a_new_child_goes_on),
		BOUNDED_TEST(what_the_last_piece_does_is_bounded_too),
		BOUNDED_TEST(a_child_that_dies_costs_one_piece),
		BOUNDED_TEST(the_time_for_all_ends_it),
		BOUNDED_TEST(a_piece_that_was_begun_keeps_its_time),
		BOUNDED_TEST(one_that_hangs_is_given_up_after_the_time_for_all),
		BOUNDED_TEST(without_a_parent_no_piece_is_begun),
		BOUNDED_TEST(without_time_nothing_is_begun),
		BOUNDED_TEST(where_no_child_can_be_made_nothing_is_begun),
		BOUNDED_TEST(where_no_further_child_can_be_made),
		BOUNDED_TEST(shared_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
