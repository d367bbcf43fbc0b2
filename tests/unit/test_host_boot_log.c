/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_log.h"
#include "support.h"

#include <sys/wait.h>

static struct tree tree;

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
	if (boot_log_lock(&tree.root, 0) < 0)
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
	int lock, ready[2], end[2], linger[2];
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
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(boot_log_lock(&tree.root, 30), -EAGAIN);
	check_text("err", capture_end(&err), told);
	close(end[1]);
	lock = boot_log_lock(&tree.root, 60000);
	assert_true(lock >= 0);
	close(lock);
	close(linger[1]);
	close(linger[0]);
	close(end[0]);
	close(ready[0]);
	close(ready[1]);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_and_read, start, stop),
		cmocka_unit_test_setup_teardown(reasons, start, stop),
		cmocka_unit_test_setup_teardown(one_run_at_a_time, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
