/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/sriov.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "act/device.h"
#include "act/judge.h"
#include "base/number.h"
#include "decide/group.h"
#include "host/bounded.h"
#include "host/modules.h"
#include "host/scan.h"
#include "host/sriov.h"
#include "model/profile.h"

#define POLL_MS 20

/* What went wrong, where the kernel took the write. */
enum complaint {
	COMPLAINT_NONE,
	COMPLAINT_NO_DRIVER,  /* none took the physical function */
	COMPLAINT_GUESTS,     /* a driver for guests did */
	COMPLAINT_NO_EFFECT,  /* the attribute reads otherwise than it was written */
	COMPLAINT_FEWER,      /* the driver made fewer than it was asked for */
	COMPLAINT_INCOMPLETE, /* they are there, but not whole */
};

struct vf_slot {
	struct slot slot;
	enum complaint complaint;
	bool touched;           /* something was written */
	int came;               /* virtual functions, where they were fewer */
	struct vfs_state state; /* as last read */
};

/* All the actions of one physical function. */
struct piece {
	const struct action *actions;
	size_t n_actions;
	size_t device; /* the plan's */
};

struct run {
	struct root *root;
	const struct plan *plan;
	const struct act_limits *limits;
	VEC(struct piece);
	struct vf_slot *slots; /* beside the pieces, shared with the child */
};

static const struct planned_device *device_of(const struct run *run, size_t index)
{
	return &run->plan->items[run->items[index].device];
}

/* The last write of autoprobe, which is for when all is done; NULL: there is none. */
static const struct action *restore_of(const struct piece *piece)
{
	const struct action *last = &piece->actions[piece->n_actions - 1];

	return last->type == ACTION_AUTOPROBE ? last : NULL;
}

static void gather(struct run *run)
{
	const struct action_list *actions = &run->plan->actions;

	for (size_t i = 0; i < actions->n;) {
		size_t n = 1, device = actions->items[i].device;

		while (i + n < actions->n && actions->items[i + n].device == device)
			n++;
		if (device < run->plan->n && run->plan->items[device].state == DEVICE_VFS)
			*vec_add(run) = (struct piece){&actions->items[i], n, device};
		i += n;
	}
}

/* --- in the child --------------------------------------------------------------------------- */

