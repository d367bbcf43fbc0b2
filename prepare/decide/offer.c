/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/offer.h"

#include "decide/assignable.h"
#include "decide/check.h"
#include "decide/denylist.h"
#include "decide/fit.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static uint64_t round_up(uint64_t bytes, uint64_t step)
{
	return bytes > UINT64_MAX - step ? UINT64_MAX : (bytes + step - 1) / step * step;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The window of a root port that has only this function behind it. */
static uint64_t port_window(const struct pci_function *function)
{
	uint64_t bytes = 0, largest = MIB;

	for (size_t i = 0; i < N_BARS; i++) {
		const struct pci_bar *bar = &function->bars[i];

		if (!bar->wide || !bar->prefetchable)
			continue;
		bytes = sum(bytes, bar->bytes);
		largest = bar->bytes > largest ? bar->bytes : largest;
	}
	return round_up(bytes, largest);
}

/* What goes together. */
struct unit {
	struct pci_address_list members; /* the required ones */
	uint64_t window;
	bool unknown; /* the BARs of a member are */
};

/* What the machine lacks for any device, or may lack; NULL: nothing. */
static const struct finding *judge_machine(const struct inventory *inventory,
					   struct findings *findings, enum readiness *ret)
{
	const struct profile profile = {.iommu_required = true};
	/* Anything on vfio-pci, so that interrupts matter. */
	struct planned_device any = {.state = DEVICE_RIGHT, .want = (char[]){"vfio-pci"}};
	const struct plan plan = {.items = &any, .n = 1};
	struct checks checks = {&profile, inventory, &plan, findings, NULL, true};

	check_iommu(&checks);
	*ret = fitness_of(&profile, inventory, findings, &plan);
	return fitness_reason(&profile, inventory, findings, &plan, *ret);
}

static void take_reason(struct offer *offer, enum offer_when when, const char *why,
			enum finding_type check)
{
	offer->when = when;
	free(offer->why);
	offer->why = xstrdup(why);
	offer->check = check;
}

/* The verdict on a function and on what has to go with it. */
static void take_verdict(const struct pci_function *function, const struct assignable *verdict,
			 struct offer *offer)
{
	static const enum offer_when whens[] = {
		[ASSIGNABLE_NOW] = OFFER_NOW,
		[ASSIGNABLE_AFTER_RESTART] = OFFER_AFTER_RESTART,
		[ASSIGNABLE_NEVER] = OFFER_NEVER,
	};
	const struct pci_function *because = verdict->because;

	offer->when = verdict->unknown ? OFFER_UNKNOWN : whens[verdict->when];
	offer->check = verdict->why ? verdict->guard : N_FINDING_TYPES;
	offer->why = because && because != function
			     ? xasprintf("%s has to go with it, and %s",
					 PCI_ADDRESS_TEXT(&because->address), verdict->why)
			     : xstrdup_null(verdict->why);
	if (offer->check != N_FINDING_TYPES && guard_opened_by(offer->check))
		offer->allow = verdict->allow;
}

/* What speaks against a function alone that no group and no guard shows. */
static void check_function(const struct inventory *inventory, const struct pci_function *function,
			   struct offer *offer)
{
	const struct iommu_group *group = platform_group(&inventory->platform,
							 function->iommu_group);

	if (offer->when == OFFER_NEVER && function_is_denylisted(inventory, function))
		offer->check = FINDING_DENYLISTED;
	if (offer->when == OFFER_NEVER || offer->when == OFFER_UNKNOWN)
		return;
	if (function->header_type > 0)
		take_reason(offer, OFFER_NEVER, "its configuration space is that of a bridge",
			    FINDING_NOT_ASSIGNABLE);
	else if (group && group->noiommu)
		take_reason(offer, OFFER_NEVER,
			    "its group comes from the no-IOMMU mode of vfio, which no virtual "
			    "machine can use",
			    FINDING_VFIO_NOIOMMU);
	else if (function->iommu_group >= 0 && (!group || group->direct == ANSWER_UNKNOWN))
		take_reason(offer, OFFER_UNKNOWN,
			    "the reserved regions of its group cannot be read",
			    FINDING_RESERVED_REGION_UNKNOWN);
}

static void check_machine(const struct pci_function *function, const struct finding *lack,
			  enum readiness machine, struct offer *offer)
{
	static const enum offer_when whens[] = {
		[READY] = OFFER_NOW,
		[NOT_READY] = OFFER_NEVER,
		[REBOOT_REQUIRED] = OFFER_AFTER_RESTART,
		[READINESS_UNKNOWN] = OFFER_UNKNOWN,
	};

	/* What is not known of the function stays so, and is told, unless the machine can give nothing away. */
	if (!lack || offer->when == OFFER_NEVER ||
	    (offer->when == OFFER_UNKNOWN && whens[machine] != OFFER_NEVER))
		return;
	/* Why there are no groups is the machine's to say. */
	if (offer->when == OFFER_NOW || whens[machine] == OFFER_NEVER ||
	    whens[machine] == OFFER_UNKNOWN || function->iommu_group < 0)
		take_reason(offer, whens[machine], lack->detail, lack->type);
}

static struct unit *find_units(const struct inventory *inventory,
			       const struct assignables *verdicts)
{
	struct unit *units = xcalloc(inventory->n, sizeof(*units));

	for (size_t i = 0; i < inventory->n; i++) {
		const struct assignable *verdict = &verdicts->functions[i];
		struct unit *unit = &units[verdict->unit];

		if (!verdict->required)
			continue;
		*vec_add(&unit->members) = inventory->items[i].address;
		unit->window = sum(unit->window, port_window(&inventory->items[i]));
		unit->unknown = unit->unknown || !inventory->items[i].has_bars;
	}
	return units;
}

static void add_company(const struct pci_function *function, const struct unit *unit, bool required,
			struct offer *offer)
{
	vec_foreach(address, &unit->members)
		if (pci_address_compare(address, &function->address) != 0)
			*vec_add(&offer->with) = *address;
	offer->window_known = function->has_bars && !unit->unknown;
	if (offer->window_known)
		offer->window = round_up(sum(unit->window, required ? 0 : port_window(function)),
					 GIB);
}

void offers_make(const struct inventory *inventory, const struct guards *guards, struct offers *ret)
{
	_cleanup_(assignables_done) struct assignables verdicts = {};
	_cleanup_(findings_done) struct findings findings = {};
	const struct finding *lack;
	enum readiness machine;
	struct unit *units;

	*ret = (struct offers){.items = xcalloc(inventory->n, sizeof(*ret->items)),
			       .n = inventory->n};
	assignables_make(inventory, guards, 0, &verdicts);
	lack = judge_machine(inventory, &findings, &machine);
	units = find_units(inventory, &verdicts);
	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *function = &inventory->items[i];
		const struct assignable *verdict = &verdicts.functions[i];
		struct offer *offer = &ret->items[i];

		take_verdict(function, verdict, offer);
		check_function(inventory, function, offer);
		check_machine(function, lack, machine, offer);
		if (!function_is_bridge(function))
			add_company(function, &units[verdict->unit], verdict->required, offer);
	}
	for (size_t i = 0; i < inventory->n; i++)
		free(units[i].members.items);
	free(units);
}
