/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/plan.h"

#include <string.h>

#include "render/json.h"
#include "render/text.h"

static const char *subject(const struct plan *plan, const struct action *action,
			   char text[static PCI_ADDRESS_MAX])
{
	return action->device < plan->n
		       ? pci_address_format(&plan->items[action->device].address, text)
		       : action->value;
}

static json_t *files_array(const struct planned_files *files)
{
	json_t *array = json_array();

	vec_foreach(file, files)
		json_append(array, json_file(file));
	return array;
}

static char *plan_json(const struct plan *plan, const struct planned_files *files)
{
	json_t *report = json_report(), *actions = json_array();
	char address[PCI_ADDRESS_MAX];

	vec_foreach(action, &plan->actions) {
		json_t *object = json_object();

		json_set(object, "type", json_string(action_type_names[action->type]));
		json_set(object, "subject", json_text(subject(plan, action, address)));
		json_set(object, "path", json_text(action->path));
		json_set(object, "value", json_text(action->value));
		json_set(object, "reason", json_text(action->reason));
		json_append(actions, object);
	}
	json_set(report, "actions", actions);
	json_set(report, "files", files_array(files));
	json_set(report, "findings", json_findings(&plan->findings));
	return json_finish(report);
}

static void add_device(struct buf *buf, const struct planned_device *device)
{
	const char *before = device_driver_text(device);

	buf_addf(buf, "%s [%s]%s ", PCI_ADDRESS_TEXT(&device->address), device->section,
		 device->companion ? " (for its group)" : "");
	switch (device->state) {
	case DEVICE_BIND:
		buf_addf(buf, "%s -> %s\n", before, device->want);
		break;
	case DEVICE_RIGHT:
		buf_addf(buf, "is on %s", device->want);
		if (device->vfs)
			buf_addf(buf, ", has %u virtual function%s", device->vfs,
				 PLURAL(device->vfs));
		buf_add(buf, ": nothing to do\n");
		break;
	case DEVICE_VFS:
		buf_addf(buf, "stays on %s, gets %u virtual function%s", device->want, device->vfs,
			 PLURAL(device->vfs));
		for (size_t i = 0; device->kept && i < device->kept->n; i++)
			buf_addf(buf, "%s %s", i ? "" : "; except leaves to its own driver:",
				 PCI_ADDRESS_TEXT(&device->kept->items[i].address));
		buf_add(buf, "\n");
		break;
	case DEVICE_WAITING:
		buf_addf(buf, "waits %s\n", device_waits_for(device));
		break;
	case DEVICE_REFUSED:
		buf_addf(buf, "refused, stays on %s\n", before);
		break;
	case DEVICE_ABSENT:
		buf_add(buf, "is not there\n");
		break;
	}
}

static void add_files(struct buf *buf, const struct planned_files *files)
{
	vec_foreach(file, files) {
		if (file->state == FILE_SAME)
			continue;
		buf_addf(buf, "\n%s %s", file_state_names[file->state], file->path);
		if (file->state == FILE_FOREIGN)
			buf_add(buf, ": not written by vfio-prepare, left alone");
		else if (file->state == FILE_UNREADABLE)
			buf_addf(buf, ": %s, left alone", strerror(-file->error));
		buf_add(buf, "\n");
		text_diff(buf, file->diff);
	}
}

static char *plan_text(const struct plan *plan, const struct planned_files *files)
{
	struct buf buf = {};

	if (!plan->n)
		buf_add(&buf, "The profile selects no device of this host.\n");
	vec_foreach(device, plan)
		add_device(&buf, device);
	if (plan->actions.n)
		buf_add(&buf, "\nIn this order:\n");
	vec_foreach(action, &plan->actions) {
		if (action->type == ACTION_LOAD_MODULE)
			buf_addf(&buf, "  load %s  (%s)\n", action->value, action->reason);
		else
			buf_addf(&buf, "  write %s to %s  (%s)\n", action->value, action->path,
				 action->reason);
	}
	add_files(&buf, files);
	if (plan->findings.n)
		buf_add(&buf, "\n");
	text_findings(&buf, &plan->findings);
	return buf_take(&buf);
}

char *render_plan(enum format format, const struct plan *plan, const struct planned_files *files)
{
	return format == FORMAT_JSON ? plan_json(plan, files) : plan_text(plan, files);
}
