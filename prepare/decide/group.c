/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/group.h"

#include <string.h>

#include "base/buf.h"

static int group_of(const struct inventory *inventory, size_t index)
{
	return inventory->items[index].iommu_group;
}

static int compare(const void *a, const void *b, void *userdata)
{
	const struct inventory *inventory = *(const struct inventory **)userdata;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = group_of(inventory, i) - group_of(inventory, j);

	return order ? order : i < j ? -1 : 1;
}

void group_index_make(const struct inventory *inventory, struct group_index *ret)
{
	struct group_index index = {.items = xcalloc(inventory->n, sizeof(*index.items)),
				    .n = inventory->n};

	for (size_t i = 0; i < index.n; i++)
		index.items[i] = i;
	if (index.n > 1)
		qsort_r(index.items, index.n, sizeof(*index.items), compare, &inventory);
	*ret = index;
}

void group_index_done(struct group_index *index)
{
	free(index->items);
	*index = (struct group_index){};
}

size_t group_index_find(const struct group_index *index, const struct inventory *inventory,
			int group, const size_t **ret_first)
{
	size_t low = 0, high = index->n, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (group_of(inventory, index->items[middle]) < group)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < index->n && group_of(inventory, index->items[low + n]) == group)
		n++;
	*ret_first = index->items + low;
	return n;
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

/*
 * Would the function keep the group from the guest? Early in a boot no driver has it yet, so a
 * module that may come counts like a driver; for a bridge only the driver does, as modules such as
 * shpchp offer themselves for all of them and take few.
 */
static bool stands_in_the_way(const struct inventory *inventory,
			      const struct pci_function *function)
{
	if (function->driver || (function->unknown & FUNCTION_DRIVER))
		return !function_leaves_group_viable(inventory, function);
	if (function_is_infrastructure(function))
		return false;
	return (function->unknown & FUNCTION_MODULES) || function->modules.n > 0;
}

/* One look at the claims, while they grow. */
struct group_decision {
	const struct inventory *inventory;
	const struct guards *guards;
	enum phase phase;
	struct match *match;
	struct group_index index;
	bool *told; /* beside the functions: that it stays behind has been said for one of its card */
	bool grown;
};

/* Does a guard keep it from the section; for good, or only in this phase? */
static bool is_guarded(const struct group_decision *decision, size_t i,
		       const struct device_section *section, bool for_good)
{
	vec_foreach(guard, &decision->guards->functions[i])
		if (!guard_passes(guard->type, decision->phase, section->allow) &&
		    guard_waits(guard->type, decision->phase) != for_good)
			return true;
	return false;
}

/* What is there already is not taken from anybody, whoever holds it: a guest that runs. */
static bool is_where_wanted(const struct pci_function *function,
			    const struct device_section *section)
{
	return function->driver && strcmp(function->driver, wanted_driver(section, function)) == 0;
}

static bool may_join(const struct group_decision *decision, size_t i,
		     const struct device_section *section)
{
	const struct pci_function *function = &decision->inventory->items[i];

	return !decision->match->claims[i].section && !function_is_infrastructure(function) &&
	       !address_list_has(&section->except, &function->address) &&
	       !(function->unknown & (FUNCTION_IDS | FUNCTION_DRIVER)) &&
	       (is_where_wanted(function, section) ||
		(!function->hangs && !is_guarded(decision, i, section, true)));
}

static void join(struct group_decision *decision, size_t i, const struct device_section *section)
{
	decision->match->claims[i] = (struct claim){
		.section = section,
		.companion = true,
		.waiting = is_guarded(decision, i, section, false),
	};
	decision->grown = true;
}

static bool is_claimed(const struct group_decision *decision, size_t i)
{
	const struct claim *claim = &decision->match->claims[i];

	return claim->section && !claim->refused && !claim->waiting &&
	       !claim_is_physical(claim, &decision->inventory->items[i]);
}

