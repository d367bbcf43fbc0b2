/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/planner.h"

#include <string.h>

#include "decide/denylist.h"
#include "decide/group.h"
#include "decide/guards.h"
#include "decide/remedy.h"
#include "decide/selector.h"
#include "decide/siblings.h"
#include "decide/sriov.h"

/* Intel's display has a unit of the IOMMU of its own, which an argument leaves out. */
static bool is_left_out(const struct kernel_args *args, const struct pci_function *function)
{
	return function->vendor == 0x8086 && function->class >> 16 == 0x03 &&
	       function->address.bus == 0 && kernel_args_list_has(args, "intel_iommu", "igfx_off");
}

static void check_iommu(const struct profile *profile, const struct inventory *inventory,
			const struct pci_function *function, const char *driver,
			struct planned_device *device, struct findings *findings)
{
	struct finding *finding;

	if ((device->state != DEVICE_BIND && device->state != DEVICE_VFS) ||
	    function->iommu_group >= 0 || !driver_is_vfio(driver))
		return;
	device->state = DEVICE_REFUSED;
	finding = finding_add(
		findings, profile->iommu_required ? SEVERITY_ERROR : SEVERITY_WARNING,
		FINDING_NO_IOMMU_GROUP, PCI_ADDRESS_TEXT(&device->address),
		"section [device %s] wants %s on %s, but the device is in no IOMMU group, and the "
		"kernel would refuse it",
		device->section, device->vfs ? "its virtual functions" : "the device", driver);
	if (is_left_out(&inventory->args, function))
		finding_remedy(finding, "remove intel_iommu=igfx_off from the kernel's arguments "
					"and restart");
	else if (inventory->iommu == IOMMU_ON)
		finding_remedy(
			finding,
			"the IOMMU is on and does not cover the device: move the card to another "
			"slot");
	else
		finding_remedy(finding, "vfio-prepare validate says how to turn the IOMMU on");
}

/* What guests get: of a function that stays with the host, its virtual ones on this driver. */
static const char *guest_driver(const struct device_section *section)
{
	return strcmp(section->driver, "auto") == 0 ? "vfio-pci" : section->driver;
}

static void add_device(const struct profile *profile, const struct match *match,
		       const struct claim *claim, struct plan *plan)
{
	const struct pci_function *function = claim->function;
	bool physical = claim_is_physical(claim);
	const char *driver = physical ? guest_driver(claim->section)
				      : wanted_driver(claim->section, function);
	struct planned_device *device = vec_add(plan);

	*device = (struct planned_device){
		.address = function->address,
		.section = claim->section->label,
		.companion = claim->companion,
		.next_boot = claim->next_boot,
		.vfs = physical ? claim->section->vfs : 0,
		.kept = physical ? &claim->section->except : NULL,
		.want = xstrdup(wanted_driver(claim->section, function)),
		.module = module_of_driver(driver),
		.before = xstrdup_null(function->driver),
		.before_known = !(function->unknown & FUNCTION_DRIVER),
		.iommu_group = function->iommu_group,
	};
	if (claim->refused)
		device->state = DEVICE_REFUSED;
	else if (!physical && claim_is_right(claim))
		device->state = DEVICE_RIGHT;
	else if (claim->waiting)
		device->state = DEVICE_WAITING;
	else if (!physical)
		device->state = DEVICE_BIND;
	else
		device->state = vfs_stand(match, claim) ? DEVICE_RIGHT : DEVICE_VFS;
	check_iommu(profile, match->inventory, function, driver, device, &plan->findings);
}

static void add_absent(const struct absence *absence, struct plan *plan)
{
	const char *driver = guest_driver(absence->section);

	*vec_add(plan) = (struct planned_device){
		.address = absence->address,
		.state = DEVICE_ABSENT,
		.optional = absence->section->optional,
		.section = absence->section->label,
		.vfs = absence->section->vfs,
		.want = xstrdup(absence->section->vfs ? "native" : driver),
		.module = module_of_driver(driver),
		.before_known = true,
		.iommu_group = -1,
	};
}

