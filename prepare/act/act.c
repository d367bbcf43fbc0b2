/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/act.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "act/device.h"
#include "act/judge.h"
#include "base/clock.h"
#include "host/bounded.h"
#include "host/modules.h"
#include "host/scan.h"
#include "host/uevent.h"
#include "model/inventory.h"
#include "model/profile.h"

/* A piece is one module, or all the actions of one device. */
struct piece {
	const struct action *actions;
	size_t n_actions;
	const struct planned_device *device; /* NULL: a module */
};

struct run {
	struct root *root;
	size_t first;  /* the piece that the job at hand begins with */
	size_t *lanes; /* beside the pieces */
	const struct plan *plan;
	VEC(struct piece);
	struct slot *slots; /* beside the pieces, shared with the child */
};

/* Groups the plan's actions, which lie together by device, into pieces. */
static void gather(struct run *run)
{
	const struct action_list *actions = &run->plan->actions;

	for (size_t i = 0; i < actions->n;) {
		const struct action *action = &actions->items[i];
		struct piece *piece;

		if (action->device < run->plan->n &&
		    run->plan->items[action->device].state == DEVICE_VFS) {
			i++;
			continue;
		}
		piece = vec_add(run);
		*piece = (struct piece){.actions = action, .n_actions = 1};
		if (action->device < run->plan->n) {
			piece->device = &run->plan->items[action->device];
			while (i + piece->n_actions < actions->n &&
			       actions->items[i + piece->n_actions].device == action->device)
				piece->n_actions++;
		}
		i += piece->n_actions;
	}
}

/* Drivers whose devices must go one after another. */
static const char *const serial_drivers[] = {
	"ioatdma", /* crashes: kernel bug 209041, as SPDK's scripts/setup.sh has it */
};

static bool is_serial(const char *driver)
{
	for (size_t i = 0; i < ARRAY_SIZE(serial_drivers); i++)
		if (strcmp(serial_drivers[i], driver) == 0)
			return true;
	return false;
}

/*
 * Gives each piece its lane and returns how many there are. What no driver holds stays in the first:
 * it is quick, and a child costs more. A serial driver has a lane; other devices have one each, while
 * there are.
 */
static size_t assign_lanes(struct run *run)
{
	size_t n = 1, n_bound = 0;

	run->lanes = xcalloc(run->n, sizeof(*run->lanes));
	for (size_t i = 0; i < run->n; i++) {
		const char *driver = run->items[i].device ? run->items[i].device->before : NULL;

		if (!driver)
			continue;
		for (size_t j = 0; j < i && is_serial(driver) && !run->lanes[i]; j++)
			if (run->items[j].device && run->items[j].device->before &&
			    strcmp(run->items[j].device->before, driver) == 0)
				run->lanes[i] = run->lanes[j];
		if (run->lanes[i])
			continue;
		run->lanes[i] = 1 + n_bound++ % (ACT_MAX_LANES - 1);
		if (run->lanes[i] >= n)
			n = run->lanes[i] + 1;
	}
	return n;
}

static void load(struct run *run, const struct action *action, struct slot *slot)
{
	slot->error = module_load(run->root, action->value);
	/* A module may load and still not register the driver that the profile names. */
	if (slot->error >= 0 && !root_exists(run->root, action->path))
		slot->error = -ENXIO;
}

/* Is it a module from which the device could get the driver that it should have? */
static bool may_drive(const char *module, const struct planned_device *device)
{
	return device->module &&
	       (strcmp(device->module, module) == 0 || strv_contains(&device->natives, module));
}

/* The module for want of which the device cannot come to a driver, as no other came; NULL: none. */
static const struct slot *missing_module(const struct run *run, const struct planned_device *device)
{
	const struct slot *missing = NULL;

	/* Modules come before all devices. */
	for (size_t i = 0; i < run->n && !run->items[i].device; i++) {
		if (!may_drive(run->items[i].actions->value, device))
			continue;
		if (run->slots[i].error == 0)
			return NULL;
		missing = &run->slots[i];
	}
	return missing;
}

static size_t piece_lane(void *userdata, size_t index)
{
	const struct run *run = userdata;

	return run->lanes[run->first + index];
}

static void run_piece(void *userdata, size_t index)
{
	struct run *run = userdata;
	const struct piece *piece = &run->items[run->first + index];
	struct slot *slot = &run->slots[run->first + index];

	slot->step = piece->actions->type;
	if (piece->device)
		device_run(run->root, piece->device, piece->actions, piece->n_actions, slot);
	else
		load(run, piece->actions, slot);
}

/*
 * A device whose driver's module did not load stays as it is, and so does one whose present driver
 * did not come back from another device.
 */
