/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/release.h"

#include <stdio.h>
#include <string.h>

struct release_decision {
	const struct release *release;
	const struct match *match;
	const struct bindings *bindings;
	struct plan *plan;
	/* Beside the claims. */
	struct part {
		bool asked, companion, refused;
	} * parts;
};

/* Is it on a driver for guests: by its override, or whatever brought it there? */
static bool is_held(const struct pci_function *function)
{
	return function->driver &&
	       (driver_is_vfio(function->driver) || strcmp(function->driver, "pci-stub") == 0 ||
		(function->driver_override &&
		 strcmp(function->driver_override, function->driver) == 0));
}

/* Its own drivers only: a vfio driver that the tables offer is none. */
static bool has_natives(const struct pci_function *function)
{
	for (size_t i = 0; i < function->modules.n; i++)
		if (!driver_is_vfio(function->modules.items[i]))
			return true;
	return false;
}

/* Is nothing to be done? Without a driver it is right only where none is to be had. */
static bool is_released(const struct pci_function *function)
{
	if (function->driver_override || is_held(function) ||
	    (function->unknown & (FUNCTION_DRIVER | FUNCTION_OVERRIDE)))
		return false;
	return function->driver ||
	       (!(function->unknown & FUNCTION_MODULES) && !has_natives(function));
}

static bool is_ours(const struct bindings *bindings, const struct pci_function *function)
{
	const struct binding *binding = bindings_find(bindings, &function->address);
	const char *holder = is_held(function) ? function->driver : function->driver_override;

	return binding && (!holder || strcmp(binding->driver, holder) == 0);
}

static bool is_asked(const struct release *release, const struct bindings *bindings,
		     const struct claim *claim)
{
	const struct pci_address *address = &claim->function->address;
	const struct binding *binding = bindings_find(bindings, address);

	if (!release->addresses.n && !release->labels.n)
		return binding;
	if (address_list_has(&release->addresses, address))
		return true;
	/* It is with the host: what its section gives away are its virtual functions. */
	if (claim_is_physical(claim))
		return false;
	return (binding && strv_contains(&release->labels, binding->section)) ||
	       (claim->section && strv_contains(&release->labels, claim->section->label));
}

bool release_knows_label(const struct match *match, const struct bindings *bindings,
			 const char *label)
{
	vec_foreach(binding, bindings)
		if (strcmp(binding->section, label) == 0)
			return true;
	vec_foreach(claim, match)
		if (claim->section && strcmp(claim->section->label, label) == 0)
			return true;
	return false;
}

static bool same_group(const struct claim *a, const struct claim *b)
{
	return a->function->iommu_group >= 0 &&
	       a->function->iommu_group == b->function->iommu_group;
}

bool release_concerns(const struct release *release, const struct match *match,
		      const struct bindings *bindings, const struct claim *claim)
{
	vec_foreach(other, match)
		if ((other == claim || same_group(claim, other)) &&
		    is_asked(release, bindings, other))
			return true;
	return false;
}

/* --- what speaks against it ---------------------------------------------------------------- */

/* What is asked for brings the rest of its group along: what the tool bound there, and what VFIO has. */
static void find_companions(struct release_decision *decision)
{
	const struct claim *claims = decision->match->items;

	vec_foreach(asked, decision->match) {
		if (!decision->parts[asked - claims].asked || !is_held(asked->function))
			continue;
		vec_foreach(claim, decision->match) {
			const struct pci_function *other = claim->function;
			struct part *part = &decision->parts[claim - claims];

			if (same_group(asked, claim) && !part->asked && is_held(other) &&
			    (driver_is_vfio(other->driver) || is_ours(decision->bindings, other)))
				part->companion = true;
		}
	}
}

static void refuse(struct release_decision *decision, const struct pci_function *function,
		   enum finding_type type, char *detail, char *remedy)
{
	finding_remedy(finding_add(&decision->plan->findings, SEVERITY_ERROR, type,
				   PCI_ADDRESS_TEXT(&function->address), "%s", detail),
		       "%s", remedy);
	free(detail);
	free(remedy);
	decision->parts[function - decision->match->inventory->items].refused = true;
}

