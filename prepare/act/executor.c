/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/executor.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "host/bounded.h"
#include "host/uevent.h"

static bool is_in_pass(const struct execution *execution, size_t device,
		       const struct outcomes *outcomes)
{
	const struct plan *plan = execution->plan;
	bool vfs = device < plan->n && plan->items[device].state == DEVICE_VFS;

	if (execution->pass == PASS_VFS_RESTORE)
		return vfs && outcomes->items[device].result == RESULT_DONE;
	return vfs == (execution->pass == PASS_VFS);
}

/* Adds the piece of the n actions that belong together. */
static void add_piece(struct execution *execution, const struct action *actions, size_t n)
{
	const struct plan *plan = execution->plan;
	struct piece piece = {.actions = actions, .n_actions = n};
	bool has_final;

	if (actions->device < plan->n)
		piece.device = &plan->items[actions->device];
	/* That drivers take new virtual functions again is for when these are bound. */
	has_final = execution->pass != PASS_DEVICES && actions[n - 1].type == ACTION_AUTOPROBE;
	if (execution->pass == PASS_VFS_RESTORE) {
		if (!has_final)
			return;
		piece = (struct piece){&actions[n - 1], 1, piece.device, .final = true};
	} else if (has_final) {
		piece.n_actions--;
	}
	*vec_add(execution) = piece;
}

/* Drivers whose devices must go one after another. */
static const char *const serial_drivers[] = {
	"ioatdma", /* crashes: kernel bug 209041, as SPDK's scripts/setup.sh has it */
};

/* The driver that a piece asks to let go of its device, or to make virtual functions; NULL: none. */
static const char *driver_of(const struct piece *piece)
{
	if (!piece->device)
		return NULL;
	return piece->device->state == DEVICE_VFS ? piece->device->want : piece->device->before;
}

static bool share_driver(const struct piece *one, const struct piece *other)
{
	const char *first = driver_of(one), *second = driver_of(other);

	return first && second && strcmp(first, second) == 0;
}

/*
 * A device without a driver is in lane 0: it is quick, and a child costs more. A serial driver has a lane;
 * other devices have one each, as long as there are any.
 */
static void assign_lanes(struct execution *execution)
{
	size_t n_bound = 0;

	execution->n_lanes = 1;
	execution->lanes = xcalloc(execution->n, sizeof(*execution->lanes));
	for (size_t i = 0; i < execution->n && execution->pass == PASS_DEVICES; i++) {
		const struct piece *piece = &execution->items[i];
		size_t *lane = &execution->lanes[i];

		if (!driver_of(piece))
			continue;
		for (size_t j = 0; j < i && TEXT_IN(serial_drivers, driver_of(piece)) && !*lane;
		     j++)
			if (share_driver(&execution->items[j], piece))
				*lane = execution->lanes[j];
		if (*lane)
			continue;
		*lane = 1 + n_bound++ % (ACT_MAX_LANES - 1);
		if (*lane >= execution->n_lanes)
			execution->n_lanes = *lane + 1;
	}
}

void execution_begin(struct root *root, const struct plan *plan, enum pass pass,
		     const struct act_limits *limits, const struct outcomes *outcomes,
		     struct execution *ret)
{
	const struct action_list *actions = &plan->actions;

	*ret = (struct execution){.root = root, .plan = plan, .limits = limits, .pass = pass};
	for (size_t i = 0, n; i < actions->n; i += n) {
		size_t device = actions->items[i].device;

		n = 1;
		while (device < plan->n && i + n < actions->n &&
		       actions->items[i + n].device == device)
			n++;
		if (is_in_pass(ret, device, outcomes))
			add_piece(ret, &actions->items[i], n);
	}
	assign_lanes(ret);
}

bool module_may_drive(const char *module, const struct planned_device *device)
{
	return device->module &&
	       (strcmp(device->module, module) == 0 || strv_contains(&device->natives, module));
}