static bool piece_wanted(void *userdata, size_t index)
{
	struct run *run = userdata;
	const struct piece *piece = &run->items[run->first + index];

	if (!piece->device)
		return true;
	if (missing_module(run, piece->device))
		return false;
	for (size_t i = 0; i < run->n && piece->device->before; i++) {
		const struct planned_device *other = run->items[i].device;

		if (run->slots[i].ended && run->slots[i].end == BOUNDED_TIMEOUT && other &&
		    other->before && strcmp(other->before, piece->device->before) == 0)
			return false;
	}
	return true;
}

static void piece_ended(void *userdata, size_t index, enum bounded_end end, uint32_t elapsed_ms)
{
	struct run *run = userdata;
	struct slot *slot = &run->slots[run->first + index];
	const struct planned_device *device = run->items[run->first + index].device;

	slot->end = end;
	slot->ended = true;
	slot->elapsed_ms = elapsed_ms;
	/* What hangs in another step than the unbind is not hidden yet. */
	if (end == BOUNDED_TIMEOUT && device)
		uevent_hide(run->root, &device->address);
	/* The kernel has answered, and nobody took back what the unbind had hidden. */
	if (end == BOUNDED_DIED && device)
		uevent_show(run->root, &device->address);
	if (!device && end != BOUNDED_DONE)
		slot->error = -ETIMEDOUT;
}

/* A module that no planned device waits for is VFIO's own: without it no guest can use the others. */
static void judge_backend(const struct run *run, struct findings *findings)
{
	for (size_t i = 0; i < run->n; i++) {
		const char *module = run->items[i].actions->value;
		bool waited_for = false;

		if (run->items[i].device || run->slots[i].error == 0)
			continue;
		for (size_t j = 0; j < run->n; j++)
			waited_for = waited_for || (run->items[j].device &&
						    may_drive(module, run->items[j].device));
		if (!waited_for)
			finding_remedy(
				finding_add(
					findings, SEVERITY_ERROR, FINDING_IOMMU_BACKEND, "host",
					"module %s cannot be loaded, so that no guest can use the devices: %s",
					module, strerror(-run->slots[i].error)),
				"modprobe %s says more; the initramfs must have it", module);
	}
}

/* The pieces from run->first to end. */
static int run_pieces(struct run *run, size_t end, size_t n_lanes, const struct act_limits *limits,
		      int total_ms)
{
	struct bounded_job job = {
		.n = end - run->first,
		.piece_ms = limits->piece_ms,
		.total_ms = total_ms,
		.userdata = run,
		.lane = n_lanes > 1 ? piece_lane : NULL,
		.n_lanes = n_lanes,
		.run = run_piece,
		.wanted = piece_wanted,
		.ended = piece_ended,
	};

	return bounded_run(&job);
}

/* With several lanes the modules have to be there before the first of them starts. */
static int run_all(struct run *run, const struct act_limits *limits)
{
	size_t n_lanes = assign_lanes(run), n_modules = 0;
	int64_t deadline = now_ms() + limits->total_ms;
	int r = 0;

	while (n_lanes > 1 && n_modules < run->n && !run->items[n_modules].device)
		n_modules++;
	if (n_modules)
		r = run_pieces(run, n_modules, 1, limits, limits->total_ms);
	run->first = n_modules;
	if (r == 0)
		r = run_pieces(run, run->n, n_lanes, limits, (int)(deadline - now_ms()));
	return r;
}

void act_run(struct root *root, const struct plan *plan, const struct act_limits *limits,
	     struct outcomes *ret, struct findings *findings)
{
	struct run run = {.root = root, .plan = plan};
	struct outcomes outcomes = {};
	size_t bytes, piece = 0;
	int r = -ENOMEM;

	gather(&run);
	if (run.n) {
		/*
		 * Devices are between two drivers now: that comes before what udev and others make of
		 * each. Without effect where it is not allowed.
		 */
		if (root->live)
			setpriority(PRIO_PROCESS, 0, ACT_NICE);
		/* One for all devices. */
		root_keep_attribute(root, SYSFS_PCI "/drivers_probe");
	}
	bytes = run.n * sizeof(*run.slots);
	run.slots = bounded_memory(bytes);
	for (size_t i = 0; i < run.n && run.slots; i++)
		run.slots[i].end = BOUNDED_UNSTARTED;
	if (run.slots && run.n) {
		r = run_all(&run, limits);
		if (r == 0)
			judge_backend(&run, findings);
	}
	vec_foreach(device, plan) {
		struct outcome *outcome = vec_add(&outcomes);

		outcome_begin(device, outcome);
		if (device->state != DEVICE_BIND)
			continue;

		/* Pieces and devices stand in the same order. */
		while (piece < run.n && run.items[piece].device != device)
			piece++;
		if (!run.slots || piece == run.n || run.slots[piece].end == BOUNDED_UNSTARTED) {
			judge_not_started(device, r, outcome);
		} else {
			judge_device(device, &run.slots[piece], missing_module(&run, device),
				     outcome);
		}
	}
	bounded_free(run.slots, bytes);
	root_keep_attribute(root, NULL);
	free(run.lanes);
	free(run.items);
	*ret = outcomes;
}
