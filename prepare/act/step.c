/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/step.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "decide/group.h"
#include "host/modules.h"
#include "host/pci.h"
#include "host/uevent.h"
#include "parse/address.h"

#define POLL_MS 20

void step_read_driver(const struct attempt *attempt)
{
	struct slot *slot = attempt->slot;
	int r = attribute_read_link_name(attempt->root, attempt->dir, "driver", slot->after,
					 sizeof(slot->after));

	if (r == -ENOENT)
		slot->after[0] = '\0';
	slot->after_known = r >= 0 || r == -ENOENT;
}

/* "\n" clears the override (drivers/pci/pci-sysfs.c). */
void step_read_override(const struct attempt *attempt, char ret[static ATTRIBUTE_MAX])
{
	if (attribute_read(attempt->root, attempt->dir, "driver_override", ret, ATTRIBUTE_MAX) <=
		    0 ||
	    strcmp(ret, "(null)") == 0)
		snprintf(ret, ATTRIBUTE_MAX, "\n");
}

/* --- do --- */

static int load(const struct attempt *attempt, const struct action *action)
{
	return module_load(attempt->root, action->value);
}

/* Writes an attribute of the device, through its directory. */
static int write_own(const struct attempt *attempt, const struct action *action)
{
	return root_write_attribute(attempt->root, attempt->dir, strrchr(action->path, '/') + 1,
				    action->value);
}

static int write_path(const struct attempt *attempt, const struct action *action)
{
	return root_write_attribute(attempt->root, -1, action->path, action->value);
}

static int unbind(const struct attempt *attempt, const struct action *action)
{
	int r;

	uevent_hide(attempt->root, &attempt->device->address);
	r = write_path(attempt, action);
	uevent_show(attempt->root, &attempt->device->address);
	return r;
}

/* --- verify --- */

/* What the device shows counts, not what the kernel answers. */
static int result_of(int written, bool shown)
{
	if (shown)
		return 0;
	return written < 0 ? written : COMPLAINT_NO_EFFECT;
}

/* A module may load and still not register the driver that the profile names. */
static int verify_loaded(const struct attempt *attempt, const struct action *action, int r)
{
	if (r < 0 || attempt->device)
		return r;
	return root_exists(attempt->root, action->path) ? 0 : -ENXIO;
}

/* An id that the driver does not know is as good as one that it has forgotten (pci-driver.c remove_id_store()). */
static int verify_removed(const struct attempt *attempt _unused_,
			  const struct action *action _unused_, int r)
{
	return r == -ENODEV || r == -ENOENT ? 0 : r;
}

static bool override_is(const struct attempt *attempt, const char *value)
{
	char override[ATTRIBUTE_MAX];

	step_read_override(attempt, override);
	return strcmp(override, value) == 0;
}

static int verify_override(const struct attempt *attempt, const struct action *action, int r)
{
	/* Where no driver is taken from the device, its driver at the end tells enough. */
	if (r == 0 && attempt->device->want && !attempt->device->before)
		return 0;
	return result_of(r, override_is(attempt, action->value));
}

static int verify_unbound(const struct attempt *attempt, const struct action *action _unused_,
			  int r)
{
	const struct slot *slot = attempt->slot;

	step_read_driver(attempt);
	return result_of(r, slot->after_known && strcmp(slot->after, attempt->device->before) != 0);
}

/* The driver that a physical function has comes before its virtual functions; of others the end tells. */
static int verify_probed(const struct attempt *attempt, const struct action *action _unused_, int r)
{
	if (r < 0 || attempt->device->state != DEVICE_VFS)
		return r;
	step_read_driver(attempt);
	if (!attempt->slot->after[0])
		return COMPLAINT_NO_DRIVER;
	return driver_leaves_group_viable(attempt->slot->after) ? COMPLAINT_GUESTS : 0;
}

static int number_of(const struct action *action)
{
	uint64_t number;

	return number_parse(action->value, 10, UINT16_MAX, &number) < 0 ? -1 : (int)number;
}

