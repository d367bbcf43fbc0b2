/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/scan.h"
#include "host/uevent.h"

#define DRIVERS SYSFS_PCI "/drivers/"
#define ATTRIBUTE_MAX 4096 /* PAGE_SIZE: sysfs gives and takes no more */

void device_read_back(struct root *root, int dir, struct slot *slot)
{
	int r = attribute_read_link_name(root, dir, "driver", slot->after, sizeof(slot->after));

	if (r == -ENOENT)
		slot->after[0] = '\0';
	slot->after_known = r >= 0 || r == -ENOENT;
}

/*
 * Is the device, as it was read back, where the plan wants it? Released is what has a driver other than
 * the one that was taken off it, or none where there is no other.
 */
static bool is_right(const struct planned_device *device, const struct action *actions,
		     size_t n_actions, const struct slot *slot)
{
	bool unbinds = false;

	if (!slot->after_known)
		return false;
	if (device->want)
		return strcmp(slot->after, device->want) == 0;
	/* Its override may still be there. */
	if (slot->error < 0 && slot->step != ACTION_PROBE)
		return false;
	if (!*slot->after)
		return device->natives_known && !device->natives.n;
	for (size_t i = 0; i < n_actions; i++)
		unbinds = unbinds || actions[i].type == ACTION_UNBIND;
	return !unbinds || strcmp(slot->after, device->before) != 0;
}

static bool is_as_planned(const struct planned_device *device, const struct slot *slot)
{
	return slot->after_known && strcmp(slot->after, device->before ? device->before : "") == 0;
}

/* The override in the form in which it is written; "\n" clears it (drivers/pci/pci-sysfs.c). */
static void read_override(struct root *root, int dir, char *ret, size_t size)
{
	if (attribute_read(root, dir, "driver_override", ret, size) <= 0 ||
	    strcmp(ret, "(null)") == 0)
		snprintf(ret, size, "\n");
}

static bool override_is(struct root *root, int dir, const char *value)
{
	char override[ATTRIBUTE_MAX];

	read_override(root, dir, override, sizeof(override));
	return strcmp(override, value) == 0;
}

/* dir: the device's. */
static int write_action(struct root *root, const struct action *action, int dir)
{
	bool own = action->type == ACTION_SET_OVERRIDE || action->type == ACTION_CLEAR_OVERRIDE;

	return own ? root_write_attribute(root, dir, "driver_override", action->value)
		   : root_write_attribute(root, -1, action->path, action->value);
}

/* Does the device show what the step should have come to? Of a probe the end tells. */
static bool step_shows(struct root *root, const struct planned_device *device,
		       const struct action *action, int dir, struct slot *slot)
{
	switch (action->type) {
	case ACTION_SET_OVERRIDE:
	case ACTION_CLEAR_OVERRIDE:
		return override_is(root, dir, action->value);
	case ACTION_UNBIND:
		device_read_back(root, dir, slot);
		return slot->after_known && strcmp(slot->after, device->before) != 0;
	default:
		return true;
	}
}

/*
 * What the device shows counts, not what the kernel answers. Where nothing is taken from it and the
 * kernel said yes, what it shows at the end is enough.
 */
static int take_step(struct root *root, const struct planned_device *device,
		     const struct action *action, int dir, struct slot *slot)
{
	int r;

	slot->step = action->type;
	/* Until a write has come back, its effect is not known. */
	slot->after_known = false;
	if (action->type == ACTION_UNBIND)
		uevent_hide(root, &device->address);
	r = write_action(root, action, dir);
	if (action->type == ACTION_UNBIND)
		uevent_show(root, &device->address);
	if (action->type == ACTION_PROBE || (r == 0 && device->want && !device->before))
		return r;
	if (step_shows(root, device, action, dir, slot))
		return 0;
	return r < 0 ? r : SLOT_IGNORED;
}

static int put_override_back(struct root *root, int dir, const char *override)
{
	int r;

	if (override_is(root, dir, override))
		return 0;
	r = root_write_attribute(root, dir, "driver_override", override);
	if (override_is(root, dir, override))
		return 0;
	return r < 0 ? r : SLOT_IGNORED;
}

/* Another write after which the device should have a driver; whether it has is read back. */
static int try_driver(struct root *root, const char *path, const char *address, int dir,
		      struct slot *slot)
{
	int r;

	slot->after_known = false;
	r = root_write_attribute(root, -1, path, address);
	device_read_back(root, dir, slot);
	if (slot->after_known && *slot->after)
		return 0;
	return r < 0 ? r : SLOT_IGNORED;
}

/*
 * Takes back what was done to a device that did not come to its driver: its override is what it was, and
 * it has the driver that it had. drivers_probe says yes also where the driver refuses; bind says why.
 */
