/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: act_run uevent_show */
#include "act/act.h"
#include "model/boot_log.h"
#include "verbs.h"

static enum result result;
static int n_acted;

static int n_shown;

void __wrap_uevent_show(struct root *root, const struct pci_address *address);
void __wrap_uevent_show(struct root *root _unused_, const struct pci_address *address _unused_)
{
	n_shown++;
}

void __wrap_act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *ret, struct findings *findings);
void __wrap_act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *ret, struct findings *findings)
{
	assert_ptr_equal(root, &tree.root);
	assert_ptr_equal(findings, &plan->findings);
	assert_int_equal(limits->piece_ms, 10000);
	assert_int_equal(limits->total_ms, 45000);
	n_acted++;
	*ret = (struct outcomes){};
	vec_foreach(device, plan)
		*vec_add(ret) = (struct outcome){.address = device->address,
						 .section = device->section,
						 .before = device->before,
						 .before_known = device->before_known,
						 .after_known = true,
						 .result = device->state == DEVICE_REFUSED
								   ? RESULT_REFUSED
								   : result};
}

static int start(void **state)
{
	result = RESULT_DONE;
	n_acted = 0;
	verb_start(state);
	tree_file(
		&tree, BOOT_LOG_PATH,
		"{\"bound\":[{\"section\":\"gpu\",\"driver\":\"vfio-pci\",\"addresses\":[\"01:00.0\"]}]}");
	return 0;
}

static int release(const char *operand, bool force)
{
	char text[32] = "", *operands[] = {text};

	snprintf(text, sizeof(text), "%s", operand ? operand : "");
	return run_verb(&release_verb, &(struct options){.operands = operands,
							 .n_operands = operand ? 1 : 0,
							 .force = force});
}

TEST(what_is_bound_without_a_profile)
{
	assert_int_equal(release(NULL, false), STATUS_DONE);
	check_text("out", out.text, "0000:01:00.0: done: on no driver (was: vfio-pci)\n");
	/* Now it is remembered as released. */
	assert_int_equal(release(NULL, false), STATUS_DONE);
	check_text("out", out.text, "Nothing is bound that this tool has brought there.\n");
	assert_int_equal(n_acted, 2);
}

TEST(statuses)
{
	result = RESULT_FAILED;
	assert_int_equal(release("gpu", false), STATUS_FAILED);
	result = RESULT_ALREADY;
	assert_int_equal(release("02:00.0", false), STATUS_DONE);
	tree_remove(&tree, BOOT_LOG_PATH);
	assert_int_equal(release("01:00.0", false), STATUS_REFUSED);
	assert_non_null(strstr(out.text, "[not-ours]"));
	result = RESULT_DONE;
	assert_int_equal(release("01:00.0", true), STATUS_DONE);
}

TEST(what_was_given_up_is_shown_once_it_is_done)
{
	static const enum result rows[] = {RESULT_TIMEOUT, RESULT_DONE};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		n_shown = 0;
		result = rows[i];
		release(NULL, false);
		check_int(result_names[rows[i]], n_shown, rows[i] == RESULT_DONE);
	}
}

TEST(wrong_usage_and_a_wrong_profile)
{
	assert_int_equal(release("sound", false), STATUS_USAGE);
	check_text("err", err.text,
		   "vfio-prepare: release: \"sound\" is no address, and no device of this host has "
		   "it as its label\n");
	profile("[device sound]\naddress = 03:00.0\n");
	assert_int_equal(release("sound", false), STATUS_DONE);
	profile("[device sound]\naddress = where\n");
	assert_int_equal(release(NULL, false), STATUS_USAGE);
	assert_int_equal(n_acted, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_bound_without_a_profile, start, verb_stop),
		cmocka_unit_test_setup_teardown(statuses, start, verb_stop),
		cmocka_unit_test_setup_teardown(what_was_given_up_is_shown_once_it_is_done, start,
						verb_stop),
		cmocka_unit_test_setup_teardown(wrong_usage_and_a_wrong_profile, start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
