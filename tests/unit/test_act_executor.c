/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: bounded_run uevent_hide uevent_show */
#include "act/executor.h"
#include "base/buf.h"
#include "host/uevent.h"
#include "support.h"

static struct plan plan;
static const struct act_limits limits = {.piece_ms = 1000, .total_ms = 1000};

static void add_device(enum device_state state, const char *before, const char *want)
{
	uint8_t bus = (uint8_t)plan.n;

	*vec_add(&plan) = (struct planned_device){.address = {.bus = bus},
						  .state = state,
						  .before = xstrdup_null(before),
						  .want = xstrdup_null(want)};
}

static void add_action(size_t device, enum action_type type, const char *value)
{
	plan_act(&plan, type, device, xstrdup("/x"), value, xstrdup("because"));
}

/* A module; 0 and 2 to be bound, 1 with virtual functions and autoprobe, 3 without autoprobe. */
static int start(void **state _unused_)
{
	add_device(DEVICE_BIND, "e1000e", "vfio-pci");
	add_device(DEVICE_VFS, "nvme", "nvme");
	add_device(DEVICE_BIND, NULL, "vfio-pci");
	add_device(DEVICE_VFS, "igb", "igb");
	add_action(SIZE_MAX, ACTION_LOAD_MODULE, "vfio_pci");
	add_action(0, ACTION_SET_OVERRIDE, "vfio-pci");
	add_action(0, ACTION_UNBIND, "x");
	add_action(0, ACTION_PROBE, "x");
	add_action(1, ACTION_AUTOPROBE, "0");
	add_action(1, ACTION_SET_VFS, "2");
	add_action(1, ACTION_AUTOPROBE, "1");
	add_action(2, ACTION_SET_OVERRIDE, "vfio-pci");
	add_action(3, ACTION_SET_VFS, "2");
	return 0;
}

static int stop(void **state _unused_)
{
	plan_done(&plan);
	return 0;
}

/* "device: first action + number of actions, lane; " */
static void expect_pieces(enum pass pass, const struct outcomes *outcomes, const char *want)
{
	struct execution execution;
	struct buf got = {};

	execution_begin(NULL, &plan, pass, &limits, outcomes, &execution);
	for (size_t i = 0; i < execution.n; i++) {
		const struct piece *piece = &execution.items[i];

		if (piece->device)
			buf_addf(&got, "%zu", (size_t)(piece->device - plan.items));
		buf_addf(&got, ": %s +%zu%s, %zu; ", action_type_names[piece->actions->type],
			 piece->n_actions, piece->final ? " final" : "", execution.lanes[i]);
		assert_null(execution_slot(&execution, i));
	}
	check_text("pieces", buf_text(&got), want);
	buf_done(&got);
	execution_done(&execution);
}

TEST(each_pass_has_its_pieces)
{
	struct outcome items[] = {{.result = RESULT_DONE},
				  {.result = RESULT_DONE},
				  {.result = RESULT_DONE},
				  {.result = RESULT_DONE}};
	const struct outcomes outcomes = {.items = items, .n = ARRAY_SIZE(items)};

	expect_pieces(PASS_DEVICES, NULL,
		      ": load-module +1, 0; 0: set-override +3, 1; 2: set-override +1, 0; ");
	expect_pieces(PASS_VFS, NULL, "1: set-autoprobe +2, 0; 3: set-vfs +1, 0; ");
	expect_pieces(PASS_VFS_RESTORE, &outcomes, "1: set-autoprobe +1 final, 0; ");
	items[1].result = RESULT_FAILED;
	expect_pieces(PASS_VFS_RESTORE, &outcomes, "");
}

TEST(serial_drivers_share_a_lane)
{
	plan_done(&plan);
	plan = (struct plan){};
	for (size_t i = 0; i < 5; i++) {
		add_device(DEVICE_BIND, i % 2 ? "ioatdma" : "e1000e", "vfio-pci");
		add_action(i, ACTION_UNBIND, "x");
	}
	expect_pieces(PASS_DEVICES, NULL,
		      "0: unbind +1, 1; 1: unbind +1, 2; 2: unbind +1, 3; 3: unbind +1, 2; "
		      "4: unbind +1, 4; ");
}

TEST(modules_that_may_drive_a_device)
{
	char module[] = "vfio_pci", native[] = "nouveau", *natives[] = {native};
	const struct planned_device bound = {.module = module},
				    released = {.module = native, .natives = {natives, 1, 1}};

	assert_true(module_may_drive("vfio_pci", &bound));
	assert_false(module_may_drive("vfio_iommu_type1", &bound));
	assert_true(module_may_drive("nouveau", &released));
	assert_false(module_may_drive("vfio_pci", &(struct planned_device){}));
}

