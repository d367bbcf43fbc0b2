/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/needs.h"

#include <string.h>

#include "decide/denylist.h"
#include "decide/group.h"
#include "decide/guards.h"
#include "decide/planner.h"
#include "decide/siblings.h"
#include "decide/sriov.h"

/* What each goal needs, whatever the profile: before there is a plan, and once it is made. */
static const struct {
	bool by_profile;    /* it ends in a plan */
	unsigned host;      /* enum host_fact */
	unsigned functions; /* enum function_fact, of all functions */
	unsigned concerned; /* of those that the match is concerned with */
	unsigned with_host; /* of all functions, along with those of the host */
	unsigned then_host; /* the like once there is a plan */
	unsigned then_functions, then_concerned;
} goals[] = {
	[GOAL_LIST] = {.host = HOST_IOMMU | HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK |
			       HOST_USERS,
		       .functions = FACT_NAME | FACT_DISPLAY},
	[GOAL_LIST_ASSIGNABLE] = {.host = HOST_IOMMU | HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK |
					  HOST_LINKS | HOST_USERS | HOST_PROCESSOR | HOST_PLATFORM |
					  HOST_DENYLIST,
				  .functions = FACT_DETAILS | FACT_NAME | FACT_DISPLAY |
					       FACT_RESET | FACT_MODULES | FACT_HEADER | FACT_BARS},
	[GOAL_INIT] = {.host = HOST_DENYLIST | HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK |
			       HOST_USERS,
		       .functions = FACT_DETAILS | FACT_NAME | FACT_DISPLAY | FACT_RESET |
				    FACT_MODULES | FACT_SERIAL},
	[GOAL_IMPORT] = {.host = HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK | HOST_USERS |
				 HOST_BOOTLOADER | HOST_FOREIGN,
			 .functions = FACT_PHYSFN | FACT_DETAILS | FACT_NAME | FACT_DISPLAY |
				      FACT_RESET | FACT_MODULES | FACT_SERIAL},
	[GOAL_MODULES] = {.by_profile = true,
			  .host = HOST_IOMMU,
			  .concerned = FACT_DISPLAY | FACT_RESET},
	[GOAL_PLAN] = {.by_profile = true,
		       .host = HOST_IOMMU | HOST_PROCESSOR,
		       .concerned = FACT_DISPLAY | FACT_RESET,
		       .then_host = HOST_BUILTIN | HOST_BOOTLOADER | HOST_OWN_FILES,
		       .then_functions = FACT_MODULES},
	[GOAL_APPLY] = {.by_profile = true,
			.host = HOST_IOMMU | HOST_PROCESSOR,
			.concerned = FACT_DISPLAY | FACT_RESET | FACT_HEADER,
			.then_host = HOST_BUILTIN | HOST_BOOTLOADER | HOST_OWN_FILES | HOST_REBUILD,
			.then_functions = FACT_MODULES},
	[GOAL_BIND] = {.by_profile = true, .concerned = FACT_DISPLAY},
	[GOAL_RELEASE] = {.host = HOST_LOADED | HOST_BUILTIN | HOST_USERS | HOST_OWN_FILES,
			  .functions = FACT_PATH,
			  .concerned = FACT_OVERRIDE | FACT_DISPLAY | FACT_MODULES},
	[GOAL_VALIDATE_DEVICES] = {.by_profile = true,
				   .host = HOST_IOMMU | HOST_PROCESSOR,
				   .concerned = FACT_DISPLAY | FACT_RESET,
				   .then_host = HOST_PLATFORM | HOST_BUILTIN,
				   .then_concerned = FACT_OVERRIDE | FACT_HEADER | FACT_MODULES},
	[GOAL_VALIDATE_FIT] = {.by_profile = true,
			       .host = HOST_IOMMU | HOST_PROCESSOR,
			       .concerned = FACT_DISPLAY | FACT_RESET,
			       .then_host = HOST_PLATFORM,
			       .then_concerned = FACT_HEADER},
	[GOAL_VALIDATE] = {.by_profile = true,
			   .host = HOST_IOMMU | HOST_PROCESSOR,
			   .concerned = FACT_DISPLAY | FACT_RESET,
			   .then_host = HOST_OWN_FILES | HOST_PLATFORM | HOST_BUILTIN |
					HOST_NETWORK | HOST_BOOTLOADER | HOST_FOREIGN |
					HOST_IMAGES | HOST_RESTART,
			   .then_functions = FACT_MODULES,
			   .then_concerned = FACT_OVERRIDE | FACT_HEADER},
	[GOAL_EXPORT] = {.by_profile = true,
			 .host = HOST_IOMMU | HOST_PROCESSOR,
			 .functions = FACT_DETAILS | FACT_NAME | FACT_PATH | FACT_PHYSFN,
			 .concerned = FACT_DISPLAY | FACT_RESET,
			 .then_host = HOST_PLATFORM | HOST_BUILTIN | HOST_BOOTLOADER | HOST_NODE,
			 .then_functions = FACT_MODULES,
			 .then_concerned = FACT_HEADER},
	[GOAL_EXPORT_PROFILE] = {},
	[GOAL_SNAPSHOT] = {.host = HOST_ALL & ~(HOST_PLACES | HOST_OWN_MODPROBE),
			   .functions = FACT_ALL & ~FACT_DISKS,
			   .with_host = FACT_DISKS},
};