/* A claim for a native driver is no claim for a guest: it stands in the way like what no section has. */
static bool goes_to_guest(const struct group_decision *decision, size_t i)
{
	return is_claimed(decision, i) &&
	       driver_leaves_group_viable(wanted_driver(decision->match->claims[i].section,
							&decision->inventory->items[i]));
}

/*
 * The other functions of the card that a function is on, by what ties them: device links, and for a
 * graphics card its slot. Calls found for each; the functions of a network card are each their own.
 */
static void each_tied(struct group_decision *decision, size_t i,
		      void (*found)(struct group_decision *decision, size_t from, size_t to))
{
	const struct inventory *inventory = decision->inventory;
	const struct pci_function *function = &inventory->items[i];
	struct pci_address address = function->address;

	vec_foreach(linked, &function->linked) {
		const struct pci_function *other = inventory_find(inventory, linked);

		if (other)
			found(decision, i, (size_t)(other - inventory->items));
	}
	if (function->is_vf || !inventory_is_of_display_card(inventory, function))
		return;
	for (address.function = 0; address.function < 8; address.function++) {
		const struct pci_function *other = inventory_find(inventory, &address);

		if (other && other != function && !other->is_vf)
			found(decision, i, (size_t)(other - inventory->items));
	}
}

/* Must it go with the group, or did it already? */
static bool goes_with_group(const struct group_decision *decision, size_t i,
			    const struct device_section *section)
{
	const struct pci_function *function = &decision->inventory->items[i];

	return stands_in_the_way(decision->inventory, function) ||
	       is_where_wanted(function, section);
}

static void join_tied(struct group_decision *decision, size_t from, size_t to)
{
	const struct device_section *section = decision->match->claims[from].section;

	if (may_join(decision, to, section))
		join(decision, to, section);
}

/* Lets everything join that section keys "expand" ask for, until nothing more does. */
static void expand(struct group_decision *decision)
{
	do {
		decision->grown = false;
		for (size_t i = 0; i < decision->inventory->n; i++) {
			const struct pci_function *function = &decision->inventory->items[i];
			const size_t *members;
			size_t n;

			if (!is_claimed(decision, i) ||
			    decision->match->claims[i].section->group != GROUP_EXPAND)
				continue;
			n = function->iommu_group < 0
				    ? 0
				    : group_index_find(&decision->index, decision->inventory,
						       function->iommu_group, &members);
			for (size_t j = 0; j < n; j++)
				if (goes_with_group(decision, members[j],
						    decision->match->claims[i].section) &&
				    may_join(decision, members[j],
					     decision->match->claims[i].section))
					join(decision, members[j],
					     decision->match->claims[i].section);
			each_tied(decision, i, join_tied);
		}
	} while (decision->grown);
}

bool group_takes(const struct inventory *inventory, const struct match *match, bool bound)
{
	struct guards none = {.functions = xcalloc(inventory->n, sizeof(*none.functions)),
			      .n = inventory->n};
	struct match grown = {.claims = xcalloc(inventory->n, sizeof(*grown.claims))};
	struct group_decision decision = {.inventory = inventory, .guards = &none, .match = &grown};
	bool takes = false;

	for (size_t i = 0; i < inventory->n; i++)
		grown.claims[i] = match->claims[i];
	group_index_make(inventory, &decision.index);
	expand(&decision);
	for (size_t i = 0; i < inventory->n; i++)
		takes = takes || (grown.claims[i].companion &&
				  !claim_is_right(&grown.claims[i], &inventory->items[i]) &&
				  (!bound || inventory->items[i].driver));
	group_index_done(&decision.index);
	match_done(&grown);
	guards_done(&none);
	return takes;
}

static const char *driver_text(const struct pci_function *function)
{
	if (function->driver)
		return function->driver;
	if (function->unknown & FUNCTION_DRIVER)
		return "unknown driver";
	return function->modules.n ? function->modules.items[0] : "no driver";
}

