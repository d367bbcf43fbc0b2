/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: uevent_show */
#include "host/uevent.h"
#include "verbs/phase.h"

#include "support.h"

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

static const struct profile profile;

static size_t n_phases(void)
{
	_cleanup_free_ char *text = NULL;
	size_t n = 0;

	if (root_read_file(&tree.root, BOOT_LOG_PATH, BOOT_LOG_MAX_BYTES, &text, NULL) < 0)
		return 0;
	for (const char *c = text; (c = strstr(c, "\"started_ms\"")); c++)
		n++;
	return n;
}

TEST(a_phase_of_the_boot_is_always_added)
{
	for (size_t i = 1; i <= 2; i++) {
		struct phase_run run;

		assert_int_equal(phase_begin(&tree.root, BOOT_PHASE_SYSTEM, 0, &run), 0);
		assert_true(run.phase.started_ms > 0);
		phase_log(&tree.root, &run, &profile, &outcomes, &(struct findings){});
		phase_end(&run);
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
	struct boot_log log;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct phase_run run;

		assert_int_equal(phase_begin(&tree.root, BOOT_PHASE_MANUAL, 0, &run), 0);
		outcome.result = rows[i].result;
		phase_log(&tree.root, &run, &profile, &outcomes, &(struct findings){});
		phase_end(&run);
		check_int(result_names[rows[i].result], n_phases(), rows[i].n);
	}
	boot_log_read(&tree.root, &log);
	assert_int_equal(log.bindings.n, 1);
	check_text("driver", log.bindings.items[0].driver, "vfio-pci");
	/* And who bound it is told. */
	assert_true(root_exists(&tree.root, CLAIMS_DIRECTORY "/0000:01:00.0"));
	boot_log_done(&log);
}

/* Even where nothing is done, for the profile may have other names, or a claim may be gone. */
TEST(claims_are_made_right_each_time)
{
	for (size_t i = 0; i < 2; i++) {
		struct phase_run run;

		assert_int_equal(phase_begin(&tree.root, BOOT_PHASE_MANUAL, 0, &run), 0);
		outcome.result = RESULT_ALREADY;
		phase_log(&tree.root, &run, &profile, &outcomes, &(struct findings){});
		phase_end(&run);
		assert_true(root_exists(&tree.root, CLAIMS_DIRECTORY "/0000:01:00.0"));
		tree_remove(&tree, "run/vfio-prepare/claims/0000:01:00.0");
	}
}

TEST(what_cannot_be_written_is_told)
{
	struct phase_run run;
	struct capture err;

	tree_remove(&tree, "run");
	tree_file(&tree, "run", "no directory");
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(phase_begin(&tree.root, BOOT_PHASE_SYSTEM, 0, &run), 0);
	assert_int_equal(run.lock, -1);
	phase_log(&tree.root, &run, &profile, &outcomes, &(struct findings){});
	phase_end(&run);
	check_text(
		"err", capture_end(&err),
		"vfio-prepare: /run/vfio-prepare/boot.json cannot be read, so that what this boot did is "
		"not known: Not a directory\n"
		"vfio-prepare: /run/vfio-prepare/boot.json cannot be written: Not a directory\n"
		"vfio-prepare: /run/vfio-prepare/claims does not tell who bound which device, as it "
		"cannot be written: Not a directory\n");
}

/* What hung in an earlier phase, and has its driver now. */
TEST(what_is_shown_to_udev_again)
{
	struct outcome items[] = {{.address = {.bus = 1}, .result = RESULT_DONE},
				  {.address = {.bus = 2}, .result = RESULT_DONE},
				  {.address = {.bus = 3}, .result = RESULT_TIMEOUT},
				  {.address = {.bus = 4}, .result = RESULT_ALREADY}};
	struct phase_run run;

	tree_file(&tree, BOOT_LOG_PATH,
		  "{\"phases\":[{\"phase\":\"early\",\"outcomes\":["
		  "{\"address\":\"0000:01:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:02:00.0\",\"result\":\"failed\"},"
		  "{\"address\":\"0000:03:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:04:00.0\",\"result\":\"timeout\"},"
		  "{\"address\":\"0000:05:00.0\",\"result\":\"timeout\"}]},"
		  "{\"phase\":\"system\",\"outcomes\":["
		  "{\"address\":\"0000:01:00.0\",\"result\":\"refused\"}]}]}");
	assert_int_equal(phase_begin(&tree.root, BOOT_PHASE_MANUAL, 0, &run), 0);
	phase_show(&tree.root, &run, &(struct outcomes){.items = items, .n = ARRAY_SIZE(items)});
	phase_end(&run);
	check_int("shown", shown, 1 << 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_phase_of_the_boot_is_always_added, start, stop),
		cmocka_unit_test_setup_teardown(by_hand_only_what_is_new, start, stop),
		cmocka_unit_test_setup_teardown(claims_are_made_right_each_time, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_told, start, stop),
		cmocka_unit_test_setup_teardown(what_is_shown_to_udev_again, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