struct asking {
	const struct purpose *purpose;
	const struct profile *profile;
	const struct inventory *inventory;
	const struct match *match;
	const struct plan *plan;
	struct needs *needs;
};

/* Along with resets go the paths, and whose function a part of a card is. */
static void need(const struct asking *asking, size_t i, unsigned facts)
{
	if (facts & FACT_RESET)
		facts |= FACT_PHYSFN | FACT_PATH;
	if ((facts & FACT_DISPLAY) &&
	    inventory_is_of_display_card(asking->inventory, &asking->inventory->items[i]))
		facts |= FACT_PHYSFN;
	asking->needs->functions[i] |= facts;
}

static void need_of_all(const struct asking *asking, unsigned facts)
{
	for (size_t i = 0; i < asking->inventory->n; i++)
		need(asking, i, facts);
}

static bool is_concerned(const struct asking *asking, const struct claim *claim)
{
	const struct purpose *purpose = asking->purpose;

	return purpose->goal == GOAL_RELEASE
		       ? purpose->release && release_concerns(purpose->release, asking->match,
							      purpose->bindings, claim)
		       : claim->concerned;
}

static void need_of_concerned(const struct asking *asking, unsigned facts)
{
	for (size_t i = 0; i < asking->inventory->n; i++)
		if (is_concerned(asking, &asking->match->items[i]))
			need(asking, i, facts);
}

/* --- step by step ------------------------------------------------------------------------------ */

/*
 * The one condition on which a part of the host is enough: an action on places that the profile lists, with
 * which nothing else has to be compared.
 */
static bool reads_places(const struct asking *asking, struct address_list *ret)
{
	return asking->purpose->goal == GOAL_BIND && profile_places(asking->profile, ret) &&
	       !(asking->inventory->known & HOST_FUNCTIONS);
}

static void need_functions(const struct asking *asking)
{
	struct needs *needs = asking->needs;

	if (asking->purpose->goal == GOAL_EXPORT_PROFILE)
		return;
	needs->host |= HOST_KERNEL | (goals[asking->purpose->goal].host & HOST_IOMMU);
	needs->host |= reads_places(asking, &needs->places) ? HOST_PLACES : HOST_FUNCTIONS;
	if (asking->purpose->at_boot)
		needs->host |= HOST_GUARDED;
	if (asking->purpose->gives_back)
		needs->host |= HOST_OWN_MODPROBE;
}

/* Do displays, or where an identity is now, have to be looked for among all functions? */
static void need_rest(const struct asking *asking)
{
	if (match_spans_host(asking->match))
		asking->needs->host |= HOST_FUNCTIONS;
}

