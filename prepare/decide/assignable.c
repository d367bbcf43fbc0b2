/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/assignable.h"

#include <string.h>

#include "decide/denylist.h"
#include "model/profile.h"

static int compare(const void *a, const void *b)
{
	const struct pci_function *f = *(const struct pci_function *const *)a;
	const struct pci_function *g = *(const struct pci_function *const *)b;

	if (f->iommu_group != g->iommu_group)
		return f->iommu_group - g->iommu_group;
	return pci_address_compare(&f->address, &g->address);
}

void group_index_make(const struct inventory *inventory, struct group_index *ret)
{
	struct group_index index = {};

	vec_foreach(function, inventory)
		*vec_add(&index) = function;
	vec_sort(&index, compare);
	*ret = index;
}

void group_index_done(struct group_index *index)
{
	free(index->items);
	*index = (struct group_index){};
}

struct group_index group_members(const struct group_index *index, int group)
{
	size_t low = 0, high = index->n, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->items[middle]->iommu_group < group)
			low = middle + 1;
		else
			high = middle;
	}
	while (group >= 0 && low + n < index->n && index->items[low + n]->iommu_group == group)
		n++;
	return (struct group_index){.items = index->items + low, .n = n};
}

bool driver_leaves_group_viable(const char *driver)
{
	return driver_is_vfio(driver) || strcmp(driver, "pci-stub") == 0 ||
	       strcmp(driver, "pcieport") == 0;
}

bool function_leaves_group_viable(const struct inventory *inventory,
				  const struct pci_function *function)
{
	const char *driver = function->driver;

	if (function->unknown & FUNCTION_DRIVER)
		return false;
	if (!driver || driver_leaves_group_viable(driver))
		return true;
	/* Older kernels let any driver stay on a bridge (vfio_dev_driver_allowed()). */
	return function->class >> 8 == 0x0604 && !inventory_kernel_is_at_least(inventory, 5, 19);
}

bool function_stands_in_the_way(const struct inventory *inventory,
				const struct pci_function *function)
{
	if (function->has_above)
		return false;
	if (function->driver || (function->unknown & FUNCTION_DRIVER))
		return !function_leaves_group_viable(inventory, function);
	/* No driver can take what does not answer. */
	if (function_is_infrastructure(function) || function->answers_nothing)
		return false;
	return (function->unknown & FUNCTION_MODULES) || function->modules.n > 0;
}

/* --- what stays with the host --------------------------------------------------------------- */

bool function_is_behind(const struct inventory *inventory, const struct pci_function *function)
{
	const struct pci_function *above = function->has_above
						   ? inventory_find(inventory, &function->above)
						   : NULL;

	return function->has_above &&
	       (!above || above->iommu_group < 0 || function->iommu_group < 0 ||
		above->iommu_group == function->iommu_group);
}

/* The order in which guards are told. */
static int rank(const struct guard *guard)
{
	return guard_is_of_now(guard) ? 2 : guard->unknown;
}

struct stay function_stay(const struct inventory *inventory, const struct guards *guards,
			  const struct pci_function *function, enum phase phase, unsigned allow)
{
	enum stay_reason reason = function->unknown &
						  (FUNCTION_IDS | FUNCTION_DRIVER | FUNCTION_GROUP)
					  ? STAY_UNREADABLE
				  : function_is_bridge(function)                ? STAY_BRIDGE
				  : function_is_memory(function)                ? STAY_MEMORY
				  : function_is_infrastructure(function)        ? STAY_PLATFORM
				  : function_is_behind(inventory, function)     ? STAY_BEHIND
				  : function_is_denylisted(inventory, function) ? STAY_DENYLISTED
				  : function->answers_nothing                   ? STAY_SILENT
				  : function->hangs                             ? STAY_HANGS
										: STAY_NOT;
	const struct guard *first = NULL;

	/* What holds it for good is told before what may hold it, and that before what holds it now. */
	if (!reason)
		vec_foreach(guard, &guards->functions[function - inventory->items])
			if (!guard_passes(guard->type, phase, allow) &&
			    !guard_waits(guard->type, phase) &&
			    (!first || rank(guard) < rank(first)))
				first = guard;
	return (struct stay){first ? STAY_GUARD : reason, first};
}

bool stay_is_of_now(const struct stay *stay)
{
	return stay->reason == STAY_SILENT || stay->reason == STAY_HANGS ||
	       (stay->guard && guard_is_of_now(stay->guard));
}

