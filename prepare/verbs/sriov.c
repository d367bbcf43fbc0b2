/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/sriov.h"

#include "act/act.h"
#include "base/clock.h"
#include "decide/sriov.h"

/* What needs no lock is given this much, and no more, even when the time of all is over. */
#define RESTORE_MS 1000

/* What is left of the time that all devices have together; least: if that is less, this, for each and for all. */
static struct act_limits limits_left(const struct profile *profile, int64_t started_ms, int least)
{
	int left = (int)profile->timeout_s * 1000 - (int)(now_ms() - started_ms);

	return left > least ? (struct act_limits){(int)profile->device_timeout_s * 1000, left}
			    : (struct act_limits){least, least};
}

static bool wants_vfs(const struct plan *plan)
{
	vec_foreach(device, plan)
		if (device->state == DEVICE_VFS)
			return true;
	return false;
}

/* As plan_merge() does it with the plans: both lists are in the order of their addresses. */
static void merge(struct outcomes *outcomes, struct outcomes *other)
{
	struct outcomes merged = {};
	size_t n = 0;

	vec_foreach(outcome, other) {
		while (n < outcomes->n &&
		       pci_address_compare(&outcomes->items[n].address, &outcome->address) < 0)
			*vec_add(&merged) = outcomes->items[n++];
		while (n < outcomes->n &&
		       pci_address_compare(&outcomes->items[n].address, &outcome->address) == 0)
			outcome_done(&outcomes->items[n++]);
		*vec_add(&merged) = *outcome;
	}
	while (n < outcomes->n)
		*vec_add(&merged) = outcomes->items[n++];
	free(outcomes->items);
	other->n = 0;
	*outcomes = merged;
}

/* The first plan and what came of it; the inventory of the second look. */
struct look {
	const struct inventory *inventory;
	const struct plan *plan;
	const struct outcomes *outcomes;
};

/* Has it just been made? */
static bool is_new(void *userdata, const struct planned_device *device)
{
	const struct look *look = userdata;
	const struct pci_function *function = inventory_find(look->inventory, &device->address);
	const struct planned_device *physfn = function && function->is_vf
						      ? plan_find(look->plan, &function->physfn)
						      : NULL;
	const struct outcome *outcome = physfn ? &look->outcomes->items[physfn - look->plan->items]
					       : NULL;

	return outcome && outcome->vfs && outcome->result == RESULT_DONE;
}

int situation_act(struct root *root, const struct options *options, const struct purpose *purpose,
		  const struct boot_log *log, int64_t started_ms, struct situation *situation,
		  struct outcomes *ret, struct situation *ret_again)
{
	const struct profile *profile = &situation->profile;
	struct plan *plan = &situation->plan;
	struct act_limits limits = limits_left(profile, started_ms, 0);
	_cleanup_(outcomes_done) struct outcomes virtual = {};
	/* Its own directories: what was decided on at first stays lent for what is put back. */
	struct root again = *root;
	/* Nobody uses yet what was made just now. */
	const struct purpose later = {.goal = purpose->goal,
				      .phase = PHASE_SYSTEM,
				      .at_boot = purpose->at_boot};
	int status;

	*ret_again = (struct situation){};
	act_run(root, plan, &limits, ret, &plan->findings);
	if (!wants_vfs(plan))
		return STATUS_DONE;
	limits = limits_left(profile, started_ms, 0);
	if (act_vfs_make(root, plan, &limits, ret, &plan->findings) == 0)
		return STATUS_DONE;
	again.places = (struct places){};
	status = situation_load(&again, options, &later, log, ret_again);
	if (status == STATUS_DONE) {
		plan_keep(&ret_again->plan, is_new,
			  &(struct look){&ret_again->inventory, plan, ret});
		limits = limits_left(profile, started_ms, 0);
		act_run(&again, &ret_again->plan, &limits, &virtual, &plan->findings);
	}
	root_forget(&again);
	limits = limits_left(profile, started_ms, RESTORE_MS);
	act_vfs_restore(root, plan, &limits, ret, &plan->findings);
	plan_merge(plan, &ret_again->plan);
	merge(ret, &virtual);
	return status;
}
