/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/scan.h"

#define ATTRIBUTE_MAX 4096 /* PAGE_SIZE: sysfs gives and takes no more */

static void read_back(struct root *root, int dir, struct slot *slot)
{
	int r = attribute_read_link_name(root, dir, "driver", slot->after, sizeof(slot->after));

	if (r == -ENOENT)
		slot->after[0] = '\0';
	slot->after_known = r >= 0 || r == -ENOENT;
}

bool slot_is_right(const struct slot *slot, const struct planned_device *device)
{
	return slot->after_known && strcmp(slot->after, device->want) == 0;
}

static bool is_as_planned(const struct planned_device *device, const struct slot *slot)
{
	return slot->after_known && strcmp(slot->after, device->before ? device->before : "") == 0;
}

/* The override as it was before, to be put back; "\n" clears it (drivers/pci/pci-sysfs.c). */
static void read_override(struct root *root, int dir, char *ret, size_t size)
{
	if (attribute_read(root, dir, "driver_override", ret, size) <= 0 ||
	    strcmp(ret, "(null)") == 0)
		snprintf(ret, size, "\n");
}

/* dir: the device's. */
static int write_action(struct root *root, const struct action *action, int dir)
{
	return root_write_attribute(root, action->type == ACTION_SET_OVERRIDE ? dir : -1,
				    action->path, action->value);
}

/* Takes back what was done to a device that did not come to its driver. */
static void undo(struct root *root, const struct planned_device *device,
		 const struct action *actions, size_t n_actions, int dir, const char *override,
		 struct slot *slot)
{
	const struct action *probe = &actions[n_actions - 1];

	slot->undo_error = root_write_attribute(root, dir, actions[0].path, override);
	read_back(root, dir, slot);
	if (slot->after_known && !slot->after[0] && device->before) {
		/* It may not return. */
		slot->after_known = false;
		if (slot->undo_error == 0)
			slot->undo_error = write_action(root, probe, dir);
		else
			write_action(root, probe, dir);
		read_back(root, dir, slot);
	}
}

void device_run(struct root *root, const struct planned_device *device,
		const struct action *actions, size_t n_actions, struct slot *slot)
{
	_cleanup_close_ int dir = device_open(root, &device->address);
	char override[ATTRIBUTE_MAX];

	if (dir < 0) {
		slot->error = dir;
		return;
	}
	/* Somebody may have been there since the plan was made: then it is not what was decided on. */
	read_back(root, dir, slot);
	if (slot_is_right(slot, device)) {
		/* Its driver took it as its module came; the override still keeps others away. */
		slot->error = write_action(root, actions, dir);
		return;
	}
	if (!is_as_planned(device, slot)) {
		slot->error = -ESTALE;
		return;
	}
	/* Until a write has come back, its effect is not known. */
	slot->after_known = false;
	read_override(root, dir, override, sizeof(override));
	for (size_t i = 0; i < n_actions && slot->error == 0; i++) {
		const struct action *action = &actions[i];

		slot->step = action->type;
		slot->error = write_action(root, action, dir);
	}
	read_back(root, dir, slot);
	if (!slot_is_right(slot, device))
		undo(root, device, actions, n_actions, dir, override, slot);
}
