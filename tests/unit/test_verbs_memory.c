/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: uevent_show */
#include "host/uevent.h"
#include "verbs/memory.h"

#include "support.h"

#include <sys/wait.h>

static struct tree tree;
static struct outcome outcome = {.address = {.bus = 1},
				 .section = "x",
				 .want = "vfio-pci",
				 .result = RESULT_ALREADY};
static const struct outcomes outcomes = {.items = &outcome, .n = 1};

static unsigned shown; /* a bit for each bus */

void __wrap_uevent_show(struct root *root, const struct pci_address *address);
void __wrap_uevent_show(struct root *root, const struct pci_address *address)
{
	assert_ptr_equal(root, &tree.root);
	shown |= 1U << address->bus;
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

static size_t n_phases(void)
{
	_cleanup_free_ char *text = NULL;
	size_t n = 0;

	if (root_read_file(&tree.root, BOOT_PATH, BOOT_MAX_BYTES, &text, NULL) < 0)
		return 0;
	for (const char *c = text; (c = strstr(c, "\"started_ms\"")); c++)
		n++;
	return n;
}

TEST(a_phase_of_the_boot_is_always_added)
{
	for (size_t i = 1; i <= 2; i++) {
		struct memory memory;

		assert_int_equal(memory_begin(&tree.root, "system", 0, &memory), 0);
		assert_true(memory.phase.started_ms > 0);
		memory_add(&tree.root, &memory, &outcomes, &(struct findings){});
		memory_end(&memory);
		assert_int_equal(n_phases(), i);
	}
}

TEST(by_hand_only_what_is_new)
{
	static const struct {
		enum result result;
		size_t n;
	} rows[] = {{RESULT_ALREADY, 1},
		    {RESULT_ALREADY, 1},
		    {RESULT_REFUSED, 1},
		    {RESULT_DONE, 2}};
	struct bindings bindings = {};
	struct boot *boot;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct memory memory;

		assert_int_equal(memory_begin(&tree.root, "manual", 0, &memory), 0);
		outcome.result = rows[i].result;
		memory_add_news(&tree.root, &memory, &outcomes, &(struct findings){});
		memory_end(&memory);
		check_int(result_name(rows[i].result), n_phases(), rows[i].n);
	}
	boot = memory_read(&tree.root);
	boot_bindings(boot, &bindings);
	boot_free(boot);
	assert_int_equal(bindings.n, 1);
	check_text("driver", bindings.items[0].driver, "vfio-pci");
	bindings_done(&bindings);
}

TEST(what_cannot_be_written_is_told)
{
	struct memory memory;
	struct capture err;

	tree_remove(&tree, "run");
	tree_file(&tree, "run", "no directory");
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(memory_begin(&tree.root, "system", 0, &memory), 0);
	assert_int_equal(memory.lock, -1);
	memory_add(&tree.root, &memory, &outcomes, &(struct findings){});
	memory_end(&memory);
	check_text(
		"err", capture_end(&err),
		"vfio-prepare: /run/vfio-prepare/boot.json cannot be read, so that what this boot did is "
		"not known: Not a directory\n"
		"vfio-prepare: /run/vfio-prepare/boot.json cannot be written: Not a directory\n");
}

/* What hung in an earlier phase, and has its driver now. */
TEST(what_is_shown_to_udev_again)
{
	struct outcome items[] = {{.address = {.bus = 1}, .result = RESULT_DONE},
				  {.address = {.bus = 2}, .result = RESULT_DONE},
				  {.address = {.bus = 3}, .result = RESULT_TIMEOUT},
				  {.address = {.bus = 4}, .result = RESULT_ALREADY}};
	struct memory memory;

	tree_file(&tree, BOOT_PATH,
		  "{\"phases\":[{\"phase\":\"early\",\"outcomes\":["
		  "{\"address\":\"0000:01:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:02:00.0\",\"result\":\"failed\"},"
		  "{\"address\":\"0000:03:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:04:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:05:00.0\",\"result\":\"timeout\"}]},"
		  "{\"phase\":\"system\",\"outcomes\":["
		  "{\"address\":\"0000:01:00.0\",\"result\":\"refused\"}]}]}");
	assert_int_equal(memory_begin(&tree.root, "manual", 0, &memory), 0);
	memory_show(&tree.root, &memory,
		    &(struct outcomes){.items = items, .n = ARRAY_SIZE(items)});
	memory_end(&memory);
	check_int("shown", shown, 1 << 1);
}

/* The run of somebody else, which ends when end is closed, and whose child stays until linger is. */
static void other_run(int ready, const int end[2], const int linger[2])
{
	struct memory memory;
	char byte;

	close(end[1]);
	close(linger[1]);
	if (memory_begin(&tree.root, "system", 0, &memory) < 0)
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
	struct memory memory;
	struct capture err;
	_cleanup_free_ char *told = NULL;
	int ready[2], end[2], linger[2];
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
	assert_int_equal(memory_begin(&tree.root, "manual", 30, &memory), -EAGAIN);
	check_text("err", capture_end(&err), told);
	close(end[1]);
	assert_int_equal(memory_begin(&tree.root, "manual", 60000, &memory), 0);
	assert_true(memory.lock >= 0);
	memory_end(&memory);
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
		cmocka_unit_test_setup_teardown(a_phase_of_the_boot_is_always_added, start, stop),
		cmocka_unit_test_setup_teardown(by_hand_only_what_is_new, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_told, start, stop),
		cmocka_unit_test_setup_teardown(what_is_shown_to_udev_again, start, stop),
		cmocka_unit_test_setup_teardown(one_run_at_a_time, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