char *stay_text(const struct inventory *inventory, const struct pci_function *function,
		const struct stay *stay)
{
	const struct pci_function *above;

	switch (stay->reason) {
	case STAY_UNREADABLE:
		return xstrdup("its ids, driver or group cannot be read");
	case STAY_BRIDGE:
		if (!function_leaves_group_viable(inventory, function))
			return xasprintf("it is a bridge (class %06x), which stays, and its driver "
					 "%s keeps the IOMMU group from guests",
					 function->class,
					 function->driver ? function->driver : "is unknown and");
		return xasprintf("it is a bridge (class %06x), and bridges cannot be assigned to "
				 "guests",
				 function->class);
	case STAY_MEMORY:
		return xstrdup("it may be memory that the host works in");
	case STAY_PLATFORM:
		return xasprintf("it is a part of the root complex (class %06x)", function->class);
	case STAY_BEHIND:
		above = inventory_find(inventory, &function->above);
		return xasprintf("it is behind the VMD controller %s, which can be given away as a "
				 "whole only: without the controller's driver (%s), which makes "
				 "domain %x, it does not exist, and with that driver their common "
				 "IOMMU group goes to no guest",
				 PCI_ADDRESS_TEXT(&function->above),
				 above && above->driver ? above->driver : "vmd",
				 function->address.domain);
	case STAY_DENYLISTED:
		return xstrdup(
			"vfio-pci refuses it (its denylist), as a guest can use it to harm the "
			"host");
	case STAY_SILENT:
		return xstrdup("it does not answer: every byte of its configuration space is ff");
	case STAY_HANGS:
		return xstrdup(function->hangs);
	case STAY_GUARD:
		return xstrdup(stay->guard->detail);
	case STAY_NOT:
		break;
	}
	return NULL;
}

/* --- what goes together --------------------------------------------------------------------- */

void tied_find(const struct inventory *inventory, const struct pci_function *function,
	       struct pci_address_list *ret)
{
	struct pci_address address = function->address;

	vec_foreach(linked, &function->linked) {
		const struct pci_function *other = inventory_find(inventory, linked);

		if (other && other != function && !pci_address_list_has(ret, linked))
			*vec_add(ret) = *linked;
	}
	if (function->is_vf || !inventory_is_of_display_card(inventory, function))
		return;
	for (address.function = 0; address.function < 8; address.function++) {
		const struct pci_function *other = inventory_find(inventory, &address);

		if (other && other != function && !other->is_vf &&
		    other->vendor == function->vendor && !pci_address_list_has(ret, &address))
			*vec_add(ret) = address;
	}
}

/* While units are made: each function points to another one of its unit, at last to the first. */
struct unit_decision {
	const struct inventory *inventory;
	const struct guards *guards;
	unsigned allow;
	size_t *first;
	struct assignables *units;
};

static size_t unit_of(const struct unit_decision *decision, size_t i)
{
	while (decision->first[i] != i)
		i = decision->first[i] = decision->first[decision->first[i]];
	return i;
}

static void join_units(struct unit_decision *decision, size_t a, size_t b)
{
	a = unit_of(decision, a);
	b = unit_of(decision, b);
	decision->first[a > b ? a : b] = a > b ? b : a;
}

static void join_group(struct unit_decision *decision, const struct group_index *index)
{
	for (size_t i = 1; i < index->n; i++) {
		const struct pci_function *a = index->items[i - 1], *b = index->items[i];

		if (a->iommu_group >= 0 && a->iommu_group == b->iommu_group)
			join_units(decision, (size_t)(a - decision->inventory->items),
				   (size_t)(b - decision->inventory->items));
	}
}

/* One that stays leaves the card incomplete, and the rest of the card can go. */
static bool leaves_card(const struct unit_decision *decision, const struct pci_function *function)
{
	struct stay stay = function_stay(decision->inventory, decision->guards, function,
					 PHASE_SYSTEM, decision->allow);

	return stay.reason && !stay_is_of_now(&stay);
}

static void join_tied(struct unit_decision *decision, size_t i)
{
	const struct inventory *inventory = decision->inventory;
	const struct pci_function *function = &inventory->items[i];
	struct pci_address_list tied = {};

	if (inventory_is_beside_display(inventory, function) && !leaves_card(decision, function))
		tied_find(inventory, function, &tied);
	vec_foreach(address, &tied) {
		const struct pci_function *other = inventory_find(inventory, address);

		if (leaves_card(decision, other))
			continue;
		join_units(decision, i, (size_t)(other - inventory->items));
		decision->units->functions[other - inventory->items].required = true;
	}
	free(tied.items);
}

/* What is there already is not taken from anybody. */
static bool is_there_already(const struct pci_function *function)
{
	return function->driver && strcmp(function->driver, "vfio-pci") == 0;
}

/* The keys of allow that the function asks for. */
static unsigned asked_of(const struct unit_decision *decision, size_t i)
{
	unsigned allow = 0;

	if (!is_there_already(&decision->inventory->items[i]))
		vec_foreach(guard, &decision->guards->functions[i])
			allow |= guard_opened_by(guard->type);
	return allow;
}