TEST(nothing_to_do)
{
	struct execution execution;

	plan_done(&plan);
	plan = (struct plan){};
	execution_begin(NULL, &plan, PASS_DEVICES, &limits, NULL, &execution);
	assert_int_equal(execution_run(&execution), 0);
	assert_null(execution.slots);
	execution_done(&execution);
}

/* --- jobs in which each wanted device ends in one way, and each module is done --- */

static enum bounded_end end_of_devices;
static struct buf told; /* "hide 00; ", and a line for each job */

int __wrap_bounded_run(const struct bounded_job *job);
int __wrap_bounded_run(const struct bounded_job *job)
{
	const struct execution *execution = job->userdata;

	buf_addf(&told, "job %zu; ", job->n);
	for (size_t i = 0; i < job->n; i++) {
		enum bounded_end end = execution->items[execution->first + i].device
					       ? end_of_devices
					       : BOUNDED_DONE;

		job->ended(job->userdata, i, job->wanted(job->userdata, i) ? end : BOUNDED_SKIPPED,
			   7);
	}
	return 0;
}

void __wrap_uevent_hide(struct root *root, const struct pci_address *address);
void __wrap_uevent_hide(struct root *root _unused_, const struct pci_address *address)
{
	buf_addf(&told, "hide %02x; ", address->bus);
}

void __wrap_uevent_show(struct root *root, const struct pci_address *address);
void __wrap_uevent_show(struct root *root _unused_, const struct pci_address *address)
{
	buf_addf(&told, "show %02x; ", address->bus);
}

static void expect_run(enum pass pass, enum bounded_end end, const char *want, const char *ends)
{
	struct outcome items[8] = {};
	const struct outcomes outcomes = {.items = items, .n = ARRAY_SIZE(items)};
	struct execution execution;
	struct buf got = {};

	end_of_devices = end;
	execution_begin(NULL, &plan, pass, &limits, &outcomes, &execution);
	assert_int_equal(execution_run(&execution), 0);
	check_text("told", buf_text(&told), want);
	buf_done(&told);
	for (size_t i = 0; i < execution.n; i++) {
		assert_int_equal(execution_slot(&execution, i)->elapsed_ms, 7);
		buf_add(&got, execution.slots[i].end == BOUNDED_SKIPPED ? "-" : "+");
	}
	check_text("begun", buf_text(&got), ends);
	buf_done(&got);
	execution_done(&execution);
}

/* Modules come first; udev is kept from a device only where a step on it may have hidden it. */
TEST(what_the_parent_does_at_the_end_of_a_piece)
{
	expect_run(PASS_DEVICES, BOUNDED_DONE, "job 1; job 2; ", "+++");
	expect_run(PASS_DEVICES, BOUNDED_TIMEOUT, "job 1; job 2; hide 00; hide 02; ", "+++");
	expect_run(PASS_DEVICES, BOUNDED_DIED, "job 1; job 2; show 00; show 02; ", "+++");
	expect_run(PASS_VFS, BOUNDED_TIMEOUT, "job 2; ", "++");
	expect_run(PASS_VFS, BOUNDED_DIED, "job 2; ", "++");
}

/* A driver that did not answer is not asked again, but what was changed is put back. */
TEST(a_driver_that_did_not_answer)
{
	add_device(DEVICE_VFS, NULL, "nvme");
	add_action(4, ACTION_SET_VFS, "2");
	add_action(4, ACTION_AUTOPROBE, "1");
	add_device(DEVICE_BIND, "e1000e", "vfio-pci");
	add_action(5, ACTION_UNBIND, "x");
	expect_run(PASS_DEVICES, BOUNDED_TIMEOUT, "job 1; job 3; hide 00; hide 02; ", "+++-");
	expect_run(PASS_DEVICES, BOUNDED_DONE, "job 1; job 3; ", "++++");
	expect_run(PASS_VFS, BOUNDED_TIMEOUT, "job 3; ", "++-");
	expect_run(PASS_VFS_RESTORE, BOUNDED_TIMEOUT, "job 2; ", "++");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_pass_has_its_pieces, start, stop),
		cmocka_unit_test_setup_teardown(serial_drivers_share_a_lane, start, stop),
		cmocka_unit_test_setup_teardown(modules_that_may_drive_a_device, start, stop),
		cmocka_unit_test_setup_teardown(nothing_to_do, start, stop),
		cmocka_unit_test_setup_teardown(what_the_parent_does_at_the_end_of_a_piece, start,
						stop),
		cmocka_unit_test_setup_teardown(a_driver_that_did_not_answer, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