const struct slot *execution_missing_module(const struct execution *execution,
					    const struct planned_device *device)
{
	const struct slot *missing = NULL;

	for (size_t i = 0; i < execution->n && !execution->items[i].device; i++) {
		if (!module_may_drive(execution->items[i].actions->value, device))
			continue;
		if (execution->slots[i].error == 0)
			return NULL;
		missing = &execution->slots[i];
	}
	return missing;
}

/* --- one job --- */

static size_t piece_lane(void *userdata, size_t index)
{
	const struct execution *execution = userdata;

	return execution->lanes[execution->first + index];
}

static void run_piece(void *userdata, size_t index)
{
	struct execution *execution = userdata;

	index += execution->first;
	piece_run(execution->root, &execution->items[index], execution->limits->piece_ms,
		  &execution->slots[index]);
}

/*
 * A device whose driver's module did not load is left alone, and so is one whose driver did not come back
 * from another device.
 */
static bool piece_wanted(void *userdata, size_t index)
{
	const struct execution *execution = userdata;
	const struct piece *piece = &execution->items[execution->first + index];

	if (!piece->device || piece->final)
		return true;
	if (execution_missing_module(execution, piece->device))
		return false;
	for (size_t i = 0; i < execution->n; i++)
		if (execution->slots[i].end == BOUNDED_TIMEOUT &&
		    share_driver(&execution->items[i], piece))
			return false;
	return true;
}

static void piece_ended(void *userdata, size_t index, enum bounded_end end, uint32_t elapsed_ms)
{
	struct execution *execution = userdata;
	struct slot *slot = &execution->slots[execution->first + index];
	const struct planned_device *device = execution->items[execution->first + index].device;

	slot->end = end;
	slot->elapsed_ms = elapsed_ms;
	if (!device && end != BOUNDED_DONE)
		slot->error = -ETIMEDOUT;
	if (!device || execution->pass != PASS_DEVICES)
		return;
	/* A step that is no unbind hides nothing. */
	if (end == BOUNDED_TIMEOUT)
		uevent_hide(execution->root, &device->address);
	/* The kernel has answered, and the child did not show again what the unbind had hidden. */
	if (end == BOUNDED_DIED)
		uevent_show(execution->root, &device->address);
}

/* Runs the pieces from execution->first to end. */
static int run_job(struct execution *execution, size_t end, size_t n_lanes, int total_ms)
{
	struct bounded_job job = {
		.n = end - execution->first,
		.piece_ms = execution->limits->piece_ms,
		.total_ms = total_ms,
		.userdata = execution,
		.lane = n_lanes > 1 ? piece_lane : NULL,
		.n_lanes = n_lanes,
		.run = run_piece,
		.wanted = piece_wanted,
		.ended = piece_ended,
	};

	return bounded_run(&job);
}

int execution_run(struct execution *execution)
{
	int total_ms = execution->limits->total_ms, r = 0;
	int64_t deadline = now_ms() + total_ms;
	size_t n_modules = 0;

	if (!execution->n)
		return 0;
	execution->slots = bounded_memory(execution->n * sizeof(*execution->slots));
	if (!execution->slots)
		return -ENOMEM;
	for (size_t i = 0; i < execution->n; i++)
		execution->slots[i].end = BOUNDED_UNSTARTED;
	/* With several lanes the modules have to be there before the first of them starts. */
	while (execution->n_lanes > 1 && n_modules < execution->n &&
	       !execution->items[n_modules].device)
		n_modules++;
	if (n_modules) {
		r = run_job(execution, n_modules, 1, total_ms);
		execution->first = n_modules;
		total_ms = (int)(deadline - now_ms());
	}
	return r < 0 ? r : run_job(execution, execution->n, execution->n_lanes, total_ms);
}

const struct slot *execution_slot(const struct execution *execution, size_t index)
{
	const struct slot *slots = execution->slots;

	return slots && slots[index].end != BOUNDED_UNSTARTED ? &slots[index] : NULL;
}

void execution_done(struct execution *execution)
{
	if (execution->slots)
		bounded_free(execution->slots, execution->n * sizeof(*execution->slots));
	free(execution->lanes);
	free(execution->items);
}