/* What of the function itself speaks against it; false: nothing does. */
static bool find_obstacle(const struct unit_decision *decision, size_t i, struct assignable *ret)
{
	const struct inventory *inventory = decision->inventory;
	const struct pci_function *function = &inventory->items[i];
	struct stay stay = function_stay(inventory, decision->guards, function, PHASE_SYSTEM,
					 decision->allow);
	const struct iommu_group *group = platform_group(&inventory->platform,
							 function->iommu_group);

	if (stay.guard && is_there_already(function))
		stay = (struct stay){};
	if (stay.reason) {
		ret->when = stay_is_of_now(&stay) ? ASSIGNABLE_AFTER_RESTART : ASSIGNABLE_NEVER;
		ret->guard = stay.guard ? stay.guard->type : N_FINDING_TYPES;
		ret->unknown = stay.reason == STAY_UNREADABLE ||
			       (stay.guard && !guard_is_of_now(stay.guard) &&
				(stay.guard->unknown ||
				 finding_verdict(stay.guard->type) == READINESS_UNKNOWN));
		ret->why = stay_text(inventory, function, &stay);
	} else if (function->iommu_group < 0) {
		ret->when = inventory->iommu == IOMMU_ON ? ASSIGNABLE_NEVER
							 : ASSIGNABLE_AFTER_RESTART;
		ret->why = xstrdup(inventory->iommu == IOMMU_ON
					   ? "the IOMMU is on and does not cover it"
					   : "the IOMMU is not on");
	} else if (group && group->direct == ANSWER_YES) {
		ret->when = ASSIGNABLE_NEVER;
		ret->why = xasprintf("the firmware requires a direct mapping of memory for its "
				     "group (%s)",
				     group->regions);
	} else {
		return false;
	}
	ret->because = function;
	return true;
}

/* The worst of what speaks against those that have to go; of equal ones the first is told. */
static void take_worse(struct assignable *verdict, struct assignable *other)
{
	if (other->when > verdict->when ||
	    (other->when == verdict->when && verdict->unknown && !other->unknown)) {
		free(verdict->why);
		verdict->when = other->when;
		verdict->because = other->because;
		verdict->guard = other->guard;
		verdict->unknown = other->unknown;
		verdict->why = other->why;
	} else {
		free(other->why);
	}
}

/* What a function has to allow, and what of its unit keeps all of it. */
static void judge_units(struct unit_decision *decision)
{
	const struct inventory *inventory = decision->inventory;
	/* Beside the functions: at the first of each unit what stands against its required members. */
	struct assignable *unit = xcalloc(inventory->n, sizeof(*unit));

	for (size_t i = 0; i < inventory->n; i++) {
		struct assignable *function = &decision->units->functions[i], found = {};

		function->unit = unit_of(decision, i);
		if (!function->required)
			continue;
		unit[function->unit].allow |= asked_of(decision, i);
		if (find_obstacle(decision, i, &found))
			take_worse(&unit[function->unit], &found);
	}
	for (size_t i = 0; i < inventory->n; i++) {
		struct assignable *function = &decision->units->functions[i], found = {};
		const struct assignable *whole = &unit[function->unit];

		function->allow = whole->allow | asked_of(decision, i);
		if (find_obstacle(decision, i, &found))
			take_worse(function, &found);
		found = *whole;
		found.why = xstrdup_null(whole->why);
		take_worse(function, &found);
	}
	for (size_t i = 0; i < inventory->n; i++)
		free(unit[i].why);
	free(unit);
}

void assignables_make(const struct inventory *inventory, const struct guards *guards,
		      unsigned allow, struct assignables *ret)
{
	struct assignables units = {.functions = xcalloc(inventory->n, sizeof(*units.functions)),
				    .n = inventory->n};
	_cleanup_(group_index_done) struct group_index index = {};
	_cleanup_free_ size_t *first = xcalloc(inventory->n, sizeof(*first));
	struct unit_decision decision = {inventory, guards, allow, first, &units};

	for (size_t i = 0; i < inventory->n; i++) {
		first[i] = i;
		units.functions[i].required = inventory->items[i].iommu_group >= 0 &&
					      function_stands_in_the_way(inventory,
									 &inventory->items[i]);
	}
	group_index_make(inventory, &index);
	join_group(&decision, &index);
	for (size_t i = 0; i < inventory->n; i++)
		join_tied(&decision, i);
	judge_units(&decision);
	*ret = units;
}

void assignables_done(struct assignables *assignables)
{
	if (!assignables)
		return;
	for (size_t i = 0; i < assignables->n; i++)
		free(assignables->functions[i].why);
	free(assignables->functions);
	*assignables = (struct assignables){};
}