static void add_member(struct buf *list, const struct pci_function *function)
{
	buf_addf(list, "%s%s (%04x:%04x, %s%s%s)", list->length ? ", " : "",
		 PCI_ADDRESS_TEXT(&function->address), function->vendor, function->device,
		 driver_text(function), function->hangs ? ": " : "",
		 function->hangs ? function->hangs : "");
}

/* A group of which a section has claimed something, and something else stands in the way. */
static void refuse_group(struct group_decision *decision, const struct device_section *section,
			 const size_t *members, size_t n, const struct pci_function *listed,
			 const struct buf *others)
{
	_cleanup_free_ char *subject = xasprintf("group %d", listed->iommu_group);
	struct finding *finding =
		finding_add(&decision->match->findings,
			    section->group == GROUP_IGNORE ? SEVERITY_WARNING : SEVERITY_ERROR,
			    FINDING_GROUP_INCOMPLETE, subject,
			    "%s of section [device %s] shares its IOMMU group with %s",
			    PCI_ADDRESS_TEXT(&listed->address), section->label, buf_text(others));

	finding_remedy(
		finding, "%s; or move the card to a slot with an IOMMU group of its own",
		section->group == GROUP_EXPAND
			? "remove the devices from except, if they are in it; vfio-prepare list "
			  "shows guards that keep them with the host"
			: "list these devices in the profile too, or write group = expand in the "
			  "section");
	for (size_t j = 0; j < n && section->group != GROUP_IGNORE; j++)
		if (decision->match->claims[members[j]].section == section)
			decision->match->claims[members[j]].refused = true;
}

static void check_group(struct group_decision *decision, size_t i)
{
	const struct pci_function *listed = &decision->inventory->items[i];
	const struct device_section *section = decision->match->claims[i].section;
	_cleanup_(buf_done) struct buf others = {};
	bool waiting = false;
	const size_t *members;
	size_t n = group_index_find(&decision->index, decision->inventory, listed->iommu_group,
				    &members);

	for (size_t j = 0; j < n; j++) {
		const struct pci_function *member = &decision->inventory->items[members[j]];

		if (goes_to_guest(decision, members[j]) ||
		    !stands_in_the_way(decision->inventory, member))
			continue;
		if (decision->match->claims[members[j]].waiting)
			waiting = true;
		else
			add_member(&others, member);
	}
	if (others.length)
		refuse_group(decision, section, members, n, listed, &others);
	/* What shares a group with a disk that waits can only wait with it. */
	for (size_t j = 0; j < n && waiting; j++)
		if (decision->match->claims[members[j]].section)
			decision->match->claims[members[j]].waiting = true;
}

/* Is this the first of a section's claims in its group, at which the group is looked at? */
static bool is_first_of_group(const struct group_decision *decision, size_t i)
{
	const size_t *members;
	size_t n = group_index_find(&decision->index, decision->inventory,
				    decision->inventory->items[i].iommu_group, &members);

	for (size_t j = 0; j < n && members[j] < i; j++)
		if (is_claimed(decision, members[j]) &&
		    decision->match->claims[members[j]].section ==
			    decision->match->claims[i].section)
			return false;
	return true;
}

static void check_tied(struct group_decision *decision, size_t from, size_t to)
{
	const struct pci_function *function = &decision->inventory->items[from],
				  *other = &decision->inventory->items[to];
	struct finding *finding;

	if (is_claimed(decision, to) || decision->match->claims[to].refused ||
	    decision->match->claims[to].waiting || decision->told[to] ||
	    !stands_in_the_way(decision->inventory, other))
		return;
	decision->told[to] = true;
	finding = finding_add(
		&decision->match->findings, SEVERITY_WARNING, FINDING_CARD_INCOMPLETE,
		PCI_ADDRESS_TEXT(&function->address),
		"%s (%04x:%04x) is part of the same card and stays with the host: a reset of one "
		"function reaches the other, and a guest's driver may need both",
		PCI_ADDRESS_TEXT(&other->address), other->vendor, other->device);
	if (decision->match->claims[from].section->group == GROUP_EXPAND)
		finding_remedy(
			finding,
			"remove it from except, if it is in it; vfio-prepare list shows guards "
			"that keep it with the host");
	else
		finding_remedy(
			finding,
			"list it in the profile too, or write group = expand in the section");
}

