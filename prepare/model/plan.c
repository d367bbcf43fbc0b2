/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include <string.h>

#include "base/alloc.h"

static void device_done(struct planned_device *device)
{
	free(device->want);
	free(device->module);
	free(device->before);
	strv_done(&device->natives);
}

void action_done(struct action *action)
{
	free(action->path);
	free(action->value);
	free(action->reason);
}

void plan_done(struct plan *plan)
{
	if (!plan)
		return;
	vec_foreach(device, plan)
		device_done(device);
	free(plan->items);
	vec_foreach(action, &plan->actions)
		action_done(action);
	free(plan->actions.items);
	findings_done(&plan->findings);
	*plan = (struct plan){};
}

void plan_forget(struct plan *plan, const struct pci_address *address)
{
	const struct planned_device *device = plan_find(plan, address);
	size_t index = device ? (size_t)(device - plan->items) : 0, n = 0;

	if (!device)
		return;
	device_done(&plan->items[index]);
	plan->n--;
	memmove(&plan->items[index], &plan->items[index + 1],
		(plan->n - index) * sizeof(*plan->items));
	vec_foreach(action, &plan->actions) {
		if (action->device == index) {
			action_done(action);
			continue;
		}
		if (action->device != SIZE_MAX && action->device > index)
			action->device--;
		plan->actions.items[n++] = *action;
	}
	plan->actions.n = n;
	n = 0;
	vec_foreach(finding, &plan->findings)
		if (strcmp(finding->subject, PCI_ADDRESS_TEXT(address)) == 0)
			finding_done(finding);
		else
			plan->findings.items[n++] = *finding;
	plan->findings.n = n;
}

const struct planned_device *plan_find(const struct plan *plan, const struct pci_address *address)
{
	size_t low = 0, high = plan->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = pci_address_compare(&plan->items[middle].address, address);

		if (order == 0)
			return &plan->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void plan_act(struct plan *plan, enum action_type type, size_t device, char *path,
	      const char *value, char *reason)
{
	*vec_add(&plan->actions) = (struct action){.type = type,
						   .device = device,
						   .path = path,
						   .value = xstrdup(value),
						   .reason = reason};
}

void plan_load(struct plan *plan, const char *module, const char *shown_by, char *reason)
{
	vec_foreach(action, &plan->actions)
		if (action->type == ACTION_LOAD_MODULE && strcmp(action->value, module) == 0) {
			free(reason);
			return;
		}
	plan_act(plan, ACTION_LOAD_MODULE, SIZE_MAX, xstrdup(shown_by), module, reason);
}

const char *action_type_name(enum action_type type)
{
	static const char *const names[] = {
		[ACTION_LOAD_MODULE] = "load-module",
		[ACTION_SET_OVERRIDE] = "set-override",
		[ACTION_CLEAR_OVERRIDE] = "clear-override",
		[ACTION_UNBIND] = "unbind",
		[ACTION_PROBE] = "probe",
		[ACTION_AUTOPROBE] = "set-autoprobe",
		[ACTION_SET_VFS] = "set-vfs",
	};

	return names[type];
}

const char *device_state_name(enum device_state state)
{
	static const char *const names[] = {
		[DEVICE_BIND] = "wrong-driver", [DEVICE_RIGHT] = "right",
		[DEVICE_WAITING] = "waiting",   [DEVICE_REFUSED] = "refused",
		[DEVICE_ABSENT] = "absent",     [DEVICE_VFS] = "vfs-missing",
	};

	return names[state];
}

bool device_is_given(const struct planned_device *device)
{
	return !device->vfs && device->state != DEVICE_ABSENT &&
	       (device->state != DEVICE_REFUSED || device->next_boot);
}

const char *device_waits_for(const struct planned_device *device)
{
	if (device->vfs)
		return "until its own driver has it, which makes its virtual functions";
	return "until what the host stands on is known";
}

const char *device_driver_text(const struct planned_device *device)
{
	if (device->before)
		return device->before;
	return device->before_known ? "no driver" : "unknown driver";
}
