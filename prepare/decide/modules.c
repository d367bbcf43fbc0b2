/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/modules.h"

#include <string.h>

#include "base/buf.h"
#include "decide/planner.h"

/* Of the functions that an id would take, so many are named; the rest is counted. */
#define MAX_NAMED 8

struct module_decision {
	const struct inventory *inventory;
	const struct profile *profile;
	struct plan *plan;
	struct module_policy *policy;
	/* Beside the functions: the driver that it goes to, or is on, as the profile wants it; NULL: none. */
	const char **given;
};

static bool is_vfio(const char *module)
{
	return driver_is_vfio(module) || strcmp(module, "pci_stub") == 0;
}

/* Module names are compared as the kernel does: '-' and '_' are alike. */
static bool same_module(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

static bool list_has(const struct strv *list, const char *module)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_module(list->items[i], module))
			return true;
	return false;
}

/*
 * Virtual functions that the profile makes need none of this: they come with autoprobe off and get their
 * override before it is on again. So the files are the same before there are any.
 */
static void find_given(struct module_decision *decision)
{
	vec_foreach(device, decision->plan) {
		const struct pci_function *function = inventory_find(decision->inventory,
								     &device->address);
		const struct device_section *section = profile_section(decision->profile,
								       device->section);

		/* On a native driver it is the host's, which needs that driver's module. */
		if (!function || !device_is_given(device) || !is_vfio(device->module) ||
		    (section && section->vfs))
			continue;
		decision->given[function - decision->inventory->items] = device->want;
	}
}

/* udev loads what the kernel's tables offer for a function: a native driver, not vfio-pci. */
static bool comes_by_itself(const struct module_decision *decision,
			    const struct planned_device *device)
{
	const struct pci_function *function = inventory_find(decision->inventory, &device->address);

	return function && list_has(&function->modules, device->module);
}

/* Does it stay with the host, and have virtual functions that do not? */
static bool gives_virtual(const struct planned_device *device)
{
	return device->vfs && device->state != DEVICE_ABSENT && device->state != DEVICE_REFUSED;
}

/* Does a function that stays with the host need the module? */
static bool host_needs(const struct module_decision *decision, const char *module)
{
	for (size_t i = 0; i < decision->inventory->n; i++) {
		const struct pci_function *function = &decision->inventory->items[i];

		if (decision->given[i])
			continue;
		if (list_has(&function->modules, module) ||
		    (function->driver && same_module(function->driver, module)) ||
		    (function->unknown & FUNCTION_MODULES))
			return true;
	}
	return false;
}

static void decide_native(struct module_decision *decision, const char *module)
{
	struct module_policy *policy = decision->policy;

	if (is_vfio(module) || list_has(&policy->blacklist, module) ||
	    list_has(&policy->softdeps, module))
		return;
	if (list_has(&decision->inventory->builtin_modules, module)) {
		struct finding *finding = finding_add(
			&decision->plan->findings, SEVERITY_NOTE, FINDING_MODULE_BUILT_IN, module,
			"the driver is built into the kernel, so modprobe.d cannot keep it from "
			"the listed devices; vfio-prepare unbinds them from it");

		finding_remedy(finding, "nothing to do");
		return;
	}
	if (host_needs(decision, module))
		strv_add(&policy->softdeps, module);
	else
		strv_add(&policy->blacklist, module);
}

static void decide_natives(struct module_decision *decision)
{
	_cleanup_(strv_done) struct strv seen = {};

	for (size_t i = 0; i < decision->inventory->n; i++) {
		const struct strv *modules = &decision->inventory->items[i].modules;

		for (size_t j = 0; j < modules->n && decision->given[i]; j++)
			if (!list_has(&seen, modules->items[j])) {
				strv_add(&seen, modules->items[j]);
				decide_native(decision, modules->items[j]);
			}
	}
	strv_sort(&decision->policy->blacklist);
	strv_sort(&decision->policy->softdeps);
}

/* By vendor and device. */
static int compare_ids(const struct pci_function *f, const struct pci_function *g)
{
	return f->vendor != g->vendor ? f->vendor - g->vendor : f->device - g->device;
}

static int by_id(const void *a, const void *b)
{
	const struct pci_function *f = *(const struct pci_function *const *)a;
	const struct pci_function *g = *(const struct pci_function *const *)b;
	int order = compare_ids(f, g);

	return order ? order : pci_address_compare(&f->address, &g->address);
}