static void add_module_actions(struct plan *plan, const struct inventory *inventory)
{
	const char *module = inventory_machine(inventory)->backend;
	bool backend = false;

	vec_foreach(device, plan) {
		_cleanup_free_ char *directory = xasprintf(SYSFS_PCI "/drivers/%s", device->want);

		if (device->state == DEVICE_BIND &&
		    !strv_contains(&inventory->drivers, device->want))
			plan_load(plan, device->module, directory,
				  xasprintf("driver %s is not loaded", device->want));
		backend = backend || device_needs_backend(device);
	}
	if (backend && !inventory->has_iommu_backend) {
		_cleanup_free_ char *directory = xasprintf("/sys/module/%s", module);

		plan_load(plan, module, directory,
			  xstrdup("VFIO needs it; the kernel would ask for it only when a guest "
				  "starts"));
	}
}

/* Whoever loads it later, with the ids= of a file that may be out of date, finds it loaded. */
static void add_early_load(struct plan *plan, const struct inventory *inventory)
{
	if (siblings_have_ids(inventory) && !strv_contains(&inventory->drivers, "vfio-pci"))
		plan_load(plan, "vfio_pci", SYSFS_PCI "/drivers/vfio-pci",
			  xstrdup("with its ids= it would take devices that no section lists"));
}

static void add_device_actions(struct plan *plan, size_t index)
{
	const struct planned_device *device = &plan->items[index];

	plan_override(plan, index, device->want,
		      xasprintf("only %s may take it from now on", device->want));
	if (device->before)
		plan_unbind(plan, index, xasprintf("%s holds it", device->before));
	plan_probe(plan, index,
		   xasprintf("%s takes it%s", device->want,
			     device->companion ? ", for its group's sake" : ""));
}

static void refuse_guarded(struct claim *claim, const struct guard *guard, struct match *match)
{
	const char *label = claim->section->label,
		   *address = PCI_ADDRESS_TEXT(&claim->function->address);
	struct findings *findings = &match->findings;
	_cleanup_free_ char *leave_out = remedy_leave_out(match->inventory, claim->section,
							  &claim->function->address);
	_cleanup_free_ char *allow = remedy_allow(claim->section, guard_opened_by(guard->type));
	struct finding *finding = finding_add(findings, SEVERITY_ERROR, guard->type, address,
					      "section [device %s] wants the device, but %s", label,
					      guard->detail);

	claim->refused = true;
	if (guard->kept)
		finding_remedy(finding,
			       "if the host needs the device no longer: vfio-prepare apply "
			       "--rebuild; else %s",
			       leave_out);
	else if (guard->type == FINDING_IN_USE && guard->lasts)
		finding_remedy(
			finding,
			"if a guest is to have the disk, stop what uses it (umount, swapoff, "
			"vgchange -an, mdadm --stop, zpool export), then: vfio-prepare apply "
			"--rebuild; else %s",
			leave_out);
	else if (guard->type == FINDING_IN_USE)
		finding_remedy(
			finding,
			"stop what uses the device, then: vfio-prepare bind; or restart the host; "
			"vfio-prepare bind --force --address %s takes it now, and what uses it "
			"may hang",
			address);
	else if (guard->type == FINDING_VFIO_IN_USE)
		finding_remedy(finding,
			       "stop the guest, then: vfio-prepare bind; or restart the host");
	else if (guard->type == FINDING_LIVE_VFS)
		finding_remedy(finding,
			       "echo 0 >/sys/bus/pci/devices/%s/sriov_numvfs, or list the virtual "
			       "functions instead",
			       address);
	else if (!guard_opened_by(guard->type))
		finding_remedy(finding, "%s; disks of the host are never given away", leave_out);
	else
		finding_remedy(finding,
			       "%s, or write allow = %s there, if the host works without the "
			       "device",
			       leave_out, allow);
}