static void wait_ms(int ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static int number_of(const struct action *action)
{
	uint64_t number;

	return number_parse(action->value, 10, UINT16_MAX, &number) < 0 ? -1 : (int)number;
}

static bool is_grouped(struct root *root, int dir)
{
	char group[32];

	return attribute_read_link_name(root, dir, "iommu_group", group, sizeof(group)) > 0;
}

/* The link of one comes before all that a bind needs of it. Up to three quarters of the time: some is for undoing. */
static void wait_complete(const struct run *run, int dir, int n, struct vf_slot *vf)
{
	bool grouped = is_grouped(run->root, dir);

	for (int waited = 0; !vfs_complete(run->root, dir, n, grouped); waited += POLL_MS) {
		if (waited >= run->limits->piece_ms / 4 * 3) {
			vf->complaint = COMPLAINT_INCOMPLETE;
			return;
		}
		wait_ms(POLL_MS);
	}
}

/* One action, with a look at what it did. */
static void carry_out(const struct run *run, const struct action *action, int dir,
		      struct vf_slot *vf)
{
	bool below = action->type == ACTION_AUTOPROBE || action->type == ACTION_SET_VFS;
	int now;

	vf->slot.step = action->type;
	if (action->type == ACTION_LOAD_MODULE) {
		vf->slot.error = module_load(run->root, action->value);
		return;
	}
	vf->touched = vf->touched || below;
	vf->slot.error = below ? root_write_attribute(run->root, dir,
						      strrchr(action->path, '/') + 1, action->value)
			       : root_write_attribute(run->root, -1, action->path, action->value);
	if (vf->slot.error < 0)
		return;
	if (!below) {
		device_read_back(run->root, dir, &vf->slot);
		if (!vf->slot.after[0])
			vf->complaint = COMPLAINT_NO_DRIVER;
		else if (driver_leaves_group_viable(vf->slot.after))
			vf->complaint = COMPLAINT_GUESTS;
		return;
	}
	vfs_read(run->root, dir, &vf->state);
	now = action->type == ACTION_SET_VFS ? vf->state.number : vf->state.autoprobe;
	if (now == number_of(action)) {
		if (now && action->type == ACTION_SET_VFS)
			wait_complete(run, dir, now, vf);
	} else {
		vf->came = now;
		vf->complaint = now > 0 && now < number_of(action) ? COMPLAINT_FEWER
								   : COMPLAINT_NO_EFFECT;
	}
}

static void write_number(const struct run *run, int dir, const char *attribute, int number,
			 struct slot *slot)
{
	char value[3 * sizeof(number)];
	int r;

	snprintf(value, sizeof(value), "%d", number);
	r = root_write_attribute(run->root, dir, attribute, value);
	if (r < 0 && slot->undo_error == 0)
		slot->undo_error = r;
}

/* As it was: autoprobe first, so that what comes again goes where it was. */
static void undo(const struct run *run, int dir, const struct vfs_state *former, struct vf_slot *vf)
{
	vf->slot.undoing = true;
	vfs_read(run->root, dir, &vf->state);
	if (vf->state.autoprobe != former->autoprobe)
		write_number(run, dir, "sriov_drivers_autoprobe", former->autoprobe, &vf->slot);
	if (vf->state.number != former->number) {
		if (vf->state.number > 0 && former->number > 0)
			write_number(run, dir, "sriov_numvfs", 0, &vf->slot);
		write_number(run, dir, "sriov_numvfs", former->number, &vf->slot);
	}
	vfs_read(run->root, dir, &vf->state);
	if (vf->slot.undo_error == 0 &&
	    (vf->state.autoprobe != former->autoprobe || vf->state.number != former->number))
		vf->slot.undo_error = -EIO;
}

/* Would the first write be another, had the plan been made now? */
static bool is_as_planned(const struct piece *piece, const struct planned_device *device,
			  const struct vf_slot *vf)
{
	int standing = 0;

	/* What stands and has to go has a write of its own, before the last. */
	for (size_t i = 0; i < piece->n_actions; i++)
		if (piece->actions[i].type == ACTION_SET_VFS && number_of(&piece->actions[i]) == 0)
			standing = 1;
	/* That a driver has come meanwhile is as it should be. */
	return vf->slot.after_known &&
	       (!device->before || strcmp(vf->slot.after, device->before) == 0) &&
	       !driver_leaves_group_viable(vf->slot.after) && (vf->state.number > 0) == standing;
}

static void make(const struct run *run, size_t index)
{
	const struct piece *piece = &run->items[index];
	const struct planned_device *device = device_of(run, index);
	struct vf_slot *vf = &run->slots[index];
	size_t n = piece->n_actions - (restore_of(piece) != NULL);
	int dir = device_lend(run->root, &device->address);
	struct vfs_state former;

	if (dir < 0) {
		vf->slot.error = dir;
		return;
	}
	device_read_back(run->root, dir, &vf->slot);
	vfs_read(run->root, dir, &former);
	vf->state = former;
	if (!is_as_planned(piece, device, vf)) {
		vf->slot.error = -ESTALE;
		return;
	}
	for (size_t i = 0; i < n && vf->slot.error == 0 && !vf->complaint; i++)
		carry_out(run, &piece->actions[i], dir, vf);
	if ((vf->slot.error < 0 || vf->complaint) && vf->touched)
		undo(run, dir, &former, vf);
	device_read_back(run->root, dir, &vf->slot);
}

static void run_make(void *userdata, size_t index)
{
	struct run *run = userdata;
	struct vf_slot *vf = &run->slots[index];

	vf->slot.step = run->items[index].actions->type;
	make(run, index);
}

static void run_restore(void *userdata, size_t index)
{
	struct run *run = userdata;
	const struct planned_device *device = device_of(run, index);
	int dir = device_lend(run->root, &device->address);
	struct vf_slot *vf = &run->slots[index];

	if (dir < 0)
		vf->slot.error = dir;
	else
		carry_out(run, restore_of(&run->items[index]), dir, vf);
}

/* A driver that did not come back from one is not asked again. */
static bool make_wanted(void *userdata, size_t index)
{
	const struct run *run = userdata;
	const char *driver = device_of(run, index)->want;

	for (size_t i = 0; i < index; i++)
		if (run->slots[i].slot.ended && run->slots[i].slot.end == BOUNDED_TIMEOUT &&
		    strcmp(device_of(run, i)->want, driver) == 0)
			return false;
	return true;
}

/* --- in the parent -------------------------------------------------------------------------- */

static void ended(void *userdata, size_t index, enum bounded_end end, uint32_t elapsed_ms)
{
	struct run *run = userdata;
	struct slot *slot = &run->slots[index].slot;

	slot->end = end;
	slot->ended = true;
	slot->elapsed_ms = elapsed_ms;
}

/* What is to be said of a physical function that did not get what it should. */
static char *failure(const struct planned_device *device, const struct vf_slot *vf)
{
	switch (vf->complaint) {
	case COMPLAINT_NO_DRIVER:
		return xstrdup("no driver took it; the kernel log may say why");
	case COMPLAINT_GUESTS:
		return xasprintf("%s took it, which makes no virtual functions", vf->slot.after);
	case COMPLAINT_NO_EFFECT:
		return xasprintf("%s was without effect", step_text(vf->slot.step));
	case COMPLAINT_FEWER:
		return xasprintf("only %d of %u virtual functions came", vf->came, device->vfs);
	case COMPLAINT_INCOMPLETE:
		return xstrdup("its virtual functions did not become complete in time");
	default:
		break;
	}
	if (vf->slot.step == ACTION_LOAD_MODULE && vf->slot.error == -ECANCELED)
		return xstrdup("the module of its driver is blacklisted");
	if (vf->slot.step == ACTION_SET_VFS && vf->slot.error == -ENOENT)
		return xasprintf("its driver %s makes no virtual functions", vf->slot.after);
	return xasprintf("%s: %s", step_text(vf->slot.step), strerror(-vf->slot.error));
}

/* Beside the outcome, what can be done where something can. */
static void advise(const struct planned_device *device, const struct vf_slot *vf, const char *error,
		   struct findings *findings)
{
	const char *address = PCI_ADDRESS_TEXT(&device->address),
		   *remedy = "the kernel log may say why";
	enum finding_type type = FINDING_VFS_MISSING;

	if (vf->complaint == COMPLAINT_FEWER)
		remedy = "ask for fewer, or raise the limit in the card's own configuration";
	else if (vf->complaint == COMPLAINT_NO_DRIVER || vf->complaint == COMPLAINT_GUESTS ||
		 vf->slot.step == ACTION_LOAD_MODULE)
		type = FINDING_VFS_DRIVER;
	else if (vf->slot.step == ACTION_SET_VFS && vf->slot.error == -ENOENT) {
		type = FINDING_VFS_DRIVER;
		remedy = "use a driver that has SR-IOV, or remove vfs from the section";
	} else if (vf->slot.step == ACTION_SET_VFS &&
		   (vf->slot.error == -ENOMEM || vf->slot.error == -ENOSPC))
		remedy =
			"the firmware left no room for them: turn SR-IOV on in its setup, or add pci=realloc "
			"to the kernel's arguments";
	if (type == FINDING_VFS_DRIVER && vf->slot.error == -ECANCELED)
		remedy = "take it out of the blacklist, in the profile or in modprobe.d";
	finding_remedy(finding_add(findings, SEVERITY_ERROR, type, address,
				   "section [device %s] wants %u virtual function%s of it: %s",
				   device->section, device->vfs, PLURAL(device->vfs), error),
		       "%s", remedy);
}

static void judge(const struct run *run, size_t index, struct outcome *outcome,
		  struct findings *findings)
{
	const struct planned_device *device = device_of(run, index);
	const struct vf_slot *vf = &run->slots[index];

	if (judge_end(device, &vf->slot, outcome)) {
		_cleanup_free_ char *error = outcome->error;

		outcome->error =
			xasprintf("%s%s", error,
				  outcome->result == RESULT_TIMEOUT && vf->touched &&
						  restore_of(&run->items[index])
					  ? "; its sriov_drivers_autoprobe may be left at 0"
					  : "");
	} else if (vf->slot.error == -ESTALE) {
		outcome->error = xstrdup("it changed while the plan was made; it was left alone");
	} else if (vf->slot.error == 0 && !vf->complaint) {
		outcome->result = RESULT_DONE;
		outcome->vfs = device->vfs;
	} else {
		_cleanup_free_ char *error = failure(device, vf);

		outcome->error =
			vf->slot.undo_error < 0
				? xasprintf(
					  "%s; and it could not be taken back (%s): it has %d virtual "
					  "functions, autoprobe is %d",
					  error, strerror(-vf->slot.undo_error), vf->state.number,
					  vf->state.autoprobe)
				: xasprintf("%s; it has %d, as before", error, vf->state.number);
		advise(device, vf, error, findings);
	}
}

static int run_job(struct run *run, void (*work)(void *userdata, size_t index),
		   bool (*wanted)(void *userdata, size_t index))
{
	struct bounded_job job = {
		.n = run->n,
		.piece_ms = run->limits->piece_ms,
		.total_ms = run->limits->total_ms,
		.userdata = run,
		.run = work,
		.wanted = wanted,
		.ended = ended,
	};

	run->slots = bounded_memory(run->n * sizeof(*run->slots));
	if (!run->slots)
		return -ENOMEM;
	for (size_t i = 0; i < run->n; i++)
		run->slots[i].slot.end = BOUNDED_UNSTARTED;
	return bounded_run(&job);
}

static void run_done(struct run *run)
{
	bounded_free(run->slots, run->n * sizeof(*run->slots));
	free(run->items);
}

size_t act_vfs_make(struct root *root, const struct plan *plan, const struct act_limits *limits,
		    struct outcomes *outcomes, struct findings *findings)
{
	struct run run = {.root = root, .plan = plan, .limits = limits};
	size_t n_made = 0;
	int r;

	gather(&run);
	if (!run.n)
		return 0;
	r = run_job(&run, run_make, make_wanted);
	for (size_t i = 0; i < run.n; i++) {
		struct outcome *outcome = &outcomes->items[run.items[i].device];

		if (!run.slots || run.slots[i].slot.end == BOUNDED_UNSTARTED)
			judge_not_started(device_of(&run, i), r, outcome);
		else
			judge(&run, i, outcome, findings);
		n_made += outcome->result == RESULT_DONE;
	}
	run_done(&run);
	return n_made;
}

/* Why autoprobe may not be as it was; NULL: it is. */
static const char *left_off(const struct vf_slot *vf)
{
	if (vf->slot.end == BOUNDED_LATE)
		return "the time for all devices was over before its turn";
	if (vf->slot.end != BOUNDED_DONE)
		return "the kernel did not answer in time";
	if (vf->slot.error < 0)
		return strerror(-vf->slot.error);
	return vf->complaint ? "the write was without effect" : NULL;
}

void act_vfs_restore(struct root *root, const struct plan *plan, const struct act_limits *limits,
		     const struct outcomes *outcomes, struct findings *findings)
{
	struct run run = {.root = root, .plan = plan, .limits = limits};
	size_t n = 0;
	int r;

	gather(&run);
	for (size_t i = 0; i < run.n; i++)
		if (outcomes->items[run.items[i].device].result == RESULT_DONE &&
		    restore_of(&run.items[i]))
			run.items[n++] = run.items[i];
	run.n = n;
	r = n ? run_job(&run, run_restore, NULL) : 0;
	for (size_t i = 0; i < run.n; i++) {
		bool started = run.slots && run.slots[i].slot.end != BOUNDED_UNSTARTED;
		const char *cause = started ? left_off(&run.slots[i]) : strerror(-r);

		if (cause)
			finding_remedy(
				finding_add(findings, SEVERITY_WARNING, FINDING_VFS_AUTOPROBE,
					    PCI_ADDRESS_TEXT(&device_of(&run, i)->address),
					    "its sriov_drivers_autoprobe may be left at 0: %s",
					    cause),
				"echo 1 > %s", restore_of(&run.items[i])->path);
	}
	run_done(&run);
}
