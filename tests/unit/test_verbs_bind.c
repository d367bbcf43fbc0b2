/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: act_run uevent_show */
#include "act/act.h"
#include "base/log.h"
#include "verbs.h"

/* What becomes of the planned devices; RESULT_DONE for those beyond. */
static enum result results[3];
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
	size_t i = 0;

	assert_ptr_equal(root, &tree.root);
	assert_ptr_equal(findings, &plan->findings);
	assert_int_equal(limits->piece_ms, 10000);
	assert_in_range(limits->total_ms, 1, 45000);
	n_acted++;
	*ret = (struct outcomes){};
	vec_foreach(device, plan) {
		struct outcome *outcome = vec_add(ret);

		*outcome = (struct outcome){.address = device->address,
					    .section = device->section,
					    .want = device->want,
					    .before = device->before,
					    .before_known = device->before_known,
					    .after = xstrdup(device->want),
					    .after_known = true,
					    .result = results[i++]};
	}
}

static int start(void **state)
{
	memset(results, 0, sizeof(results));
	n_acted = 0;
	verb_start(state);
	tree_dir(&tree, "run");
	return 0;
}

static int bind(const char *phase)
{
	return run_verb(&bind_verb, &(struct options){.phase = phase});
}

TEST(status_of_outcomes_and_findings)
{
	static const struct {
		enum result results[2];
		int status;
	} rows[] = {
		{{RESULT_DONE, RESULT_DONE}, STATUS_DONE},
		{{RESULT_DONE, RESULT_ALREADY}, STATUS_DONE},
		{{RESULT_DONE, RESULT_FAILED}, STATUS_PARTLY},
		{{RESULT_ALREADY, RESULT_TIMEOUT}, STATUS_PARTLY},
		{{RESULT_DONE, RESULT_SKIPPED}, STATUS_PARTLY},
		{{RESULT_FAILED, RESULT_TIMEOUT}, STATUS_FAILED},
		{{RESULT_FAILED, RESULT_REFUSED}, STATUS_FAILED},
		{{RESULT_REFUSED, RESULT_SKIPPED}, STATUS_REFUSED},
	};

	profile("[device x]\naddress = 02:00.0 03:00.0\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("row %zu", i);

		memcpy(results, rows[i].results, sizeof(rows[i].results));
		check_int(what, bind(NULL), rows[i].status);
	}
	/* A finding counts, though all devices that were found are done. */
	memset(results, 0, sizeof(results));
	profile("[device x]\nid = 8086:10d3\ncount = 3\n");
	assert_int_equal(bind(NULL), STATUS_PARTLY);
}

TEST(report_on_standard_output)
{
	profile("[device x]\naddress = 02:00.0\n");
	assert_int_equal(bind(NULL), STATUS_DONE);
	assert_string_equal(out.text, "0000:02:00.0: done: on vfio-pci (was: e1000e)\n");
	assert_string_equal(err.text, "");
	run_verb(&bind_verb, &(struct options){.format = FORMAT_JSON});
	assert_non_null(strstr(out.text, "\"phase\": \"manual\""));
	run_verb(&bind_verb, &(struct options){.format = FORMAT_JSON, .phase = "early"});
	assert_non_null(strstr(out.text, "\"phase\": \"early\""));
}

TEST(what_was_given_up_is_shown_once_it_is_done)
{
	static const enum result rows[] = {RESULT_TIMEOUT, RESULT_FAILED, RESULT_DONE};

	profile("[device x]\naddress = 02:00.0\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		n_shown = 0;
		results[0] = rows[i];
		bind(NULL);
		check_int(result_names[rows[i]], n_shown, rows[i] == RESULT_DONE);
	}
}

TEST(phases)
{
	profile("[device x]\naddress = 02:00.0\n");
	assert_int_equal(bind("system"), STATUS_DONE);
	assert_int_equal(bind("early"), STATUS_DONE);
	assert_int_equal(n_acted, 2);
	assert_int_equal(bind("late"), STATUS_USAGE);
	assert_string_equal(
		err.text,
		"vfio-prepare: --phase: \"late\" is none of early, premount, system and hotplug\n");
	assert_int_equal(n_acted, 2);
}