/* What tells a function apart that apply has found guarded. */
static void need_guarded(const struct asking *asking)
{
	const struct inventory *inventory = asking->inventory;

	vec_foreach(guarded, &inventory->guarded)
		vec_foreach(function, inventory)
			if (id_pattern_matches(&guarded->id, function->vendor, function->device,
					       function->class))
				need(asking, (size_t)(function - inventory->items),
				     (guarded->path ? FACT_PATH : 0U) |
					     (guarded->has_serial ? FACT_SERIAL : 0U));
}

/* What the boot may have taken from the host without having been told to. */
static void need_siblings(const struct asking *asking)
{
	struct needs *needs = asking->needs;
	bool any = false;

	if (!asking->purpose->gives_back || !siblings_may_exist(asking->inventory))
		return;
	needs->host |= HOST_FUNCTIONS;
	if (!(asking->inventory->known & HOST_FUNCTIONS))
		return;
	vec_foreach(claim, asking->match)
		if (sibling_may_be(asking->match, claim)) {
			need(asking, (size_t)(claim - asking->match->items),
			     FACT_MODULES | (claim->function->driver ? FACT_OVERRIDE : 0U));
			any = any || claim->function->driver ||
			      sibling_starves(asking->match, claim);
		}
	if (any)
		needs->host |= HOST_LOADED | HOST_BUILTIN | HOST_USERS | HOST_FOREIGN;
}

static void need_identities(const struct asking *asking)
{
	unsigned facts = goals[asking->purpose->goal].functions,
		 asks = profile_asks(asking->profile);

	if (asking->purpose->all_details)
		facts |= FACT_DETAILS | FACT_OVERRIDE | FACT_RESET | FACT_MODULES;
	/* What is not there may be a virtual function that is still to be made. */
	if (asking->match->absent.n && asking->purpose->goal != GOAL_BIND)
		facts |= FACT_DETAILS;
	if (asking->purpose->hierarchy)
		facts |= FACT_DETAILS | FACT_PATH | FACT_PHYSFN;
	if (asks & ASKS_PATHS)
		facts |= FACT_PATH;
	if (asks & ASKS_SERIALS)
		facts |= FACT_SERIAL;
	if (asks & ASKS_VFS)
		facts |= FACT_PHYSFN;
	need_of_all(asking, facts);
	need_guarded(asking);
}

/* What modprobe.d tells a module counts where the module's parameter says nothing, or nothing of what is wanted. */
static void need_options(const struct asking *asking)
{
	const struct inventory *inventory = asking->inventory;
	const struct platform *platform = &inventory->platform;
	bool denylist = (inventory->known & HOST_DENYLIST) &&
			platform->denylist_off == ANSWER_UNKNOWN && denylist_may_matter(inventory);
	bool passthrough = (goals[asking->purpose->goal].then_host & HOST_BOOTLOADER) &&
			   platform->snp_capable && platform->snp != ANSWER_YES;

	if (!asking->purpose->at_boot && (denylist || passthrough))
		asking->needs->host |= HOST_BOOTLOADER | HOST_FOREIGN;
}

/* Does the decision depend on which modules the kernel's tables offer for the function? */
static bool asks_modules(const struct claim *claim)
{
	if (claim_is_physical(claim))
		return !claim->function->driver;
	return claim->section ? strcmp(claim->section->driver, "auto") == 0 : claim->concerned;
}

static void need_conditions(const struct asking *asking)
{
	const struct purpose *purpose = asking->purpose;
	unsigned facts = goals[purpose->goal].concerned, asks = profile_asks(asking->profile);

	if (goals[purpose->goal].by_profile && (asks & ASKS_RESETS))
		facts |= FACT_RESET;
	/* By hand: whether it answers. What does not answer as the host boots, the kernel does not find. */
	if (goals[purpose->goal].by_profile && purpose->phase >= PHASE_MANUAL)
		facts |= FACT_HEADER;
	need_of_concerned(asking, facts);
	for (size_t i = 0; i < asking->inventory->n && goals[purpose->goal].by_profile; i++) {
		const struct claim *claim = &asking->match->items[i];

		if (asks_modules(claim))
			need(asking, i, FACT_MODULES);
		if (purpose->phase >= PHASE_SYSTEM && claim_is_physical(claim))
			need(asking, i, FACT_VFS);
		if (denylist_concerns(claim))
			asking->needs->host |= HOST_DENYLIST;
		if (purpose->phase >= PHASE_SYSTEM && vfs_want_link(claim))
			asking->needs->host |= HOST_NETWORK | HOST_LINKS;
	}
}