static void check_function(struct release_decision *decision, const struct pci_function *function)
{
	const char *driver = function->driver ? function->driver : function->driver_override;
	const char *address = PCI_ADDRESS_TEXT(&function->address);
	bool force = decision->release->force;

	if (function->unknown & (FUNCTION_DRIVER | FUNCTION_OVERRIDE | FUNCTION_GROUP))
		refuse(decision, function, FINDING_UNREADABLE,
		       xstrdup("the driver, driver_override or group of the device cannot be read"),
		       xasprintf("ls -l /sys/bus/pci/devices/%s; cat /sys/bus/pci/devices/%s/"
				 "driver_override; if that does not return, an unbind hangs",
				 address, address));
	else if (function->user && is_held(function) && driver_is_vfio(function->driver))
		refuse(decision, function, FINDING_VFIO_IN_USE,
		       xasprintf("%s has the device open through VFIO, and an unbind would not "
				 "return",
				 function->user),
		       xasprintf("stop the guest, then: vfio-prepare release %s", address));
	else if (!is_ours(decision->bindings, function) && !force)
		refuse(decision, function, FINDING_NOT_OURS,
		       xasprintf("the device %s%s, and vfio-prepare did not bind it",
				 driver ? "is on " : "has no driver", driver ? driver : ""),
		       xasprintf("vfio-prepare release --force %s", address));
	else if (function->live_vfs && is_held(function))
		refuse(decision, function, FINDING_LIVE_VFS,
		       xstrdup("the device has virtual functions, which would be removed with it"),
		       xasprintf("echo 0 >/sys/bus/pci/devices/%s/sriov_numvfs", address));
	else if (function->user && is_held(function) && !force)
		refuse(decision, function, FINDING_IN_USE,
		       xasprintf("%s has the device open", function->user),
		       xasprintf("stop what uses the device, or: vfio-prepare release --force %s",
				 address));
}

/* A group of which a part stays where it is stays as a whole. */
static void refuse_groups(struct release_decision *decision)
{
	const struct claim *claims = decision->match->items;

	vec_foreach(claim, decision->match) {
		const struct pci_function *refused = claim->function;

		if (!decision->parts[claim - claims].refused || !is_held(refused))
			continue;
		vec_foreach(other, decision->match) {
			const struct part *part = &decision->parts[other - claims];

			if (!same_group(claim, other) || part->refused ||
			    !(part->asked || part->companion) || !is_held(other->function))
				continue;
			refuse(decision, other->function, FINDING_GROUP_INCOMPLETE,
			       xasprintf(
				       "%s of IOMMU group %d stays on %s, and a group is released "
				       "as a whole",
				       PCI_ADDRESS_TEXT(&refused->address), refused->iommu_group,
				       refused->driver),
			       xasprintf("do what the finding of %s says",
					 PCI_ADDRESS_TEXT(&refused->address)));
		}
	}
}

/* --- the plan ------------------------------------------------------------------------------ */

static void add_device(struct release_decision *decision, const struct claim *claim,
		       const struct part *part)
{
	const struct pci_function *function = claim->function;
	const struct binding *binding = bindings_find(decision->bindings, &function->address);
	struct planned_device *device = vec_add(decision->plan);

	*device = (struct planned_device){
		.address = function->address,
		.section = binding          ? binding->section
			   : claim->section ? claim->section->label
					    : NULL,
		.companion = part->companion,
		.state = part->refused           ? DEVICE_REFUSED
			 : is_released(function) ? DEVICE_RIGHT
						 : DEVICE_BIND,
		.before = xstrdup_null(function->driver),
		.before_known = !(function->unknown & FUNCTION_DRIVER),
		.iommu_group = function->iommu_group,
		.natives_known = !(function->unknown & FUNCTION_MODULES),
	};
	for (size_t i = 0; i < function->modules.n; i++)
		if (!driver_is_vfio(function->modules.items[i]))
			strv_add(&device->natives, function->modules.items[i]);
	if (device->companion && device->state == DEVICE_BIND)
		finding_add(
			&decision->plan->findings, SEVERITY_NOTE, FINDING_COMPANION,
			PCI_ADDRESS_TEXT(&function->address),
			"the device is in IOMMU group %d with a device that is released, and is "
			"released too",
			device->iommu_group);
}

