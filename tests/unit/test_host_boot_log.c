/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: open */
#include "host/boot_log.h"
#include "support.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static struct tree tree;

/* What /proc/PID/status says; NULL: what is so. */
static const char *signals_pending;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	int n;

	if (!signals_pending || !strstr(path, "/status"))
		return __real_open(path, flags);
	n = memfd_create("status", MFD_CLOEXEC);
	assert_int_equal(pwrite(n, signals_pending, strlen(signals_pending), 0),
			 strlen(signals_pending));
	return n;
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_dir(&tree, "run");
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

TEST(written_and_read)
{
	struct boot_log log;

	boot_log_read(&tree.root, &log);
	assert_int_equal(log.n, 0);
	boot_log_write(&tree.root, "{\"phases\":[{\"phase\":\"early\"}]}");
	boot_log_read(&tree.root, &log);
	assert_int_equal(log.n, 1);
	assert_int_equal(log.items[0].phase, BOOT_PHASE_EARLY);
	boot_log_done(&log);
}

TEST(reasons)
{
	struct restart_reasons reasons;

	restart_reasons_write(&tree.root, "");
	tree_check(&tree, RESTART_REASONS_PATH, NULL);
	restart_reasons_write(&tree.root, "command a\ndevice 0000:01:00.0\n");
	tree_check(&tree, RESTART_REASONS_PATH, "command a\ndevice 0000:01:00.0\n");
	restart_reasons_read(&tree.root, &reasons);
	assert_int_equal(reasons.n, 2);
	restart_reasons_done(&reasons);
	restart_reasons_write(&tree.root, "");
	tree_check(&tree, RESTART_REASONS_PATH, NULL);
	restart_reasons_read(&tree.root, &reasons);
	assert_int_equal(reasons.n, 0);
}

/* The run of somebody else, which ends when end is closed, and whose child stays until linger is. */
static void other_run(int ready, const int end[2], const int linger[2])
{
	char byte;

	close(end[1]);
	close(linger[1]);
	if (run_lock_take(&tree.root, LOCK_DEVICES, 0) < 0)
		_exit(1);
	if (fork() == 0) {
		close(ready);
		_exit((int)read(linger[0], &byte, 1));
	}
	if (write(ready, "", 1) != 1)
		_exit(1);
	_exit((int)read(end[0], &byte, 1));
}

TEST(one_run_at_a_time)
{
	struct capture err;
	_cleanup_free_ char *told = NULL;
	int files, lock, ready[2], end[2], linger[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready) | pipe(end) | pipe(linger), 0);
	pid = fork();
	if (pid == 0)
		other_run(ready[1], end, linger);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	told = xasprintf("vfio-prepare: another run of vfio-prepare, process %d, is at work; try "
			 "again when it is done\n",
			 (int)pid);
	files = run_lock_take(&tree.root, LOCK_FILES, 0);
	assert_true(files >= 0);
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(run_lock_take(&tree.root, LOCK_DEVICES, 30), -EAGAIN);
	check_text("err", capture_end(&err), told);
	close(end[1]);
	lock = run_lock_take(&tree.root, LOCK_DEVICES, 60000);
	assert_true(lock >= 0);
	close(lock);
	close(files);
	close(linger[1]);
	close(linger[0]);
	close(end[0]);
	close(ready[0]);
	close(ready[1]);
	waitpid(pid, NULL, 0);
}

/* Starts a process that holds the lock until it is killed. */
static pid_t start_holder(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (run_lock_take(&tree.root, LOCK_DEVICES, 0) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void end_holder(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/*
 * A process that was killed and that the kernel does not let go keeps its lock: another file takes its place, and
 * is a lock of its own.
 */
TEST(a_lock_that_a_killed_process_holds_is_left_to_it)
{
	struct capture err;
	pid_t killed = start_holder(), next;
	char told[32];

	signals_pending = "Name:\tx\nSigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n";
	next = start_holder();
	signals_pending = NULL;
	snprintf(told, sizeof(told), "process %d,", (int)next);
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(run_lock_take(&tree.root, LOCK_DEVICES, 0), -EAGAIN);
	check("the second holds it", strstr(capture_end(&err), told));
	end_holder(killed);
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(run_lock_take(&tree.root, LOCK_DEVICES, 0), -EAGAIN);
	capture_end(&err);
	end_holder(next);
	assert_true(run_lock_take(&tree.root, LOCK_DEVICES, 0) >= 0);
}

/* Who could open the file could hold the lock: it is made anew, and what it was is not touched. */
TEST(a_lock_that_others_may_hold_is_not_taken)
{
	static const struct {
		const char *what;
		mode_t mode;
	} rows[] = {{"of all", 0666},
		    {"of the group", 0640},
		    {"FIFO", S_IFIFO | 0600},
		    {"link", 0}};
	_cleanup_free_ char *path = tree_place(&tree, "run/vfio-prepare/lock");

	tree_file(&tree, "victim", "v");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat before, after;
		int fd;

		tree_dir(&tree, "run/vfio-prepare");
		unlink(path);
		if (rows[i].mode)
			assert_int_equal(mknod(path, rows[i].mode, 0) |
						 chmod(path, rows[i].mode & 07777),
					 0);
		else
			tree_link(&tree, "run/vfio-prepare/lock", "/victim");
		assert_int_equal(lstat(path, &before), 0);
		fd = run_lock_take(&tree.root, LOCK_DEVICES, 0);
		check(rows[i].what, fd >= 0 && fstat(fd, &after) == 0);
		check_int(rows[i].what, after.st_mode, S_IFREG | 0600);
		check(rows[i].what, lstat(path, &before) == 0 && before.st_ino == after.st_ino);
		close(fd);
	}
	tree_check(&tree, "victim", "v");
}

TEST(a_log_that_cannot_be_read_is_told)
{
	static const char *const texts[] = {"", "{", "[]", "{\"phases\":3}", "{\"bound\":[3]}"};
	struct boot_log log;

	tree_dir(&tree, "run/vfio-prepare");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct capture err;

		tree_file(&tree, "run/vfio-prepare/boot.json", texts[i]);
		capture_begin(&err, STDERR_FILENO);
		boot_log_read(&tree.root, &log);
		check_text(texts[i], capture_end(&err),
			   "vfio-prepare: " BOOT_LOG_PATH
			   " is damaged, so that what this boot did is not known\n");
		check(texts[i], log.unknown);
		boot_log_done(&log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_and_read, start, stop),
		cmocka_unit_test_setup_teardown(reasons, start, stop),
		cmocka_unit_test_setup_teardown(one_run_at_a_time, start, stop),
		cmocka_unit_test_setup_teardown(a_lock_that_others_may_hold_is_not_taken, start,
						stop),
		cmocka_unit_test_setup_teardown(a_lock_that_a_killed_process_holds_is_left_to_it,
						start, stop),
		cmocka_unit_test_setup_teardown(a_log_that_cannot_be_read_is_told, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