static void put_off(struct claim *claim, const struct guard *guard, struct findings *findings)
{
	const struct pci_function *function = claim->function;
	bool network = guard->type == FINDING_NETWORK;

	if (!claim->waiting)
		finding_add(findings, SEVERITY_NOTE,
			    network ? FINDING_NETWORK_WAITS : FINDING_DISK_WAITS,
			    PCI_ADDRESS_TEXT(&function->address),
			    "a later phase of the boot decides: %s", guard->detail);
	claim->waiting = true;
}

/* A driver that did not come back is not asked again, neither to let go nor for virtual functions. */
static void leave_hanging(struct match *match)
{
	vec_foreach(claim, match)
		if (claim->function->hangs && claim->section && !claim->refused &&
		    !(claim_is_physical(claim) ? vfs_stand(match, claim) : claim_is_right(claim)))
			claim_refuse_hanging(match, claim);
}

/* Holds each claim against the guards; what is right already is not taken from anybody. */
static void apply_guards(enum phase phase, const struct guards *guards, struct match *match)
{
	vec_foreach(claim, match) {
		bool for_good = false;

		if (!claim->section || claim->refused || claim_is_right(claim) ||
		    claim_is_physical(claim))
			continue;
		vec_foreach(guard, &guards->functions[claim - match->items]) {
			if (guard_passes(guard->type, phase, claim->section->allow))
				continue;
			if (guard_waits(guard->type, phase)) {
				put_off(claim, guard, &match->findings);
				continue;
			}
			/* What is refused for good need not be stopped first. */
			if (guard->type == FINDING_IN_USE && for_good)
				continue;
			refuse_guarded(claim, guard, match);
			for_good = for_good || !guard_is_of_now(guard);
		}
		claim->next_boot = claim->refused && !for_good;
	}
}

/* What no guest gets is not bound, and what is bound is not ready. */
static void refuse_silent(struct match *match)
{
	vec_foreach(claim, match) {
		if (!claim->section || claim->refused || !claim->function->answers_nothing)
			continue;
		claim->refused = true;
		finding_remedy(
			finding_add(&match->findings, SEVERITY_ERROR, FINDING_DEVICE_SILENT,
				    PCI_ADDRESS_TEXT(&claim->function->address),
				    "section [device %s] wants the device, but it does not answer: "
				    "every byte of its configuration space reads as ff, and no "
				    "guest can start with it",
				    claim->section->label),
			"switch the host off, and its power too, then on again; a device that "
			"stays silent then is defective or badly seated");
	}
}

/*
 * A host whose displays would all go keeps the first. Where one is the boot display, or the only one, its own
 * guard has seen to that, or has been told to let it go. One that no section lists may still join one that
 * takes its card or group along: the first such stays too. A 3D controller (0302) shows nothing to anybody.
 */
static void keep_last_display(struct guards *guards, struct match *match)
{
	char why[] = "the device is the last display of the host";
	struct claim *first = NULL, *unlisted = NULL;

	vec_foreach(claim, match) {
		if (claim->function->class >> 16 != 0x03 || claim->function->class >> 8 == 0x0302 ||
		    claim->function->is_vf)
			continue;
		if (claim->section ? claim->refused || claim_is_physical(claim) ||
					     (claim->section->allow & ALLOW_DISPLAY)
				   : !claim->concerned)
			return;
		if (!claim->section)
			unlisted = unlisted ? unlisted : claim;
		else if (!claim_is_right(claim))
			first = first ? first : claim;
	}
	if (unlisted)
		*vec_add(&guards->functions[unlisted - match->items]) =
			(struct guard){.type = FINDING_DISPLAY, .detail = xstrdup(why)};
	else if (first)
		refuse_guarded(first, &(struct guard){.type = FINDING_DISPLAY, .detail = why},
			       match);
}

