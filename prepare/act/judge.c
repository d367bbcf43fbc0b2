/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/judge.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"

static const char *step_text(enum action_type step)
{
	static const char *const texts[] = {
		[ACTION_LOAD_MODULE] = "loading the module",
		[ACTION_SET_OVERRIDE] = "writing driver_override",
		[ACTION_UNBIND] = "unbinding",
		[ACTION_PROBE] = "probing",
	};

	return texts[step];
}

static char *module_error(const struct planned_device *device, const struct slot *slot)
{
	if (slot->error == -ENXIO)
		return xasprintf("module %s is loaded but has no PCI driver %s", device->module,
				 device->want);
	if (slot->error == -ENOENT)
		return xasprintf("there is no module %s for this kernel", device->module);
	return xasprintf("module %s cannot be loaded: %s", device->module, strerror(-slot->error));
}

void judge_device(const struct planned_device *device, const struct slot *slot,
		  const struct slot *module, struct outcome *outcome)
{
	outcome->elapsed_ms = slot->elapsed_us / 1000;
	outcome->after_known = slot->after_known;
	outcome->after = slot->after_known && slot->after[0] ? xstrdup(slot->after) : NULL;
	if (slot->end == BOUNDED_TIMEOUT) {
		outcome->result = RESULT_TIMEOUT;
		outcome->error = xasprintf("%s did not return within %u s", step_text(slot->step),
					   (slot->elapsed_us + 500000) / 1000000);
	} else if (slot->end == BOUNDED_SKIPPED && module && module->error < 0) {
		outcome->result = RESULT_FAILED;
		outcome->error = module_error(device, module);
	} else if (slot->end == BOUNDED_SKIPPED) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup("left alone, as another device did not answer in time");
	} else if (slot->end == BOUNDED_DIED) {
		outcome->result = RESULT_FAILED;
		outcome->error = xasprintf("the process died at %s", step_text(slot->step));
	} else if (slot->error == -ESTALE) {
		outcome->result = RESULT_FAILED;
		outcome->error = xstrdup(
			"its driver changed while the plan was made; it was left alone");
	} else if (slot_is_right(slot, device)) {
		outcome->result = RESULT_DONE;
	} else {
		outcome->result = RESULT_FAILED;
		outcome->error =
			slot->error < 0
				? xasprintf("%s: %s", step_text(slot->step), strerror(-slot->error))
				: xasprintf("%s did not take it; the kernel log may say why",
					    device->want);
	}
	if (slot->undo_error < 0) {
		char *longer = xasprintf("%s; and it could not be taken back: %s", outcome->error,
					 strerror(-slot->undo_error));

		free(outcome->error);
		outcome->error = longer;
	}
	/* What was not begun is as it was. */
	if (slot->end == BOUNDED_SKIPPED) {
		outcome->after = xstrdup_null(device->before);
		outcome->after_known = true;
	}
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
	};
	if (device->state == DEVICE_RIGHT) {
		outcome->result = RESULT_ALREADY;
	} else if (device->state == DEVICE_REFUSED) {
		outcome->result = RESULT_REFUSED;
		outcome->error = xstrdup("a finding says why");
	} else if (device->state == DEVICE_WAITING) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup("waits until what the host stands on is known");
	} else if (device->state == DEVICE_ABSENT) {
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup("not on this host");
	} else {
		free(TAKE_PTR(outcome->after));
	}
}
