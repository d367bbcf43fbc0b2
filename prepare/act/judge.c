/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/judge.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

const char *step_text(enum action_type step)
{
	static const char *const texts[] = {
		[ACTION_LOAD_MODULE] = "loading the module",
		[ACTION_SET_OVERRIDE] = "writing driver_override",
		[ACTION_CLEAR_OVERRIDE] = "clearing driver_override",
		[ACTION_UNBIND] = "unbinding",
		[ACTION_PROBE] = "probing",
		[ACTION_AUTOPROBE] = "writing sriov_drivers_autoprobe",
		[ACTION_SET_VFS] = "writing sriov_numvfs",
	};

	return texts[step];
}

static const char *error_text(int error)
{
	return error == SLOT_IGNORED ? "the kernel took it and did nothing" : strerror(-error);
}

/* The modules of drivers of its own, in words. */
static char *native_names(const struct planned_device *device)
{
	struct buf names = {};

	for (size_t i = 0; i < device->natives.n; i++)
		buf_addf(&names, "%s%s", i ? " or " : "", device->natives.items[i]);
	return buf_take(&names);
}

static char *module_error(const struct planned_device *device, const struct slot *slot)
{
	_cleanup_free_ char *name = device->want ? xstrdup(device->module) : native_names(device);

	if (slot->error == -ECANCELED)
		return xasprintf(
			"its own driver's module %s is blacklisted; modprobe loads it all the same",
			name);
	if (slot->error == -ENXIO && device->want)
		return xasprintf("module %s is loaded but has no PCI driver %s", name,
				 device->want);
	if (slot->error == -ENOENT)
		return xasprintf("there is no module %s for this kernel", name);
	return xasprintf("module %s cannot be loaded: %s", name, strerror(-slot->error));
}

/* What a device lacks that was probed and is not where it should be. */
static char *not_taken(const struct planned_device *device, const struct slot *slot)
{
	const char *why = slot->error < 0 ? error_text(slot->error) : "the kernel log may say why";
	_cleanup_free_ char *natives = NULL;

	if (device->want)
		return xasprintf("%s did not take it; %s", device->want, why);
	if (*slot->after)
		return xasprintf("%s took it again: its ids or new_id name it", slot->after);
	if (!device->natives_known)
		return xstrdup("no driver took it, and which could is not known");
	natives = native_names(device);
	return xasprintf("no driver took it, though %s could; %s", natives, why);
}

/* The same of any step, with what became of taking it back and the state that it is left in. */
static char *failure(const struct planned_device *device, const struct slot *slot)
{
	bool probed = slot->step == ACTION_PROBE && (!device->want || slot->error == 0);
	_cleanup_free_ char *what = probed ? not_taken(device, slot)
					   : xasprintf("%s: %s", step_text(slot->step),
						       error_text(slot->error));
	struct buf text = {};

	buf_add(&text, what);
	if (slot->undo_error < 0)
		buf_addf(&text, "; and it could not be taken back: %s",
			 error_text(slot->undo_error));
	if (slot->override_known && (slot->undo_error < 0 || !device->want))
		buf_addf(&text, "; its driver_override is %s",
			 *slot->override ? slot->override : "not set");
	return buf_take(&text);
}

bool judge_end(const struct planned_device *device, const struct slot *slot,
	       struct outcome *outcome)
{
	bool begun = slot->end != BOUNDED_SKIPPED && slot->end != BOUNDED_LATE;
	const char *after = begun ? slot->after : device->before;

	outcome->elapsed_ms = slot->elapsed_ms;
	outcome->after_known = begun ? slot->after_known : device->before_known;
	free(outcome->after);
	outcome->after = outcome->after_known && after && *after ? xstrdup(after) : NULL;
	outcome->result = RESULT_FAILED;
	if (slot->end == BOUNDED_TIMEOUT) {
		outcome->result = RESULT_TIMEOUT;
		outcome->error = xasprintf("%s did not return within %u s",
					   slot->undoing ? "taking back what was done"
							 : step_text(slot->step),
					   (slot->elapsed_ms + 500) / 1000);
	} else if (slot->end == BOUNDED_SKIPPED) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup("left alone, as another device did not answer in time");
	} else if (slot->end == BOUNDED_LATE) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup(
			"left alone, as the time for all devices was over before its turn");
	} else if (slot->end == BOUNDED_DIED) {
		outcome->error = xasprintf("the process died at %s", step_text(slot->step));
	}
	return slot->end != BOUNDED_DONE;
}

void judge_device(const struct planned_device *device, const struct slot *slot,
		  const struct slot *module, struct outcome *outcome)
{
	bool settled = judge_end(device, slot, outcome);

	if (slot->end == BOUNDED_SKIPPED && module) {
		free(outcome->error);
		outcome->error = module_error(device, module);
		outcome->result = RESULT_FAILED;
	}
	if (settled)
		return;
	if (slot->error == -ESTALE)
		outcome->error = xstrdup(
			"its driver changed while the plan was made; it was left alone");
	else if (slot->right)
		outcome->result = RESULT_DONE;
	else
		outcome->error = failure(device, slot);
}

void judge_not_started(const struct planned_device *device, int error, struct outcome *outcome)
{
	free(outcome->after);
	outcome->after = xstrdup_null(device->before);
	outcome->after_known = device->before_known;
	outcome->result = RESULT_FAILED;
	outcome->error = xasprintf("no process can be started: %s", strerror(-error));
}

void outcome_begin(const struct planned_device *device, struct outcome *outcome)
{
	*outcome = (struct outcome){
		.address = device->address,
		.section = device->section,
		.want = device->want,
		.before = device->before,
		.before_known = device->before_known,
		.after = xstrdup_null(device->before),
		.after_known = device->before_known,
		.vfs = device->state == DEVICE_RIGHT ? device->vfs : 0,
	};
	if (device->state == DEVICE_RIGHT) {
		outcome->result = RESULT_ALREADY;
	} else if (device->state == DEVICE_REFUSED) {
		outcome->result = RESULT_REFUSED;
		outcome->error = xstrdup("a finding says why");
	} else if (device->state == DEVICE_WAITING) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xasprintf("waits %s", device_waits_for(device));
	} else if (device->state == DEVICE_ABSENT) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup("not on this host");
	} else if (device->state == DEVICE_VFS) {
		outcome->result = RESULT_SKIPPED;
	} else {
		free(TAKE_PTR(outcome->after));
	}
}