/*
 * Names the devices of a section that guard storage lets pass today and, once there is data on their disks, not
 * at the next boot. storage: those that have disks, or else those that one may be plugged into.
 */
static void tell_of_later_data(const struct device_section *section, bool storage,
			       const struct match *match, struct plan *plan)
{
	_cleanup_(strv_done) struct strv places = {};
	_cleanup_free_ char *joined = NULL, *subject = xasprintf("device %s", section->label);

	vec_foreach(device, plan) {
		const struct pci_function *function = inventory_find(match->inventory,
								     &device->address);

		if (function && !device->vfs && !function->is_vf && device_is_given(device) &&
		    strcmp(device->section, section->label) == 0 &&
		    function_may_carry_disks(function) &&
		    function_is_storage(function) == storage &&
		    !inventory_is_of_display_card(match->inventory, function))
			strv_add(&places, PCI_ADDRESS_TEXT(&device->address));
	}
	if (!places.n)
		return;
	joined = strv_join(&places, " ");
	finding_remedy(
		finding_add(&plan->findings, storage ? SEVERITY_WARNING : SEVERITY_NOTE,
			    FINDING_STORAGE_LATER, subject,
			    storage ? "a boot after a guest has written to disks of %s finds "
				      "data there, and the guard storage may refuse the device"
				    : "a boot with a disk plugged into %s finds data there, and "
				      "the guard storage may refuse the device",
			    joined),
		"write allow = storage in section [device %s]", section->label);
}

void plan_make(const struct profile *profile, enum phase phase, struct match *match,
	       struct plan *ret)
{
	const struct inventory *inventory = match->inventory;
	_cleanup_(guards_done) struct guards guards = {};
	struct plan plan = {};

	guards_make(inventory, phase, &guards);
	leave_hanging(match);
	refuse_silent(match);
	denylist_decide(phase, match);
	vfs_decide(phase, &guards, match);
	apply_guards(phase, &guards, match);
	keep_last_display(&guards, match);
	group_complete(&guards, phase, match);

	plan.findings = match->findings;
	match->findings = (struct findings){};
	vec_foreach(claim, match)
		if (claim->section)
			add_device(profile, match, claim, &plan);
	vec_foreach(absence, &match->absent)
		add_absent(absence, &plan);
	plan_sort(&plan);

	add_module_actions(&plan, inventory);
	if (phase <= PHASE_SYSTEM)
		add_early_load(&plan, inventory);
	for (size_t i = 0; i < plan.n; i++)
		if (plan.items[i].state == DEVICE_BIND)
			add_device_actions(&plan, i);
	/* After all others: with a native driver that is loaded for it, it would take those, too. */
	for (size_t i = 0; i < plan.n; i++)
		if (plan.items[i].state == DEVICE_VFS) {
			const struct claim *claim = match_find(match, &plan.items[i].address);

			vfs_add_actions(claim->function, guest_driver(claim->section), &plan, i);
		}
	vec_foreach(section, &profile->sections)
		for (int storage = 1; storage >= 0 && phase >= PHASE_APPLY; storage--)
			if (!section->vfs && !(section->allow & ALLOW_STORAGE))
				tell_of_later_data(section, storage, match, &plan);
	*ret = plan;
}

void plan_modules(const struct plan *plan, const struct profile *profile,
		  const struct inventory *inventory, struct strv *ret)
{
	bool iommu = false;

	vec_foreach(section, &profile->sections) {
		const char *driver = guest_driver(section);
		_cleanup_free_ char *module = module_of_driver(driver);

		strv_add_new(ret, module);
		iommu = iommu || driver_is_vfio(driver);
	}
	/* With driver = auto, what this host's devices have variants of. */
	vec_foreach(device, plan)
		strv_add_new(ret, device->module);
	if (iommu)
		strv_add_new(ret, inventory_machine(inventory)->backend);
	strv_sort(ret);
}
