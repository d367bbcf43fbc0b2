/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/group.h"

#include <string.h>

#include "base/buf.h"
#include "decide/remedy.h"
#include "decide/selector.h"

/* One look at the claims, while they grow. */
struct group_decision {
	const struct inventory *inventory;
	const struct guards *guards;
	enum phase phase;
	struct match *match;
	struct group_index index;
	bool *told; /* beside the claims: that it stays behind has been said for one of its card */
	bool grown;
};

/* Does a guard keep it from the section in this phase only? */
static bool is_put_off(const struct group_decision *decision, const struct claim *claim,
		       const struct device_section *section)
{
	vec_foreach(guard, &decision->guards->functions[claim - decision->match->items])
		if (!guard_passes(guard->type, decision->phase, section->allow) &&
		    guard_waits(guard->type, decision->phase))
			return true;
	return false;
}

/* What is there already is not taken from anybody, whoever holds it: a guest that runs. */
static bool is_where_wanted(const struct pci_function *function,
			    const struct device_section *section)
{
	return function->driver && strcmp(function->driver, wanted_driver(section, function)) == 0;
}

/* Why the function stays, whatever stands in the section; a guard's veto does not count where it is. */
static struct stay stay_of(const struct group_decision *decision, const struct claim *claim,
			   const struct device_section *section)
{
	struct stay stay = function_stay(decision->inventory, decision->guards, claim->function,
					 decision->phase, section->allow);

	if ((stay.guard || stay.reason == STAY_HANGS) && is_where_wanted(claim->function, section))
		return (struct stay){};
	return stay;
}

/* Lets the rest of the card or the group of a claim join it, if it may. */
static void join(struct group_decision *decision, struct claim *from, struct claim *to)
{
	const struct device_section *section = from->section;
	const struct pci_function *function = to->function;

	if (to->section || address_list_has(&section->except, &function->address) ||
	    stay_of(decision, to, section).reason)
		return;
	to->section = section;
	to->companion = true;
	to->waiting = is_put_off(decision, to, section);
	decision->grown = true;
}

static bool is_claimed(const struct claim *claim)
{
	return claim->section && !claim->refused && !claim->waiting && !claim_is_physical(claim);
}

/* A claim for a native driver is no claim for a guest: it stands in the way like what no section has. */
static bool goes_to_guest(const struct claim *claim)
{
	return is_claimed(claim) &&
	       driver_leaves_group_viable(wanted_driver(claim->section, claim->function));
}

/* Calls found for each other function of the card that the claimed one is on. */
static void each_tied(struct group_decision *decision, struct claim *claim,
		      void (*found)(struct group_decision *decision, struct claim *from,
				    struct claim *to))
{
	struct pci_address_list tied = {};

	tied_find(decision->inventory, claim->function, &tied);
	vec_foreach(address, &tied)
		found(decision, claim, match_find(decision->match, address));
	free(tied.items);
}

static struct claim *claim_on(const struct group_decision *decision,
			      const struct pci_function *function)
{
	return &decision->match->items[function - decision->inventory->items];
}

/* Lets everything join that section keys "expand" ask for, until nothing more does. */
static void expand(struct group_decision *decision)
{
	do {
		decision->grown = false;
		vec_foreach(claim, decision->match) {
			struct group_index members;

			if (!is_claimed(claim) || claim->section->group != GROUP_EXPAND)
				continue;
			members = group_members(&decision->index, claim->function->iommu_group);
			/* Must it go with the group, or did it already? */
			vec_foreach(member, &members)
				if (function_stands_in_the_way(decision->inventory, *member) ||
				    is_where_wanted(*member, claim->section))
					join(decision, claim, claim_on(decision, *member));
			each_tied(decision, claim, join);
		}
	} while (decision->grown);
}

