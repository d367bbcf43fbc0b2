/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/outcome.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

static const char *error_text(int error)
{
	return error < 0 ? strerror(-error) : "the kernel accepted the write, but nothing changed";
}

static char *module_error(const struct planned_device *device, const struct slot *slot)
{
	_cleanup_free_ char *name = device->want ? xstrdup(device->module)
						 : strv_join(&device->natives, " or ");

	if (slot->error == -ECANCELED)
		return xasprintf(
			"module %s of the native driver is blacklisted; modprobe loads it if it is named",
			name);
	if (slot->error == -ENXIO && device->want)
		return xasprintf("module %s is loaded but has no PCI driver %s", name,
				 device->want);
	if (slot->error == -ENOENT)
		return xasprintf("there is no module %s for this kernel", name);
	return xasprintf("module %s cannot be loaded: %s", name, strerror(-slot->error));
}

/* Why a device that was probed is not on the driver that it should have. */
static char *not_taken(const struct planned_device *device, const struct slot *slot)
{
	const char *why = slot->error ? error_text(slot->error) : "the kernel log may say why";
	_cleanup_free_ char *natives = NULL;

	if (device->want)
		return xasprintf("%s did not bind to the device; %s", device->want, why);
	if (*slot->after)
		return xasprintf("%s took the device again: its ids= or new_id names the device",
				 slot->after);
	if (!device->natives_known)
		return xstrdup("no driver took the device, and its native driver is not known");
	natives = strv_join(&device->natives, " or ");
	return xasprintf("no driver took the device, although %s can drive it; %s", natives, why);
}

/* Says why a device is not right, whether the change could be undone, and what its override is. */
static char *device_failure(const struct planned_device *device, const struct slot *slot)
{
	bool probed = slot->step == ACTION_PROBE && (!device->want || slot->error == 0);
	_cleanup_free_ char *what = probed ? not_taken(device, slot)
					   : xasprintf("%s: %s", step_text(slot->step),
						       error_text(slot->error));
	struct buf text = {};

	buf_add(&text, what);
	if (slot->undo_error)
		buf_addf(&text, "; and the change could not be undone: %s",
			 error_text(slot->undo_error));
	if (slot->override_known && (slot->undo_error || !device->want))
		buf_addf(&text, "; driver_override is %s",
			 *slot->override ? slot->override : "not set");
	return buf_take(&text);
}

struct vfs_cause {
	char *text;
	enum finding_type type;
	const char *remedy; /* NULL: the kernel log tells more */
};

/* Why a physical function did not get its virtual ones. */
static struct vfs_cause vfs_cause(const struct planned_device *device, const struct slot *slot)
{
	bool loading = slot->step == ACTION_LOAD_MODULE, making = slot->step == ACTION_SET_VFS;
	struct vfs_cause cause = {.type = FINDING_VFS_MISSING};

	if (slot->error == COMPLAINT_NO_DRIVER || slot->error == COMPLAINT_GUESTS || loading ||
	    (making && slot->error == -ENOENT))
		cause.type = FINDING_VFS_DRIVER;
	if (slot->error == COMPLAINT_NO_DRIVER) {
		cause.text = xstrdup("no driver took the device; the kernel log may say why");
	} else if (slot->error == COMPLAINT_GUESTS) {
		cause.text = xasprintf("the device is on %s, which cannot make virtual functions",
				       slot->after);
	} else if (slot->error == COMPLAINT_FEWER) {
		cause.text = xasprintf("the kernel made only %d of %u virtual functions",
				       slot->n_came, device->vfs);
		cause.remedy = "set a smaller vfs in the section, or raise the limit in the card's "
			       "own configuration";
	} else if (slot->error == COMPLAINT_INCOMPLETE) {
		cause.text = xstrdup("the virtual functions were not complete in time");
	} else if (loading && slot->error == -ECANCELED) {
		cause.text = xstrdup("the module of the device's driver is blacklisted");
		cause.remedy = "remove the blacklist line of the module from the profile or from "
			       "/etc/modprobe.d";
	} else if (making && slot->error == -ENOENT) {
		cause.text = xasprintf("driver %s of the device makes no virtual functions",
				       slot->after);
		cause.remedy = "install a driver that has SR-IOV, or remove vfs from the section";
	} else {
		cause.text = xasprintf("%s: %s", step_text(slot->step), error_text(slot->error));
		if (making && (slot->error == -ENOMEM || slot->error == -ENOSPC))
			cause.remedy =
				"turn on SR-IOV in the firmware setup, or add pci=realloc to "
				"the kernel's arguments and restart";
	}
	return cause;
}

static char *vfs_failure(const struct planned_device *device, const struct slot *slot,
			 struct findings *findings)
{
	const struct vfs_cause cause = vfs_cause(device, slot);
	const char *address = PCI_ADDRESS_TEXT(&device->address);
	_cleanup_free_ char *error = cause.text;

