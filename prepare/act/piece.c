/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/piece.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "decide/group.h"
#include "host/pci.h"

#define DRIVERS SYSFS_PCI "/drivers/"

static bool has_step(const struct piece *piece, enum action_type type, const char *value)
{
	for (size_t i = 0; i < piece->n_actions; i++)
		if (piece->actions[i].type == type &&
		    (!value || strcmp(piece->actions[i].value, value) == 0))
			return true;
	return false;
}

/*
 * Is the device, as it was read last, where the plan wants it? A released device has a driver other than the
 * one that was taken off it, or none where no other could take it.
 */
static bool is_right(const struct piece *piece, const struct slot *slot)
{
	const struct planned_device *device = piece->device;

	if (device->state == DEVICE_VFS)
		return slot->error == 0;
	if (!slot->after_known)
		return false;
	if (device->want)
		return strcmp(slot->after, device->want) == 0;
	/* Its override may not be cleared. */
	if (slot->error && slot->step != ACTION_PROBE)
		return false;
	if (!*slot->after)
		return device->natives_known && !device->natives.n;
	return !has_step(piece, ACTION_UNBIND, NULL) || strcmp(slot->after, device->before) != 0;
}

static bool is_on_planned_driver(const struct piece *piece, const struct slot *slot)
{
	const char *before = piece->device->before;

	return slot->after_known && strcmp(slot->after, before ? before : "") == 0;
}

/* Would a plan that is made now begin with the same step? */
static bool is_as_planned(const struct piece *piece, const struct slot *slot)
{
	if (piece->device->state != DEVICE_VFS)
		return is_on_planned_driver(piece, slot);
	/* A driver that came meanwhile is as it should be. What has to go is set to 0 first. */
	return slot->after_known && (!piece->device->before || is_on_planned_driver(piece, slot)) &&
	       !driver_leaves_group_viable(slot->after) &&
	       (slot->vfs.number > 0) == has_step(piece, ACTION_SET_VFS, "0");
}

/* Asks the native drivers of the device by name, one after another; 0: one took it. */
static int ask_natives(const struct attempt *attempt)
{
	const struct strv *natives = &attempt->device->natives;
	int r = COMPLAINT_NO_EFFECT;

	for (size_t i = 0; i < natives->n && r != 0; i++) {
		_cleanup_free_ char *directory = xasprintf("/sys/module/%s/drivers",
							   natives->items[i]);
		_cleanup_(strv_done) struct strv drivers = {};

		root_list(attempt->root, directory, &drivers);
		for (size_t j = 0; j < drivers.n && r != 0; j++) {
			_cleanup_free_ char *path = NULL;

			if (strncmp(drivers.items[j], "pci:", 4) != 0)
				continue;
			path = xasprintf(DRIVERS "%s/bind", drivers.items[j] + 4);
			r = step_try_driver(attempt, path);
		}
	}
	return r;
}

/*
 * A probe asks the drivers in the order in which they registered, so that one whose ids= name the device
 * takes it again before its native driver is asked, and it says yes also where no driver took it. To ask the
 * native drivers by name says why they refuse.
 */
static void insist(const struct attempt *attempt, const struct piece *piece)
{
	struct slot *slot = attempt->slot;

	for (size_t i = 0; i < piece->n_actions && *slot->after; i++)
		if (piece->actions[i].type == ACTION_UNBIND)
			slot->error = step_take(attempt, &piece->actions[i]);
	slot->step = ACTION_PROBE;
	if (!slot->after_known || *slot->after)
		return;
	slot->error = ask_natives(attempt);
	if (slot->after_known && !*slot->after)
		step_try_driver(attempt, SYSFS_PCI "/drivers_probe");
}

/*
 * A released device that no native driver takes stays without a driver: a person who releases it does not
 * want it where a guest gets at it. One that could not be taken off its driver keeps it, and its override.
 */
static bool wants_undo(const struct piece *piece, const struct slot *slot)
{
	return piece->device->want || (is_on_planned_driver(piece, slot) && *slot->after);
}

static void take_steps(struct attempt *attempt, const struct piece *piece)
{
	bool vfs = piece->device->state == DEVICE_VFS;
	struct slot *slot = attempt->slot;
	char override[ATTRIBUTE_MAX];

	if (!vfs) {
		root_keep_attribute(attempt->root, attempt->dir, "driver_override");
		step_read_override(attempt, attempt->override);
	}
	for (size_t i = 0; i < piece->n_actions && slot->error == 0; i++)
		slot->error = step_take(attempt, &piece->actions[i]);
	step_read_driver(attempt);
	slot->right = is_right(piece, slot);
	if (!slot->right && !piece->device->want && slot->after_known &&
	    slot->step == ACTION_PROBE) {
		insist(attempt, piece);
		slot->right = is_right(piece, slot);
	}
	if (slot->right)
		return;
	if (wants_undo(piece, slot))
		steps_undo(attempt);
	slot->right = is_right(piece, slot);
	if (vfs)
		return;
	step_read_override(attempt, override);
	slot->override_known = true;
	snprintf(slot->override, sizeof(slot->override), "%.*s", (int)strcspn(override, "\n"),
		 override);
}

/*
 * To a device without a driver an override and a probe do nothing if it has one meanwhile, so that its driver
 * after them tells what it was before: a device that another driver has by then gets its override back.
 */
static bool takes_nothing(const struct piece *piece)
{
	return piece->device->want && !piece->device->before && piece->n_actions == 2 &&
	       piece->actions[0].type == ACTION_SET_OVERRIDE &&
	       piece->actions[1].type == ACTION_PROBE;
}

static void run_device(struct attempt *attempt, const struct piece *piece)
{
	const struct planned_device *device = piece->device;
	struct slot *slot = attempt->slot;

	if (takes_nothing(piece)) {
		take_steps(attempt, piece);
		if (!slot->right && slot->error == 0 && slot->after_known && *slot->after)
			slot->error = -ESTALE;
		return;
	}
	step_read_driver(attempt);
	if (device->state == DEVICE_VFS) {
		vfs_read(attempt->root, attempt->dir, &attempt->vfs);
		slot->vfs = attempt->vfs;
	}
	if (is_as_planned(piece, slot)) {
		take_steps(attempt, piece);
	} else if (device->state != DEVICE_VFS && is_right(piece, slot) &&
		   (device->want || piece->actions[0].type == ACTION_PROBE)) {
		/* Its driver took it when its module came; the override still keeps others away. */
		slot->right = true;
		if (device->want)
			slot->error = step_take(attempt, piece->actions);
		slot->after_known = true;
	} else {
		slot->error = -ESTALE;
	}
}

void piece_run(struct root *root, const struct piece *piece, int piece_ms, struct slot *slot)
{
	struct attempt attempt = {.root = root,
				  .device = piece->device,
				  .dir = -1,
				  .piece_ms = piece_ms,
				  .slot = slot};

	slot->step = piece->actions->type;
	if (piece->device)
		attempt.dir = device_lend(root, &piece->device->address);
	if (piece->device && attempt.dir < 0)
		slot->error = attempt.dir;
	else if (!piece->device || piece->final)
		slot->error = step_take(&attempt, piece->actions);
	else
		run_device(&attempt, piece);
	if (attempt.dir >= 0)
		root_keep_attribute(root, attempt.dir, NULL);
}