/* May disks hang on anything that the match is concerned with? Only then their contents matter. */
static bool concerns_disks(const struct asking *asking)
{
	vec_foreach(claim, asking->match)
		if (claim->concerned && function_may_carry_disks(claim->function))
			return true;
	return false;
}

static bool takes(const struct asking *asking, bool bound)
{
	return match_takes(asking->match, bound) || group_takes(asking->match, bound);
}

/*
 * What the goal needs of the host, and what could be lost. Early there is nothing yet; later, what no driver has can only be a disk to come, and
 * has no interface: where the host is on the network, the interfaces of others tell which card it is not on.
 */
static void need_losses(const struct asking *asking)
{
	const struct purpose *purpose = asking->purpose;
	struct needs *needs = asking->needs;
	bool disks, bound;

	needs->host |= goals[purpose->goal].host;
	need_of_all(asking, goals[purpose->goal].with_host);
	if (!goals[purpose->goal].by_profile || purpose->phase == PHASE_EARLY ||
	    !takes(asking, false))
		return;
	disks = concerns_disks(asking);
	bound = takes(asking, true);
	if (disks || bound)
		needs->host |= HOST_STORAGE | HOST_NETWORK;
	if (disks)
		needs->host |= HOST_CONTENTS;
	if (network_boot(&asking->inventory->args))
		needs->host |= HOST_NETWORK;
	if (!bound)
		return;
	needs->host |= HOST_USERS;
	if (purpose->phase < PHASE_APPLY)
		return;
	need_of_concerned(asking, FACT_DISKS);
	/* For what apply writes down of what is guarded. */
	if (goals[purpose->goal].then_host & HOST_OWN_FILES)
		need_of_concerned(asking, FACT_PATH | FACT_SERIAL);
	if (purpose->phase >= PHASE_MANUAL)
		needs->host |= HOST_LINKS;
}

static void need_for_verdict(const struct asking *asking)
{
	enum goal goal = asking->purpose->goal;
	unsigned host = goals[goal].then_host;

	if (!asking->plan)
		return;
	if (asking->purpose->other_profile)
		host &= ~(unsigned)(HOST_IMAGES | HOST_OWN_FILES);
	asking->needs->host |= host;
	need_of_all(asking, goals[goal].then_functions);
	need_of_concerned(asking, goals[goal].then_concerned);
	if (host & HOST_PLATFORM)
		plan_modules(asking->plan, asking->profile, asking->inventory,
			     &asking->needs->modules);
}

static void (*const steps[])(const struct asking *asking) = {
	need_functions, need_identities, need_rest,     need_conditions,
	need_losses,    need_options,    need_siblings, need_for_verdict,
};

bool purpose_has_plan(const struct purpose *purpose)
{
	return goals[purpose->goal].by_profile;
}

bool needs_make(const struct purpose *purpose, const struct profile *profile,
		const struct inventory *inventory, const struct match *match,
		const struct plan *plan, struct needs *ret)
{
	struct needs needs = {.functions = xcalloc(inventory->n, sizeof(*needs.functions)),
			      .n = inventory->n,
			      .bootloader = profile->bootloader,
			      .each_bootloader = purpose->goal == GOAL_SNAPSHOT};
	struct asking asking = {purpose, profile, inventory, match, plan, &needs};

	if (!goals[purpose->goal].by_profile)
		needs.bootloader = BOOTLOADER_AUTO;
	/* Each step rests on what those before it need. */
	for (size_t i = 0; i < ARRAY_SIZE(steps) && !needs_any(&needs, inventory); i++)
		steps[i](&asking);
	*ret = needs;
	return needs_any(&needs, inventory);
}
