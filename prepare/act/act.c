/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/act.h"

#include <string.h>
#include <sys/resource.h>

#include "act/executor.h"
#include "act/outcome.h"
#include "host/pci.h"

/* A module that no planned device waits for is VFIO's own: without it no guest can use the devices. */
static void judge_backend(const struct execution *execution, struct findings *findings)
{
	for (size_t i = 0; i < execution->n && !execution->items[i].device; i++) {
		const char *module = execution->items[i].actions->value;
		bool waited_for = false;

		if (execution->slots[i].error == 0)
			continue;
		for (size_t j = 0; j < execution->n; j++)
			waited_for = waited_for ||
				     (execution->items[j].device &&
				      module_may_drive(module, execution->items[j].device));
		if (!waited_for)
			finding_remedy(
				finding_add(
					findings, SEVERITY_ERROR, FINDING_IOMMU_BACKEND, "host",
					"module %s cannot be loaded, and without it no guest can "
					"use the devices: %s",
					module, strerror(-execution->slots[i].error)),
				"modprobe %s shows why; the initramfs must contain the module",
				module);
	}
}

/* Runs a pass and judges its devices; returns how many are done. */
static size_t carry_out(struct execution *execution, struct outcomes *outcomes,
			struct findings *findings)
{
	const struct plan *plan = execution->plan;
	int r = execution_run(execution);
	size_t n_done = 0;

	for (size_t i = 0; i < execution->n; i++) {
		const struct planned_device *device = execution->items[i].device;
		const struct slot *slot = execution_slot(execution, i);
		struct outcome *outcome;

		if (!device)
			continue;
		outcome = &outcomes->items[device - plan->items];
		if (slot)
			outcome_judge(device, slot, execution_missing_module(execution, device),
				      outcome, findings);
		else
			outcome_not_started(r, outcome);
		n_done += outcome->result == RESULT_DONE;
	}
	if (r == 0)
		judge_backend(execution, findings);
	return n_done;
}

void act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
	     struct outcomes *ret, struct findings *findings)
{
	_cleanup_(execution_done) struct execution execution = {};

	*ret = (struct outcomes){};
	vec_foreach(device, plan)
		outcome_begin(device, vec_add(ret));
	execution_begin(root, plan, PASS_DEVICES, limits, NULL, &execution);
	if (execution.n) {
		/*
		 * From here on devices are between two drivers, which comes before what udev makes of
		 * each. Without effect where it is not allowed.
		 */
		if (root->live)
			setpriority(PRIO_PROCESS, 0, ACT_NICE);
		/* One descriptor for all devices. */
		root_keep_attribute(root, -1, SYSFS_PCI "/drivers_probe");
	}
	carry_out(&execution, ret, findings);
	root_keep_attribute(root, -1, NULL);
}

size_t act_vfs_make(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *outcomes, struct findings *findings)
{
	_cleanup_(execution_done) struct execution execution = {};

	execution_begin(root, plan, PASS_VFS, limits, NULL, &execution);
	return carry_out(&execution, outcomes, findings);
}

/* Why autoprobe may not be what it was; NULL: it is. error: why a child could not be started. */
static const char *left_off(const struct slot *slot, int error)
{
	if (!slot)
		return strerror(-error);
	if (slot->end == BOUNDED_LATE)
		return "the time for all devices was over before its turn";
	if (slot->end != BOUNDED_DONE)
		return "the kernel did not answer in time";
	if (slot->error < 0)
		return strerror(-slot->error);
	return slot->error ? "the write was without effect" : NULL;
}

void act_vfs_restore(struct root *root, const struct plan *plan, const struct act_limits *limits,
		     const struct outcomes *outcomes, struct findings *findings)
{
	_cleanup_(execution_done) struct execution execution = {};
	int r;

	execution_begin(root, plan, PASS_VFS_RESTORE, limits, outcomes, &execution);
	r = execution_run(&execution);
	for (size_t i = 0; i < execution.n; i++) {
		const struct piece *piece = &execution.items[i];
		const char *cause = left_off(execution_slot(&execution, i), r);

		if (cause)
			finding_remedy(
				finding_add(
					findings, SEVERITY_WARNING, FINDING_VFS_AUTOPROBE,
					PCI_ADDRESS_TEXT(&piece->device->address),
					"sriov_drivers_autoprobe of the device may be left at 0: "
					"%s",
					cause),
				"echo 1 > %s", piece->actions->path);
	}
}