/* The functions of one id. It goes into ids= only if that cannot take one that is not given away. */
static void decide_id(struct module_decision *decision, const struct pci_function *const *functions,
		      size_t n)
{
	_cleanup_free_ char *id = xasprintf("%04x:%04x", functions[0]->vendor,
					    functions[0]->device);
	_cleanup_(buf_done) struct buf others = {};
	bool wanted = false;
	size_t n_others = 0;

	for (size_t i = 0; i < n; i++) {
		const char *driver = decision->given[functions[i] - decision->inventory->items];

		if (driver && strcmp(driver, "vfio-pci") == 0)
			wanted = true;
		else if (++n_others <= MAX_NAMED)
			buf_addf(&others, " %s", PCI_ADDRESS_TEXT(&functions[i]->address));
	}
	if (n_others > MAX_NAMED)
		buf_addf(&others, " and %zu more", n_others - MAX_NAMED);
	if (wanted && !others.length)
		strv_add(&decision->policy->ids, id);
	else if (wanted)
		finding_remedy(
			finding_add(&decision->plan->findings, SEVERITY_NOTE, FINDING_IDS_LEFT_OUT,
				    id, "the id is not written into ids=, which would also take:%s",
				    buf_text(&others)),
			"nothing to do; devices are bound by address");
}

static void decide_ids(struct module_decision *decision)
{
	VEC_OF(const struct pci_function *) functions = {};
	size_t length = 0;

	vec_foreach(function, decision->inventory)
		*vec_add(&functions) = function;
	vec_sort(&functions, by_id);
	for (size_t first = 0, next; first < functions.n; first = next) {
		next = first + 1;
		while (next < functions.n &&
		       compare_ids(functions.items[next], functions.items[first]) == 0)
			next++;
		decide_id(decision, functions.items + first, next - first);
	}
	free(functions.items);
	vec_foreach(id, &decision->policy->ids)
		length += strlen(*id) + 1;
	if (length > VFIO_IDS_MAX) {
		strv_done(&decision->policy->ids);
		finding_remedy(
			finding_add(&decision->plan->findings, SEVERITY_NOTE, FINDING_IDS_TOO_LONG,
				    "host",
				    "ids= is not written, as it would be longer than the 1023 "
				    "characters that vfio-pci accepts"),
			"nothing to do; devices are bound by address");
	}
}

/* A kernel that has vfio-pci built in reads no modprobe.d for it, and has it before any module. */
static void forget_built_in(struct module_decision *decision)
{
	struct module_policy *policy = decision->policy;
	struct finding *finding;
	_cleanup_free_ char *ids = strv_join(&policy->ids, ",");

	if (!list_has(&decision->inventory->builtin_modules, "vfio_pci"))
		return;
	finding = finding_add(
		&decision->plan->findings, SEVERITY_NOTE, FINDING_MODULE_BUILT_IN, "vfio_pci",
		"the driver is built into the kernel, which reads options of built-in modules "
		"from the kernel's arguments and not from modprobe.d");
	finding_remedy(finding, "nothing to do; devices are bound by address");
	if (*ids)
		strv_take(&policy->arguments, xasprintf("vfio-pci.ids=%s", ids));
	strv_done(&policy->ids);
	strv_done(&policy->softdeps);
}

void module_policy_make(const struct profile *profile, const struct inventory *inventory,
			struct plan *plan, struct module_policy *ret)
{
	struct module_policy policy = {};
	_cleanup_free_ const char **given = xcalloc(inventory->n, sizeof(*given));
	struct module_decision decision = {inventory, profile, plan, &policy, given};
	bool any = false;

	find_given(&decision);
	for (size_t i = 0; i < inventory->n; i++)
		any = any || given[i];
	vec_foreach(device, plan)
		any = any || gives_virtual(device);
	if (any) {
		decide_ids(&decision);
		if (!profile->blacklist_mode) {
			for (size_t i = 0; i < profile->blacklist.n; i++)
				if (!list_has(&policy.blacklist, profile->blacklist.items[i]))
					strv_add(&policy.blacklist, profile->blacklist.items[i]);
		} else if (strcmp(profile->blacklist_mode, "auto") == 0) {
			decide_natives(&decision);
		}
		forget_built_in(&decision);
		vec_foreach(device, plan)
			if ((device_is_given(device) || gives_virtual(device)) &&
			    !comes_by_itself(&decision, device) &&
			    !strv_contains(&policy.load, device->module))
				strv_add(&policy.load, device->module);
		for (size_t i = 0; i < policy.load.n; i++)
			if (driver_is_vfio(policy.load.items[i])) {
				strv_add(&policy.load, inventory_machine(inventory)->backend);
				break;
			}
		strv_sort(&policy.load);
	}
	policy.unsafe_interrupts = any && profile->unsafe_interrupts;
	if (policy.unsafe_interrupts && list_has(&inventory->builtin_modules, "vfio_iommu_type1")) {
		policy.unsafe_interrupts = false;
		strv_add(&policy.arguments, "vfio_iommu_type1.allow_unsafe_interrupts=1");
	}
	*ret = policy;
}