static void undo_bind(struct root *root, const struct planned_device *device,
		      const struct action *probe, int dir, const char *override, struct slot *slot)
{
	char bind[sizeof(DRIVERS "/bind") + DRIVER_NAME_MAX];
	int r;

	slot->undoing = true;
	slot->undo_error = put_override_back(root, dir, override);
	device_read_back(root, dir, slot);
	if (!slot->after_known || *slot->after || !device->before)
		return;
	r = try_driver(root, probe->path, probe->value, dir, slot);
	if (r < 0) {
		snprintf(bind, sizeof(bind), DRIVERS "%s/bind", device->before);
		r = try_driver(root, bind, probe->value, dir, slot);
	}
	if (slot->undo_error == 0)
		slot->undo_error = r;
}

/* Asks the drivers of its own by name, one after another; -errno: none took it. */
static int ask_natives(struct root *root, const struct planned_device *device,
		       const struct action *probe, int dir, struct slot *slot)
{
	int r = SLOT_IGNORED;

	for (size_t i = 0; i < device->natives.n && r < 0; i++) {
		_cleanup_free_ char *directory = xasprintf("/sys/module/%s/drivers",
							   device->natives.items[i]);
		struct strv drivers = {};

		root_list(root, directory, &drivers);
		for (size_t j = 0; j < drivers.n && r < 0; j++) {
			_cleanup_free_ char *path = NULL;

			if (strncmp(drivers.items[j], "pci:", 4) != 0)
				continue;
			path = xasprintf(DRIVERS "%s/bind", drivers.items[j] + 4);
			r = try_driver(root, path, probe->value, dir, slot);
		}
		strv_done(&drivers);
	}
	return r;
}

/*
 * A probe asks the drivers in the order in which they came, so that one whose ids= names the device
 * has it again before its own is asked, and it says yes also where none took it. So those are asked by
 * name, which says why they refuse.
 */
static void insist(struct root *root, const struct planned_device *device,
		   const struct action *actions, size_t n_actions, int dir, struct slot *slot)
{
	const struct action *probe = &actions[n_actions - 1];

	for (size_t i = 0; i < n_actions && *slot->after; i++)
		if (actions[i].type == ACTION_UNBIND)
			slot->error = take_step(root, device, &actions[i], dir, slot);
	slot->step = ACTION_PROBE;
	if (!slot->after_known || *slot->after)
		return;
	slot->error = ask_natives(root, device, probe, dir, slot);
	if (slot->after_known && !*slot->after)
		try_driver(root, probe->path, probe->value, dir, slot);
}

/*
 * One that could not be taken off its driver keeps it, with the override that goes with it. One that
 * no driver of its own takes is left without: whoever releases it does not want it where a guest gets at
 * it. The report says so.
 */
static void undo_release(struct root *root, const struct planned_device *device,
			 const struct action *actions, size_t n_actions, int dir,
			 const char *override, struct slot *slot)
{
	if (slot->after_known && slot->step == ACTION_PROBE)
		insist(root, device, actions, n_actions, dir, slot);
	if (is_as_planned(device, slot) && *slot->after &&
	    !is_right(device, actions, n_actions, slot)) {
		slot->undoing = true;
		slot->undo_error = put_override_back(root, dir, override);
	}
}

static void take_steps(struct root *root, const struct planned_device *device,
		       const struct action *actions, size_t n_actions, int dir, struct slot *slot)
{
	char override[ATTRIBUTE_MAX];

	read_override(root, dir, override, sizeof(override));
	for (size_t i = 0; i < n_actions && slot->error == 0; i++)
		slot->error = take_step(root, device, &actions[i], dir, slot);
	device_read_back(root, dir, slot);
	slot->right = is_right(device, actions, n_actions, slot);
	if (slot->right)
		return;
	if (device->want)
		undo_bind(root, device, &actions[n_actions - 1], dir, override, slot);
	else
		undo_release(root, device, actions, n_actions, dir, override, slot);
	slot->right = is_right(device, actions, n_actions, slot);
	read_override(root, dir, override, sizeof(override));
	slot->override_known = true;
	snprintf(slot->override, sizeof(slot->override), "%.*s", (int)strcspn(override, "\n"),
		 override);
}

void device_run(struct root *root, const struct planned_device *device,
		const struct action *actions, size_t n_actions, struct slot *slot)
{
	int dir = device_lend(root, &device->address);

	if (dir < 0) {
		slot->error = dir;
		return;
	}
	device_read_back(root, dir, slot);
	if (is_as_planned(device, slot)) {
		take_steps(root, device, actions, n_actions, dir, slot);
	} else if (is_right(device, actions, n_actions, slot) &&
		   (device->want || actions[0].type == ACTION_PROBE)) {
		/* Its driver took it as its module came; the override still keeps others away. */
		slot->right = true;
		if (device->want)
			slot->error = take_step(root, device, actions, dir, slot);
		slot->after_known = true;
	} else {
		/* Somebody was there since the plan was made: it is not what was decided on. */
		slot->error = -ESTALE;
	}
}