static void add_absent(struct release_decision *decision, const struct pci_address *address)
{
	finding_remedy(finding_add(&decision->plan->findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT,
				   PCI_ADDRESS_TEXT(address),
				   "the host has no device at this address"),
		       "correct the address; vfio-prepare list shows all");
	*vec_add(decision->plan) = (struct planned_device){.address = *address,
							   .state = DEVICE_ABSENT,
							   .before_known = true,
							   .iommu_group = -1};
}

static void add_devices(struct release_decision *decision)
{
	vec_foreach(claim, decision->match) {
		const struct part *part = &decision->parts[claim - decision->match->items];

		if (part->asked || part->companion)
			add_device(decision, claim, part);
	}
	vec_foreach(pattern, &decision->release->addresses) {
		bool found = false;

		vec_foreach(function, decision->match->inventory)
			found = found || address_pattern_matches(pattern, &function->address);
		if (!found)
			add_absent(decision, &pattern->address);
	}
}

/*
 * Where none of its own drivers is there, those that udev would load, and what only this tool keeps from
 * being loaded.
 */
static void add_modules(struct release_decision *decision, struct planned_device *device)
{
	const struct inventory *inventory = decision->match->inventory;
	const struct pci_function *function = inventory_find(inventory, &device->address);
	size_t n_own = 0;

	for (size_t i = 0; i < device->natives.n; i++)
		if (strv_contains(&inventory->loaded_modules, device->natives.items[i]) ||
		    strv_contains(&inventory->builtin_modules, device->natives.items[i]))
			return;
	if (!device->natives.n || !function->modalias)
		return;
	device->module = xstrdup(function->modalias);
	for (size_t i = 0; i < device->natives.n; i++) {
		const char *module = device->natives.items[i];
		_cleanup_free_ char *shown_by = xasprintf("/sys/module/%s", module);

		if (!strv_contains(decision->release->own_blacklist, module))
			continue;
		plan_load(decision->plan, module, shown_by, xstrdup("only this tool kept it away"));
		n_own++;
	}
	if (n_own < device->natives.n) {
		/* Which of several comes cannot be told beforehand. */
		_cleanup_free_ char *shown_by =
			xasprintf("/sys/module%s%s", device->natives.n == 1 ? "/" : "",
				  device->natives.n == 1 ? device->natives.items[0] : "");

		plan_load(decision->plan, device->module, shown_by,
			  xstrdup("what udev would load for it"));
	}
}

static void add_actions(struct release_decision *decision, size_t index)
{
	const struct planned_device *device = &decision->plan->items[index];
	const struct pci_function *function = inventory_find(decision->match->inventory,
							     &device->address);

	if (function->driver_override)
		plan_override(decision->plan, index, NULL,
			      xstrdup("any driver may take it from now on"));
	if (is_held(function) && decision->release->forgets_ids) {
		char id[sizeof("ffff ffff")];

		snprintf(id, sizeof(id), "%04x %04x", function->vendor, function->device);
		plan_act(decision->plan, ACTION_REMOVE_ID, index,
			 xasprintf(SYSFS_PCI "/drivers/%s/remove_id", function->driver), id,
			 xasprintf("%s takes no device by its id", function->driver));
	}
	if (is_held(function))
		plan_unbind(decision->plan, index, xasprintf("%s holds it", function->driver));
	if (is_held(function) || !function->driver)
		plan_probe(decision->plan, index, xstrdup("its own driver takes it"));
}

void release_plan(const struct release *release, const struct match *match,
		  const struct bindings *bindings, struct plan *ret)
{
	struct plan plan = {};
	_cleanup_free_ struct part *parts = xcalloc(match->n, sizeof(*parts));
	struct release_decision decision = {release, match, bindings, &plan, parts};

	for (size_t i = 0; i < match->n; i++)
		parts[i].asked = is_asked(release, bindings, &match->items[i]);
	find_companions(&decision);
	for (size_t i = 0; i < match->n; i++)
		if ((parts[i].asked || parts[i].companion) &&
		    !is_released(match->items[i].function))
			check_function(&decision, match->items[i].function);
	refuse_groups(&decision);
	add_devices(&decision);
	plan_sort(&plan);
	vec_foreach(device, &plan)
		if (device->state == DEVICE_BIND)
			add_modules(&decision, device);
	for (size_t i = 0; i < plan.n; i++)
		if (plan.items[i].state == DEVICE_BIND)
			add_actions(&decision, i);
	*ret = plan;
}
