/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include <string.h>

#include "base/alloc.h"
#include "model/platform.h"
#include "model/profile.h"

static void device_done(struct planned_device *device)
{
	free(device->want);
	free(device->module);
	free(device->before);
	strv_done(&device->natives);
}

static void action_done(struct action *action)
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

/* Does any of the plan's devices wait for the module? */
static bool is_module_needed(const struct plan *plan, const char *module)
{
	vec_foreach(device, plan)
		if ((device->state == DEVICE_BIND && device->module &&
		     strcmp(device->module, module) == 0) ||
		    (device_needs_backend(device) && module_is_backend(module)))
			return true;
	return false;
}

/* Is its subject a device that goes? */
static bool goes_with_device(const struct plan *plan, const size_t *places,
			     const struct finding *finding)
{
	for (size_t i = 0; i < plan->n; i++)
		if (strcmp(finding->subject, PCI_ADDRESS_TEXT(&plan->items[i].address)) == 0)
			return places[i] == SIZE_MAX;
	return false;
}

void plan_keep(struct plan *plan,
	       bool (*wanted)(void *userdata, const struct planned_device *device), void *userdata)
{
	/* Where each device will stand; SIZE_MAX: it goes. */
	size_t *places = xcalloc(plan->n, sizeof(*places)), n_devices = 0, n = 0;

	for (size_t i = 0; i < plan->n; i++)
		places[i] = wanted(userdata, &plan->items[i]) ? n_devices++ : SIZE_MAX;
	vec_foreach(finding, &plan->findings)
		if (goes_with_device(plan, places, finding))
			finding_done(finding);
		else
			plan->findings.items[n++] = *finding;
	plan->findings.n = n;

	for (size_t i = 0; i < plan->n; i++)
		if (places[i] == SIZE_MAX)
			device_done(&plan->items[i]);
		else
			plan->items[places[i]] = plan->items[i];
	plan->n = n_devices;

	n = 0;
	vec_foreach(action, &plan->actions) {
		bool of_device = action->device != SIZE_MAX;

		if (of_device)
			action->device = places[action->device];
		if (of_device ? action->device == SIZE_MAX
			      : !is_module_needed(plan, action->value)) {
			action_done(action);
			continue;
		}
		plan->actions.items[n++] = *action;
	}
	plan->actions.n = n;
	free(places);
}

void plan_sort(struct plan *plan)
{
	vec_sort(plan, pci_address_order);
}

const struct planned_device *plan_find(const struct plan *plan, const struct pci_address *address)
{
	return vec_find(plan, address, pci_address_order);
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

void plan_override(struct plan *plan, size_t device, const char *driver, char *reason)
{
	plan_act(plan, driver ? ACTION_SET_OVERRIDE : ACTION_CLEAR_OVERRIDE, device,
		 xasprintf(SYSFS_PCI "/devices/%s/driver_override",
			   PCI_ADDRESS_TEXT(&plan->items[device].address)),
		 driver ? driver : "\n", reason);
}

void plan_unbind(struct plan *plan, size_t device, char *reason)
{
	plan_act(plan, ACTION_UNBIND, device,
		 xasprintf(SYSFS_PCI "/drivers/%s/unbind", plan->items[device].before),
		 PCI_ADDRESS_TEXT(&plan->items[device].address), reason);
}

void plan_probe(struct plan *plan, size_t device, char *reason)
{
	plan_act(plan, ACTION_PROBE, device, xstrdup(SYSFS_PCI "/drivers_probe"),
		 PCI_ADDRESS_TEXT(&plan->items[device].address), reason);
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

const char *const action_type_names[] = {
	[ACTION_LOAD_MODULE] = "load-module",
	[ACTION_SET_OVERRIDE] = "set-override",
	[ACTION_CLEAR_OVERRIDE] = "clear-override",
	[ACTION_REMOVE_ID] = "remove-id",
	[ACTION_UNBIND] = "unbind",
	[ACTION_PROBE] = "probe",
	[ACTION_AUTOPROBE] = "set-autoprobe",
	[ACTION_SET_VFS] = "set-vfs",
};

const char *const device_state_names[] = {
	[DEVICE_BIND] = "wrong-driver", [DEVICE_RIGHT] = "right",   [DEVICE_WAITING] = "waiting",
	[DEVICE_REFUSED] = "refused",   [DEVICE_ABSENT] = "absent", [DEVICE_VFS] = "vfs-missing",
};

bool device_needs_backend(const struct planned_device *device)
{
	return (device->state == DEVICE_BIND || device->state == DEVICE_RIGHT) && device->want &&
	       driver_is_vfio(device->want);
}

bool device_may_be_absent(const struct planned_device *device)
{
	return device->state == DEVICE_ABSENT && device->optional;
}

bool device_is_given(const struct planned_device *device)
{
	return !device->vfs && device->state != DEVICE_ABSENT &&
	       (device->state != DEVICE_REFUSED || device->next_boot);
}

bool device_is_out(const struct planned_device *device)
{
	return device->state == DEVICE_REFUSED || device->state == DEVICE_ABSENT;
}

const char *device_waits_for(const struct planned_device *device)
{
	if (device->vfs)
		return "until its own driver has it, which makes its virtual functions";
	return "until the host's disks and network are known";
}

const char *device_driver_text(const struct planned_device *device)
{
	if (device->before)
		return device->before;
	return device->before_known ? "no driver" : "unknown driver";
}