bool group_takes(const struct match *match, bool bound)
{
	_cleanup_(guards_done) struct guards none = {};
	_cleanup_(match_done) struct match grown = {.inventory = match->inventory};
	_cleanup_(group_index_done) struct group_index index = {};
	struct group_decision decision = {match->inventory, .guards = &none, .match = &grown};

	none.functions = xcalloc(match->n, sizeof(*none.functions));
	none.n = match->n;
	vec_foreach(claim, match)
		*vec_add(&grown) = *claim;
	group_index_make(match->inventory, &index);
	decision.index = index;
	expand(&decision);
	vec_foreach(claim, &grown)
		if (claim->companion && !claim_is_right(claim) &&
		    (!bound || claim->function->driver))
			return true;
	return false;
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

static struct obstacle obstacle_of(const struct group_decision *decision, const struct claim *other,
				   const struct device_section *section)
{
	return (struct obstacle){
		.function = other->function,
		.section = other->section,
		.excepted = address_list_has(&section->except, &other->function->address),
		.stay = stay_of(decision, other, section),
	};
}

/* A group of which a section has claimed something, and something else stands in the way. */
static void refuse_group(struct group_decision *decision, const struct claim *claim,
			 const struct group_index *members, const struct obstacles *obstacles)
{
	const struct device_section *section = claim->section;
	const struct pci_function *listed = claim->function;
	_cleanup_free_ char *subject = xasprintf("group %d", listed->iommu_group);
	_cleanup_(buf_done) struct buf others = {};
	struct finding *finding;

	vec_foreach(obstacle, obstacles)
		add_member(&others, obstacle->function);
	finding = finding_add(&decision->match->findings,
			      section->group == GROUP_IGNORE ? SEVERITY_WARNING : SEVERITY_ERROR,
			      FINDING_GROUP_INCOMPLETE, subject,
			      "%s of section [device %s] shares its IOMMU group with %s",
			      PCI_ADDRESS_TEXT(&listed->address), section->label,
			      buf_text(&others));
	remedy_group(finding, decision->inventory, section, listed, obstacles);
	vec_foreach(member, members)
		if (section->group != GROUP_IGNORE &&
		    claim_on(decision, *member)->section == section)
			claim_on(decision, *member)->refused = true;
}

static void check_group(struct group_decision *decision, const struct claim *claim)
{
	struct group_index members = group_members(&decision->index, claim->function->iommu_group);
	struct obstacles obstacles = {};
	bool waiting = false;

	vec_foreach(member, &members) {
		const struct claim *other = claim_on(decision, *member);

		if (goes_to_guest(other) ||
		    !function_stands_in_the_way(decision->inventory, *member))
			continue;
		if (other->waiting)
			waiting = true;
		else
			*vec_add(&obstacles) = obstacle_of(decision, other, claim->section);
	}
	if (obstacles.n)
		refuse_group(decision, claim, &members, &obstacles);
	free(obstacles.items);
	/* What shares a group with a disk that waits can only wait with it. */
	vec_foreach(member, &members)
		if (waiting && claim_on(decision, *member)->section)
			claim_on(decision, *member)->waiting = true;
}

/* Is this the first of a section's claims in its group, at which the group is looked at? */
static bool is_first_of_group(const struct group_decision *decision, const struct claim *claim)
{
	struct group_index members = group_members(&decision->index, claim->function->iommu_group);

	vec_foreach(member, &members) {
		const struct claim *first = claim_on(decision, *member);

		if (is_claimed(first) && first->section == claim->section)
			return first == claim;
	}
	return false;
}

static void check_tied(struct group_decision *decision, struct claim *from, struct claim *to)
{
	const struct pci_function *function = from->function, *other = to->function;
	bool *told = &decision->told[to - decision->match->items];
	struct obstacle obstacle;
	struct finding *finding;

	if (is_claimed(to) || to->refused || to->waiting || *told ||
	    !(other->answers_nothing || function_stands_in_the_way(decision->inventory, other)))
		return;
	*told = true;
	obstacle = obstacle_of(decision, to, from->section);
	finding = finding_add(
		&decision->match->findings, obstacle.excepted ? SEVERITY_NOTE : SEVERITY_WARNING,
		FINDING_CARD_INCOMPLETE, PCI_ADDRESS_TEXT(&function->address),
		"%s (%04x:%04x) is part of the same card and stays with the host: a reset of one "
		"function reaches the other, and a guest's driver may need both",
		PCI_ADDRESS_TEXT(&other->address), other->vendor, other->device);
	remedy_card(finding, decision->inventory, from->section, &obstacle);
}

/* So that a reset of the bus reaches both. */
static bool same_bus(const struct claim *a, const struct claim *b)
{
	return a->function->address.domain == b->function->address.domain &&
	       a->function->address.bus == b->function->address.bus;
}

/*
 * The kernel computes "bus" as it adds a function, before it has seen those behind it, and for the others
 * of the bus not at all: it counts only for a lone function, and for a lone function its lack does, too
 * (drivers/pci/pci.c pci_parent_bus_reset()).
 */
static void check_reset(struct group_decision *decision, struct claim *claim, bool kernel_tells)
{
	const struct pci_function *function = claim->function;
	const struct device_section *section = claim->section;
	const struct strv *methods = &function->reset_methods;
	bool bus_only = methods->n == 1 && strcmp(methods->items[0], "bus") == 0;
	bool on_root_bus = function->port_path && !strchr(function->port_path, '/');
	bool alone = true, can_list = true, no_way;
	_cleanup_(buf_done) struct buf others = {};
	struct finding *finding = NULL;
	struct claim *first = claim, *end = decision->match->items + decision->match->n;

	if (section->reset == RESET_IGNORE || !kernel_tells || (methods->n && !bus_only))
		return;
	while (first > decision->match->items && same_bus(first - 1, claim))
		first--;
	for (const struct claim *other = first; other < end && same_bus(other, claim); other++) {
		if (other == claim || other->function->is_vf)
			continue;
		alone = false;
		if (is_claimed(other))
			continue;
		add_member(&others, other->function);
		can_list = can_list && !stay_of(decision, other, section).reason;
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
			!no_way && can_list
				? "list these devices in the profile too, and give all of them to "
				  "one guest"
				: "give the device to one guest only, and restart the host before "
				  "another guest uses it");
		if (section->reset == RESET_REQUIRE) {
			finding->severity = SEVERITY_ERROR;
			claim->refused = true;
		}
	}
}

void group_complete(const struct guards *guards, enum phase phase, struct match *match)
{
	const struct inventory *inventory = match->inventory;
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
	vec_foreach(claim, match)
		if (is_claimed(claim))
			check_reset(&decision, claim, kernel_tells);
	vec_foreach(claim, match)
		if (goes_to_guest(claim) && is_first_of_group(&decision, claim))
			check_group(&decision, claim);
	/* Of what goes nowhere it need not be said that a part of its card stays. */
	vec_foreach(claim, match)
		if (is_claimed(claim))
			each_tied(&decision, claim, check_tied);
	free(decision.told);
	group_index_done(&decision.index);
}