	finding_remedy(finding_add(findings, SEVERITY_ERROR, cause.type, address,
				   "section [device %s] wants %u virtual function%s: %s",
				   device->section, device->vfs, PLURAL(device->vfs), error),
		       "%s%s", cause.remedy ? cause.remedy : "dmesg | grep -F ",
		       cause.remedy ? "" : address);
	if (!slot->undo_error)
		return xasprintf("%s; the device has %d virtual function%s, as before", error,
				 slot->vfs.number, PLURAL(slot->vfs.number));
	return xasprintf(
		"%s; and the change could not be undone (%s): the device has %d virtual functions, "
		"and sriov_drivers_autoprobe is %d",
		error, error_text(slot->undo_error), slot->vfs.number, slot->vfs.autoprobe);
}

static char *timeout_error(const struct planned_device *device, const struct slot *slot)
{
	bool left_off = device->state == DEVICE_VFS && slot->begun & 1U << ACTION_AUTOPROBE;

	return xasprintf("%s did not return within %u s%s",
			 slot->undoing ? "undoing the change" : step_text(slot->step),
			 (slot->elapsed_ms + 500) / 1000,
			 left_off ? "; sriov_drivers_autoprobe of the device may be 0" : "");
}

static void judge_done(const struct planned_device *device, const struct slot *slot,
		       struct outcome *outcome, struct findings *findings)
{
	bool vfs = device->state == DEVICE_VFS;

	if (slot->right) {
		outcome->result = RESULT_DONE;
		outcome->vfs = vfs ? device->vfs : 0;
	} else if (slot->error == -ESTALE) {
		outcome->error =
			xasprintf("%s changed while the plan was made; the device was left alone",
				  vfs ? "the device" : "the driver of the device");
	} else {
		outcome->error = vfs ? vfs_failure(device, slot, findings)
				     : device_failure(device, slot);
	}
}

void outcome_judge(const struct planned_device *device, const struct slot *slot,
		   const struct slot *module, struct outcome *outcome, struct findings *findings)
{
	bool begun = slot->end != BOUNDED_SKIPPED && slot->end != BOUNDED_LATE;
	const char *after = begun ? slot->after : device->before;

	outcome->elapsed_ms = slot->elapsed_ms;
	outcome->after_known = begun ? slot->after_known : device->before_known;
	free(outcome->after);
	outcome->after = outcome->after_known && after && *after ? xstrdup(after) : NULL;
	outcome->result = begun || module ? RESULT_FAILED : RESULT_SKIPPED;
	switch (slot->end) {
	case BOUNDED_TIMEOUT:
		outcome->result = RESULT_TIMEOUT;
		outcome->error = timeout_error(device, slot);
		break;
	case BOUNDED_SKIPPED:
		outcome->error =
			module ? module_error(device, module)
			       : xstrdup("left alone, as another device did not answer in time");
		break;
	case BOUNDED_LATE:
		outcome->result = RESULT_SKIPPED;
		outcome->error = xstrdup(
			"left alone, as the time for all devices was over before its turn");
		break;
	case BOUNDED_DIED:
		outcome->error = xasprintf("the process for the device died at %s",
					   step_text(slot->step));
		break;
	default:
		judge_done(device, slot, outcome, findings);
		break;
	}
	if (outcome->error) {
		/* Names of drivers and overrides are in it. */
		_cleanup_free_ char *said = outcome->error;

		outcome->error = text_visible(said, "");
	}
}

void outcome_not_started(int error, struct outcome *outcome)
{
	outcome->result = RESULT_FAILED;
	outcome->error = xasprintf("no process can be started: %s", strerror(-error));
}

void outcome_begin(const struct planned_device *device, struct outcome *outcome)
{
	static const struct {
		enum result result;
		const char *error;
	} states[] = {
		[DEVICE_BIND] = {RESULT_FAILED, NULL},
		[DEVICE_RIGHT] = {RESULT_ALREADY, NULL},
		[DEVICE_WAITING] = {RESULT_SKIPPED, NULL},
		[DEVICE_REFUSED] = {RESULT_REFUSED, "a finding says why"},
		[DEVICE_ABSENT] = {RESULT_SKIPPED, "not on this host"},
		[DEVICE_VFS] = {RESULT_SKIPPED, NULL},
	};

	*outcome = (struct outcome){
		.address = device->address,
		.section = device->section,
		.want = device->want,
		.before = device->before,
		.before_known = device->before_known,
		.after = xstrdup_null(device->before),
		.after_known = device->before_known,
		.result = states[device->state].result,
		.error = xstrdup_null(states[device->state].error),
		.vfs = device->state == DEVICE_RIGHT ? device->vfs : 0,
	};
	if (device->state == DEVICE_WAITING)
		outcome->error = xasprintf("waits %s", device_waits_for(device));
}
