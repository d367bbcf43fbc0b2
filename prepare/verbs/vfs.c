/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/vfs.h"

#include <time.h>

#include "act/act.h"
#include "act/vfs.h"
#include "decide/vfs.h"

/* What needs no lock is given this much even when the time of all is over. */
#define RESTORE_MS 1000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is left of the time that all devices have together; least: at least this. */
static struct act_limits limits_left(const struct profile *profile, int64_t started_ms, int least)
{
	int left = (int)profile->timeout_s * 1000 - (int)(now_ms() - started_ms);

	return (struct act_limits){(int)profile->device_timeout_s * 1000,
				   left > least ? left : least};
}

static bool wants_vfs(const struct plan *plan)
{
	vec_foreach(device, plan)
		if (device->state == DEVICE_VFS)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return pci_address_compare(&((const struct outcome *)a)->address,
				   &((const struct outcome *)b)->address);
}

static const struct outcome *find(const struct outcomes *outcomes,
				  const struct pci_address *address)
{
	vec_foreach(outcome, outcomes)
		if (pci_address_compare(&outcome->address, address) == 0)
			return outcome;
	return NULL;
}

/* As plan_merge() does it with the plans. */
static void merge(struct outcomes *outcomes, struct outcomes *other)
{
	size_t n = 0;

	vec_foreach(outcome, outcomes)
		if (find(other, &outcome->address))
			outcome_done(outcome);
		else
			outcomes->items[n++] = *outcome;
	outcomes->n = n;
	vec_foreach(outcome, other)
		*vec_add(outcomes) = *outcome;
	other->n = 0;
	if (outcomes->n > 1)
		qsort(outcomes->items, outcomes->n, sizeof(*outcomes->items), compare);
}

struct look {
	const struct inventory *inventory;
	const struct outcomes *outcomes; /* of the first one */
};

/* Has it just been made? */
static bool is_new(void *userdata, const struct planned_device *device)
{
	const struct look *look = userdata;
	const struct pci_function *function = inventory_find(look->inventory, &device->address);
	const struct outcome *physfn = function && function->is_vf
					       ? find(look->outcomes, &function->physfn)
					       : NULL;

	return physfn && physfn->vfs && physfn->result == RESULT_DONE;
}

int situation_act(struct root *root, const struct arguments *arguments, struct situation *situation,
		  struct outcomes *ret, struct situation *ret_again)
{
	const struct profile *profile = &situation->profile;
	struct plan *plan = &situation->plan;
	int64_t started_ms = now_ms();
	struct act_limits limits = limits_left(profile, started_ms, 0);
	struct outcomes virtual = {};
	int status;

	*ret_again = (struct situation){};
	act_run(root, plan, &limits, ret, &plan->findings);
	if (!wants_vfs(plan))
		return STATUS_DONE;
	limits = limits_left(profile, started_ms, 0);
	if (act_vfs_make(root, plan, &limits, ret, &plan->findings) == 0)
		return STATUS_DONE;
	status = situation_load(root, arguments, PHASE_SYSTEM, false, ret_again);
	if (status == STATUS_DONE) {
		plan_keep(&ret_again->plan, is_new, &(struct look){&ret_again->inventory, ret});
		limits = limits_left(profile, started_ms, 0);
		act_run(root, &ret_again->plan, &limits, &virtual, &plan->findings);
	}
	limits = limits_left(profile, started_ms, RESTORE_MS);
	act_vfs_restore(root, plan, &limits, ret, &plan->findings);
	plan_merge(plan, &ret_again->plan);
	merge(ret, &virtual);
	outcomes_done(&virtual);
	return status;
}