/* On the same bus, so that a reset of the bus reaches it too. */
static bool shares_bus(const struct pci_function *a, const struct pci_function *b)
{
	return a != b && a->address.domain == b->address.domain && a->address.bus == b->address.bus;
}

/*
 * The kernel computes "bus" as it adds a function, before it has seen those behind it, and for the others
 * of the bus not at all: it counts only for a lone function, and for a lone function its lack does, too
 * (drivers/pci/pci.c pci_parent_bus_reset()).
 */
static void check_reset(struct group_decision *decision, size_t i, bool kernel_tells)
{
	const struct pci_function *function = &decision->inventory->items[i];
	const struct device_section *section = decision->match->claims[i].section;
	const struct strv *methods = &function->reset_methods;
	bool bus_only = methods->n == 1 && strcmp(methods->items[0], "bus") == 0;
	bool on_root_bus = function->port_path && !strchr(function->port_path, '/');
	bool alone = true, no_way;
	_cleanup_(buf_done) struct buf others = {};
	struct finding *finding = NULL;
	size_t first = i;

	if (section->reset == RESET_IGNORE || !kernel_tells || (methods->n && !bus_only))
		return;
	while (first > 0 && shares_bus(&decision->inventory->items[first - 1], function))
		first--;
	for (size_t j = first; j < decision->inventory->n &&
			       (j == i || shares_bus(&decision->inventory->items[j], function));
	     j++) {
		if (j == i || decision->inventory->items[j].is_vf)
			continue;
		alone = false;
		if (!is_claimed(decision, j))
			add_member(&others, &decision->inventory->items[j]);
	}
	no_way = on_root_bus || (alone && !methods->n);
	if (no_way)
		finding = finding_add(
			&decision->match->findings, SEVERITY_WARNING, FINDING_RESET,
			PCI_ADDRESS_TEXT(&function->address),
			"the kernel has no method to reset the device: the next guest finds it in "
			"the state in which the last guest left it");
	else if (others.length)
		finding = finding_add(
			&decision->match->findings, SEVERITY_WARNING, FINDING_RESET,
			PCI_ADDRESS_TEXT(&function->address),
			"the kernel can reset the device only with its whole bus, and these "
			"devices of the bus stay with the host: %s",
			buf_text(&others));
	if (finding) {
		finding_remedy(
			finding,
			no_way ? "give the device to one guest only, and restart the host before "
				 "another guest uses it"
			       : "list these devices in the profile too, and give all of them to "
				 "one guest");
		if (section->reset == RESET_REQUIRE) {
			finding->severity = SEVERITY_ERROR;
			decision->match->claims[i].refused = true;
		}
	}
}

void group_complete(const struct inventory *inventory, const struct guards *guards,
		    enum phase phase, struct match *match)
{
	struct group_decision decision = {.inventory = inventory,
					  .guards = guards,
					  .phase = phase,
					  .match = match};
	bool kernel_tells = false; /* reset_method came with 5.15 */

	vec_foreach(function, inventory)
		kernel_tells = kernel_tells || function->has_reset_methods;
	group_index_make(inventory, &decision.index);
	decision.told = xcalloc(inventory->n, sizeof(*decision.told));
	expand(&decision);
	for (size_t i = 0; i < inventory->n; i++)
		if (is_claimed(&decision, i)) {
			each_tied(&decision, i, check_tied);
			check_reset(&decision, i, kernel_tells);
		}
	for (size_t i = 0; i < inventory->n; i++)
		if (goes_to_guest(&decision, i) && inventory->items[i].iommu_group >= 0 &&
		    is_first_of_group(&decision, i))
			check_group(&decision, i);
	free(decision.told);
	group_index_done(&decision.index);
}
