/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/memory.h"

#include "support.h"

static struct tree tree;
static struct outcome outcome = {.address = {.bus = 1},
				 .section = "x",
				 .want = "vfio-pci",
				 .result = RESULT_ALREADY};
static const struct outcomes outcomes = {.items = &outcome, .n = 1};

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
		struct boot_phase phase = memory_begin("system");

		assert_true(phase.started_ms > 0);
		memory_add(&tree.root, &phase, &outcomes, &(struct findings){});
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
		struct boot_phase phase = memory_begin("manual");

		outcome.result = rows[i].result;
		memory_add_news(&tree.root, &phase, &outcomes, &(struct findings){});
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
	struct boot_phase phase = memory_begin("system");
	struct capture err;

	tree_remove(&tree, "run");
	tree_file(&tree, "run", "no directory");
	capture_begin(&err, STDERR_FILENO);
	memory_add(&tree.root, &phase, &outcomes, &(struct findings){});
	check_text(
		"err", capture_end(&err),
		"vfio-prepare: /run/vfio-prepare/boot.json cannot be written: Not a directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_phase_of_the_boot_is_always_added, start, stop),
		cmocka_unit_test_setup_teardown(by_hand_only_what_is_new, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_told, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