TEST(force_is_for_binds_by_hand)
{
	profile("[device x]\naddress = 02:00.0\n");
	assert_int_equal(run_verb(&bind_verb, &(struct options){.force = true}), STATUS_DONE);
	assert_int_equal(run_verb(&bind_verb, &(struct options){.phase = "system", .force = true}),
			 STATUS_USAGE);
	check_text("err", err.text,
		   "vfio-prepare: --force is for a bind by hand, not for a phase of the boot\n");
	assert_int_equal(n_acted, 1);
}

TEST(off_switches)
{
	static const struct {
		const char *cmdline, *phase, *message;
	} rows[] = {
		{"vfio_prepare.enable=0", NULL,
		 "vfio-prepare: vfio_prepare.enable=0 is among the kernel's arguments: nothing is done\n"},
		{"vfio_prepare.enable=0", "early",
		 "vfio-prepare: vfio_prepare.enable=0 is among the kernel's arguments: nothing is done\n"},
		{"rd.vfio_prepare=0", "early",
		 "vfio-prepare: rd.vfio_prepare=0 is among the kernel's arguments: nothing is done\n"},
		/* That one is for the initramfs alone. */
		{"rd.vfio_prepare=0", "system", NULL},
		{"rd.vfio_prepare=0", NULL, NULL},
	};

	profile("[device x]\naddress = 02:00.0\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		n_acted = 0;
		tree_file(&tree, "proc/cmdline", rows[i].cmdline);
		check_int(rows[i].cmdline, bind(rows[i].phase), STATUS_DONE);
		check_int(rows[i].cmdline, n_acted, rows[i].message ? 0 : 1);
		check_text(rows[i].cmdline, err.text, rows[i].message ? rows[i].message : "");
	}
	/* Not even a wrong profile is looked at then. */
	tree_file(&tree, "proc/cmdline", "vfio_prepare.enable=0");
	profile("nonsense");
	assert_int_equal(bind(NULL), STATUS_DONE);
}

TEST(a_wrong_profile_touches_nothing)
{
	profile("[device x]\naddress = 02:00.0\n[device y]\nadress = 03:00.0\n");
	assert_int_equal(bind(NULL), STATUS_USAGE);
	assert_int_equal(n_acted, 0);
	assert_string_equal(out.text, "");
}

TEST(at_boot_the_kernel_log_has_the_record)
{
	_cleanup_free_ char *kmsg = tree_place(&tree, "dev/kmsg");
	char text[4096];
	ssize_t n;
	int fd;

	profile("[device x]\naddress = 02:00.0 03:00.0 09:00.0\n[device y]\naddress = 03:00.0\n");
	results[1] = RESULT_FAILED;
	results[2] = RESULT_SKIPPED;
	assert_int_equal(mkfifo(kmsg, 0600), 0);
	fd = open(kmsg, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	/* Below another root it is not ours to write to. */
	assert_int_equal(bind("early"), STATUS_PARTLY);
	assert_int_equal(read(fd, text, sizeof(text)), -1);

	tree.root.live = true;
	assert_int_equal(bind("early"), STATUS_PARTLY);
	log_set_kmsg(-1);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
	check_part("finding", text, "<27>vfio-prepare: 0000:09:00.0: ");
	check_part("finding", text, " [device-absent]\n");
	check_part("outcomes", text,
		   "<30>vfio-prepare: 0000:02:00.0: done: on vfio-pci (was: e1000e)\n"
		   "<28>vfio-prepare: 0000:03:00.0: failed: on vfio-pci (was: e1000e)\n"
		   "<28>vfio-prepare: 0000:09:00.0: skipped: on vfio-pci (was: none)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status_of_outcomes_and_findings, start, verb_stop),
		cmocka_unit_test_setup_teardown(report_on_standard_output, start, verb_stop),
		cmocka_unit_test_setup_teardown(what_was_given_up_is_shown_once_it_is_done, start,
						verb_stop),
		cmocka_unit_test_setup_teardown(phases, start, verb_stop),
		cmocka_unit_test_setup_teardown(force_is_for_binds_by_hand, start, verb_stop),
		cmocka_unit_test_setup_teardown(off_switches, start, verb_stop),
		cmocka_unit_test_setup_teardown(a_wrong_profile_touches_nothing, start, verb_stop),
		cmocka_unit_test_setup_teardown(at_boot_the_kernel_log_has_the_record, start,
						verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