/*
 * Virtual functions that stay with the host were made while no driver was to take any: they are probed now, as
 * they would have been. Whether a driver takes one is the host's affair.
 */
static void probe_kept(const struct attempt *attempt)
{
	for (int i = 0; i < attempt->slot->vfs.number && attempt->device->kept; i++) {
		char link[sizeof("virtfn") + 3 * sizeof(i)], name[PATH_MAX], path[DEVICE_PATH_MAX];
		_cleanup_close_ int dir = -1;
		struct pci_address address;

		snprintf(link, sizeof(link), "virtfn%d", i);
		if (attribute_read_link_name(attempt->root, attempt->dir, link, name,
					     sizeof(name)) < 0 ||
		    pci_address_parse(name, &address) < 0 ||
		    !address_list_has(attempt->device->kept, &address))
			continue;
		dir = root_open(attempt->root, device_path(&address, path), O_PATH | O_DIRECTORY);
		if (dir >= 0 && attribute_read_link_name(attempt->root, dir, "driver", name,
							 sizeof(name)) == -ENOENT)
			root_write_attribute(attempt->root, -1, SYSFS_PCI "/drivers_probe",
					     PCI_ADDRESS_TEXT(&address));
	}
}

static int verify_autoprobe(const struct attempt *attempt, const struct action *action, int r)
{
	if (r < 0)
		return r;
	vfs_read(attempt->root, attempt->dir, &attempt->slot->vfs);
	if (number_of(action) && attempt->slot->vfs.autoprobe == number_of(action))
		probe_kept(attempt);
	return result_of(r, attempt->slot->vfs.autoprobe == number_of(action));
}

/*
 * The link virtfnN of a function comes before all that a bind needs of it. Waits up to three quarters of
 * the time; the rest is for taking the steps back.
 */
