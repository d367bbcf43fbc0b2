/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/release.h"

#include <string.h>

struct release_decision {
	const struct release *release;
	const struct match *match;
	const struct inventory *inventory;
	const struct bindings *bindings;
	struct plan *plan;
	/* Beside the inventory's functions. */
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

static const char *section_of(const struct match *match, const struct inventory *inventory,
			      const struct bindings *bindings, const struct pci_function *function)
{
	const struct binding *binding = bindings_find(bindings, &function->address);
	const struct device_section *section = match->claims[function - inventory->items].section;

	if (binding)
		return binding->section;
	return section ? section->label : NULL;
}

static bool is_asked(const struct release *release, const struct match *match,
		     const struct inventory *inventory, const struct bindings *bindings,
		     const struct pci_function *function)
{
	const char *label = section_of(match, inventory, bindings, function);
	const struct device_section *section = match->claims[function - inventory->items].section;

	if (!release->addresses.n && !release->labels.n)
		return bindings_find(bindings, &function->address) != NULL;
	/* It is with the host: what its section gives away are its virtual functions. */
	if (claim_is_physical(&match->claims[function - inventory->items], function))
		label = NULL, section = NULL;
	return address_list_has(&release->addresses, &function->address) ||
	       (label && strv_contains(&release->labels, label)) ||
	       (section && strv_contains(&release->labels, section->label));
}

bool release_knows_label(const struct match *match, const struct inventory *inventory,
			 const struct bindings *bindings, const char *label)
{
	vec_foreach(binding, bindings)
		if (strcmp(binding->section, label) == 0)
			return true;
	for (size_t i = 0; i < inventory->n; i++)
		if (match->claims[i].section && strcmp(match->claims[i].section->label, label) == 0)
			return true;
	return false;
}

bool release_concerns(const struct release *release, const struct match *match,
		      const struct inventory *inventory, const struct bindings *bindings,
		      const struct pci_function *function)
{
	if (is_asked(release, match, inventory, bindings, function))
		return true;
	vec_foreach(other, inventory)
		if (function->iommu_group >= 0 && other->iommu_group == function->iommu_group &&
		    is_asked(release, match, inventory, bindings, other))
			return true;
	return false;
}

/* --- what speaks against it ---------------------------------------------------------------- */

/* What is asked for brings the rest of its group along: what the tool bound there, and what VFIO has. */
static void find_companions(struct release_decision *decision)
{
	for (size_t i = 0; i < decision->inventory->n; i++) {
		const struct pci_function *asked = &decision->inventory->items[i];

		if (!decision->parts[i].asked || !is_held(asked) || asked->iommu_group < 0)
			continue;
		for (size_t j = 0; j < decision->inventory->n; j++) {
			const struct pci_function *other = &decision->inventory->items[j];

			if (other->iommu_group == asked->iommu_group && !decision->parts[j].asked &&
			    is_held(other) &&
			    (driver_is_vfio(other->driver) || is_ours(decision->bindings, other)))
				decision->parts[j].companion = true;
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
	decision->parts[function - decision->inventory->items].refused = true;
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
		       xasprintf("%s has the device open through VFIO, and the kernel would wait "
				 "for its end for ever",
				 function->user),
		       xasprintf("stop the guest, then: vfio-prepare release %s", address));
	else if (!is_ours(decision->bindings, function) && !force)
		refuse(decision, function, FINDING_NOT_OURS,
		       driver ? xasprintf("the device is on %s, and vfio-prepare did not bind it",
					  driver)
			      : xstrdup("the device has no driver, and vfio-prepare did not bind "
					"it"),
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
	const struct inventory *inventory = decision->inventory;

	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *refused = &inventory->items[i];

		if (!decision->parts[i].refused || !is_held(refused) || refused->iommu_group < 0)
			continue;
		for (size_t j = 0; j < inventory->n; j++) {
			const struct pci_function *other = &inventory->items[j];

			if (other->iommu_group != refused->iommu_group ||
			    decision->parts[j].refused ||
			    !(decision->parts[j].asked || decision->parts[j].companion) ||
			    !is_held(other))
				continue;
			refuse(decision, other, FINDING_GROUP_INCOMPLETE,
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

static void add_device(struct release_decision *decision, size_t index)
{
	const struct pci_function *function = &decision->inventory->items[index];
	const struct part *part = &decision->parts[index];
	struct planned_device *device = vec_add(decision->plan);

	*device = (struct planned_device){
		.address = function->address,
		.section = section_of(decision->match, decision->inventory, decision->bindings,
				      function),
		.companion = part->companion,
		.before = xstrdup_null(function->driver),
		.before_known = !(function->unknown & FUNCTION_DRIVER),
		.iommu_group = function->iommu_group,
		.natives_known = !(function->unknown & FUNCTION_MODULES),
	};
	for (size_t i = 0; i < function->modules.n; i++)
		if (!driver_is_vfio(function->modules.items[i]))
			strv_add(&device->natives, function->modules.items[i]);
	device->state = part->refused           ? DEVICE_REFUSED
			: is_released(function) ? DEVICE_RIGHT
						: DEVICE_BIND;
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
	for (size_t i = 0; i < decision->inventory->n; i++)
		if (decision->parts[i].asked || decision->parts[i].companion)
			add_device(decision, i);
	vec_foreach(pattern, &decision->release->addresses) {
		bool found = false;

		vec_foreach(function, decision->inventory)
			found = found || address_pattern_matches(pattern, &function->address);
		if (!found)
			add_absent(decision, &pattern->address);
	}
}

static bool is_there(const struct inventory *inventory, const char *module)
{
	return strv_contains(&inventory->loaded_modules, module) ||
	       strv_contains(&inventory->builtin_modules, module);
}

/*
 * Where none of its own drivers is there, those that udev would load, and what only this tool keeps from
 * being loaded.
 */
static void add_modules(struct release_decision *decision, struct planned_device *device)
{
	const struct pci_function *function = inventory_find(decision->inventory, &device->address);
	size_t n_own = 0;

	for (size_t i = 0; i < device->natives.n; i++)
		if (is_there(decision->inventory, device->natives.items[i]))
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
	const struct pci_function *function = inventory_find(decision->inventory, &device->address);

	if (function->driver_override)
		plan_override(decision->plan, index, NULL,
			      xstrdup("any driver may take it from now on"));
	if (is_held(function))
		plan_unbind(decision->plan, index, xasprintf("%s holds it", function->driver));
	if (is_held(function) || !function->driver)
		plan_probe(decision->plan, index, xstrdup("its own driver takes it"));
}

void release_plan(const struct release *release, const struct match *match,
		  const struct inventory *inventory, const struct bindings *bindings,
		  struct plan *ret)
{
	struct plan plan = {};
	struct release_decision decision = {
		release,  match, inventory,
		bindings, &plan, xcalloc(inventory->n, sizeof(*decision.parts))};

	for (size_t i = 0; i < inventory->n; i++)
		decision.parts[i].asked = is_asked(release, match, inventory, bindings,
						   &inventory->items[i]);
	find_companions(&decision);
	for (size_t i = 0; i < inventory->n; i++)
		if ((decision.parts[i].asked || decision.parts[i].companion) &&
		    !is_released(&inventory->items[i]))
			check_function(&decision, &inventory->items[i]);
	refuse_groups(&decision);
	add_devices(&decision);
	plan_sort(&plan);
	vec_foreach(device, &plan)
		if (device->state == DEVICE_BIND)
			add_modules(&decision, device);
	for (size_t i = 0; i < plan.n; i++)
		if (plan.items[i].state == DEVICE_BIND)
			add_actions(&decision, i);
	free(decision.parts);
	*ret = plan;
}
