/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: act_run act_vfs_make act_vfs_restore */
#include "act/act.h"
#include "base/buf.h"
#include "base/clock.h"
#include "verbs.h"
#include "verbs/situation.h"

#define PF "sys/bus/pci/devices/0000:02:00.0/"

static struct buf steps;
static size_t n_made;

static void add_outcome(const struct planned_device *device, struct outcomes *outcomes)
{
	struct outcome *outcome = vec_add(outcomes);

	*outcome = (struct outcome){.address = device->address,
				    .section = device->section,
				    .want = device->want,
				    .result = RESULT_DONE};
}

/* Of the 45 seconds that a phase has. */
static int64_t spent_ms;

void __wrap_act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *ret, struct findings *findings);
void __wrap_act_run(struct root *root _unused_, const struct plan *plan,
		    const struct act_limits *limits, struct outcomes *ret,
		    struct findings *findings _unused_)
{
	/* Of the 45 s 40 are over when the devices' turn comes. */
	assert_true(limits->total_ms <= (spent_ms < 45000 ? 5000 : 0));
	*ret = (struct outcomes){};
	buf_add(&steps, "run");
	vec_foreach(device, plan) {
		buf_addf(&steps, " %02x.%x", device->address.bus, device->address.function);
		add_outcome(device, ret);
	}
	buf_add(&steps, "; ");
}

/* Makes one virtual function, on e1000e. */
size_t __wrap_act_vfs_make(struct root *root, const struct plan *plan,
			   const struct act_limits *limits, struct outcomes *outcomes,
			   struct findings *findings);
size_t __wrap_act_vfs_make(struct root *root _unused_, const struct plan *plan,
			   const struct act_limits *limits _unused_, struct outcomes *outcomes,
			   struct findings *findings _unused_)
{
	assert_int_equal(outcomes->n, plan->n);
	buf_add(&steps, "make; ");
	if (n_made) {
		outcomes->items[0].vfs = 1;
		tree_file(&tree, PF "sriov_numvfs", "1\n");
		tree_file(&tree, "sys/bus/pci/devices/0000:02:00.1/uevent",
			  "PCI_CLASS=20000\nPCI_ID=8086:10ED\nPCI_SUBSYS_ID=0:0\n");
		tree_link(&tree, "sys/bus/pci/devices/0000:02:00.1/physfn", "../0000:02:00.0");
		tree_link(&tree, "sys/bus/pci/devices/0000:02:00.1/iommu_group",
			  "../../../../kernel/iommu_groups/9");
	}
	return n_made;
}

void __wrap_act_vfs_restore(struct root *root, const struct plan *plan,
			    const struct act_limits *limits, const struct outcomes *outcomes,
			    struct findings *findings);
void __wrap_act_vfs_restore(struct root *root _unused_, const struct plan *plan,
			    const struct act_limits *limits, const struct outcomes *outcomes,
			    struct findings *findings _unused_)
{
	assert_int_equal(outcomes->n, plan->n);
	/* What needs no lock has a second at least, and when all is over no more. */
	check_int("for each", limits->piece_ms, spent_ms < 45000 ? 10000 : 1000);
	check_int("for all", limits->total_ms >= 1000, true);
	buf_add(&steps, "restore; ");
}

static int start(void **state)
{
	verb_start(state);
	n_made = 1;
	spent_ms = 40000;
	tree_file(&tree, PF "sriov_totalvfs", "4\n");
	tree_file(&tree, PF "sriov_numvfs", "0\n");
	tree_file(&tree, PF "sriov_drivers_autoprobe", "1\n");
	return 0;
}

static int stop(void **state)
{
	buf_done(&steps);
	return verb_stop(state);
}

static void expect(const char *text, const char *want, const char *devices)
{
	const struct options options = {};
	const struct purpose purpose = {.goal = GOAL_BIND, .phase = PHASE_SYSTEM};
	struct situation situation, again;
	struct outcomes outcomes;
	struct buf got = {};

	profile(text);
	assert_int_equal(situation_load(&tree.root, &options, &purpose, NULL, &situation),
			 STATUS_DONE);
	assert_int_equal(situation_act(&tree.root, &options, &purpose, NULL, now_ms() - spent_ms,
				       &situation, &outcomes, &again),
			 STATUS_DONE);
	check_text(text, buf_text(&steps), want);
	assert_int_equal(outcomes.n, situation.plan.n);
	for (size_t i = 0; i < outcomes.n; i++) {
		const struct planned_device *device = &situation.plan.items[i];

		assert_int_equal(pci_address_compare(&outcomes.items[i].address, &device->address),
				 0);
		buf_addf(&got, "%02x.%x %s; ", device->address.bus, device->address.function,
			 device->want);
	}
	check_text(text, buf_text(&got), devices);
	buf_done(&got);
	outcomes_done(&outcomes);
	situation_done(&again);
	situation_done(&situation);
}

TEST(others_first_then_theirs)
{
	expect("[device x]\naddress = 02:00.0\nvfs = 1\n[device y]\naddress = 03:00.0\n",
	       "run 02.0 03.0; make; run 02.1; restore; ",
	       "02.0 e1000e; 02.1 vfio-pci; 03.0 vfio-pci; ");
}

/* Absent it was listed twice; what came of it is told once. */
TEST(what_was_absent_gives_way)
{
	expect("[device x]\naddress = 02:00.0\nvfs = 1\n[device y]\naddress = 02:00.1\n"
	       "[device z]\naddress = 02:00.1\n",
	       "run 02.0 02.1 02.1; make; run 02.1; restore; ", "02.0 e1000e; 02.1 vfio-pci; ");
}

TEST(what_was_not_made_is_not_looked_for)
{
	n_made = 0;
	expect("[device x]\naddress = 02:00.0\nvfs = 1\n", "run 02.0; make; ", "02.0 e1000e; ");
}

TEST(what_was_changed_is_put_back_when_the_time_is_over)
{
	spent_ms = 46000;
	expect("[device x]\naddress = 02:00.0\nvfs = 1\n", "run 02.0; make; run 02.1; restore; ",
	       "02.0 e1000e; 02.1 vfio-pci; ");
}

TEST(without_any_it_is_one_run)
{
	expect("[device y]\naddress = 03:00.0\n", "run 03.0; ", "03.0 vfio-pci; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(others_first_then_theirs, start, stop),
		cmocka_unit_test_setup_teardown(what_was_absent_gives_way, start, stop),
		cmocka_unit_test_setup_teardown(what_was_not_made_is_not_looked_for, start, stop),
		cmocka_unit_test_setup_teardown(what_was_changed_is_put_back_when_the_time_is_over,
						start, stop),
		cmocka_unit_test_setup_teardown(without_any_it_is_one_run, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