static int wait_complete(const struct attempt *attempt, int n)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	char group[32];
	bool grouped = attribute_read_link_name(attempt->root, attempt->dir, "iommu_group", group,
						sizeof(group)) > 0;

	for (int waited = 0; !vfs_complete(attempt->root, attempt->dir, n, grouped);
	     waited += POLL_MS) {
		if (waited >= attempt->piece_ms / 4 * 3)
			return COMPLAINT_INCOMPLETE;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int verify_vfs(const struct attempt *attempt, const struct action *action, int r)
{
	struct slot *slot = attempt->slot;
	int want = number_of(action);

	if (r < 0)
		return r;
	vfs_read(attempt->root, attempt->dir, &slot->vfs);
	if (slot->vfs.number == want)
		return want ? wait_complete(attempt, want) : 0;
	slot->n_came = slot->vfs.number;
	return slot->n_came > 0 && slot->n_came < want ? COMPLAINT_FEWER : COMPLAINT_NO_EFFECT;
}

/* --- undo --- */

static int undo_override(const struct attempt *attempt)
{
	int r;

	if (override_is(attempt, attempt->override))
		return 0;
	r = root_write_attribute(attempt->root, attempt->dir, "driver_override", attempt->override);
	return result_of(r, override_is(attempt, attempt->override));
}

int step_try_driver(const struct attempt *attempt, const char *path)
{
	struct slot *slot = attempt->slot;
	int r;

	slot->after_known = false;
	r = root_write_attribute(attempt->root, -1, path,
				 PCI_ADDRESS_TEXT(&attempt->device->address));
	step_read_driver(attempt);
	return result_of(r, slot->after_known && *slot->after);
}

/* drivers_probe says yes also where the driver refuses; bind says why. */
static int undo_unbind(const struct attempt *attempt)
{
	char bind[sizeof(SYSFS_PCI "/drivers//bind") + DRIVER_NAME_MAX];
	const struct slot *slot = attempt->slot;

	step_read_driver(attempt);
	if (!slot->after_known || *slot->after)
		return 0;
	if (step_try_driver(attempt, SYSFS_PCI "/drivers_probe") == 0)
		return 0;
	snprintf(bind, sizeof(bind), SYSFS_PCI "/drivers/%s/bind", attempt->device->before);
	return step_try_driver(attempt, bind);
}

static int write_number(const struct attempt *attempt, const char *attribute, int number)
{
	char value[3 * sizeof(number)];

	snprintf(value, sizeof(value), "%d", number);
	return root_write_attribute(attempt->root, attempt->dir, attribute, value);
}

static int undo_autoprobe(const struct attempt *attempt)
{
	struct vfs_state *now = &attempt->slot->vfs;
	int r;

	vfs_read(attempt->root, attempt->dir, now);
	if (now->autoprobe == attempt->vfs.autoprobe)
		return 0;
	r = write_number(attempt, "sriov_drivers_autoprobe", attempt->vfs.autoprobe);
	vfs_read(attempt->root, attempt->dir, now);
	return r < 0 ? r : result_of(-EIO, now->autoprobe == attempt->vfs.autoprobe);
}

/* Another number of virtual functions is set only where there are none (drivers/pci/pci-sysfs.c). */
static int undo_vfs(const struct attempt *attempt)
{
	struct vfs_state *now = &attempt->slot->vfs;
	int cleared = 0, r;

	vfs_read(attempt->root, attempt->dir, now);
	if (now->number == attempt->vfs.number)
		return 0;
	if (now->number > 0 && attempt->vfs.number > 0)
		cleared = write_number(attempt, "sriov_numvfs", 0);
	r = write_number(attempt, "sriov_numvfs", attempt->vfs.number);
	vfs_read(attempt->root, attempt->dir, now);
	if (cleared < 0 || r < 0)
		return cleared < 0 ? cleared : r;
	return result_of(-EIO, now->number == attempt->vfs.number);
}

/* Steps are taken back in the order of this table: what decides over drivers before what asks for one. */
static const struct step_kind {
	const char *text;
	int (*act)(const struct attempt *attempt, const struct action *action);
	int (*verify)(const struct attempt *attempt, const struct action *action, int r);
	int (*undo)(const struct attempt *attempt); /* NULL: nothing is to be taken back */
	/* Which driver the device has is not known until the write has come back. */
	bool unsettles;
} kinds[] = {
	[ACTION_LOAD_MODULE] = {"loading the module", load, verify_loaded, NULL, false},
	[ACTION_SET_OVERRIDE] = {"writing driver_override", write_own, verify_override,
				 undo_override, true},
	[ACTION_CLEAR_OVERRIDE] = {"clearing driver_override", write_own, verify_override,
				   undo_override, true},
	[ACTION_REMOVE_ID] = {"writing remove_id", write_path, verify_removed, NULL, false},
	[ACTION_UNBIND] = {"unbinding", unbind, verify_unbound, undo_unbind, true},
	[ACTION_PROBE] = {"probing", write_path, verify_probed, NULL, true},
	[ACTION_AUTOPROBE] = {"writing sriov_drivers_autoprobe", write_own, verify_autoprobe,
			      undo_autoprobe, false},
	[ACTION_SET_VFS] = {"writing sriov_numvfs", write_own, verify_vfs, undo_vfs, false},
};

const char *step_text(enum action_type step)
{
	return kinds[step].text;
}

int step_take(const struct attempt *attempt, const struct action *action)
{
	const struct step_kind *kind = &kinds[action->type];
	struct slot *slot = attempt->slot;

	slot->step = action->type;
	slot->begun |= 1U << action->type;
	if (kind->unsettles)
		slot->after_known = false;
	return kind->verify(attempt, action, kind->act(attempt, action));
}

void steps_undo(const struct attempt *attempt)
{
	struct slot *slot = attempt->slot;

	for (size_t type = 0; type < ARRAY_SIZE(kinds); type++) {
		int r;

		if (!kinds[type].undo || !(slot->begun & 1U << type))
			continue;
		slot->undoing = true;
		r = kinds[type].undo(attempt);
		if (slot->undo_error == 0)
			slot->undo_error = r;
	}
}
