/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/profile.h"

#include <string.h>

#include "base/log.h"
#include "decide/group.h"
#include "decide/guards.h"
#include "verbs/selection.h"
#include "verbs/situation.h"

/* A section that asks for exactly the selected functions, and for what has to go with them. */
static void make_profile(const struct inventory *inventory, const struct selection *selection,
			 struct profile *ret)
{
	struct device_section *section = vec_add(&ret->sections);

	section->label = xstrdup("selected");
	section->file = xstrdup("command line");
	section->driver = xstrdup("vfio-pci");
	section->group = GROUP_EXPAND;
	section->reset = RESET_IGNORE;
	/* Guards are told in the profile, not held against it. */
	section->allow = ALLOW_DISPLAY | ALLOW_NETWORK | ALLOW_STORAGE;
	vec_foreach(function, inventory)
		if (selection_has(selection, function) && !function_is_bridge(function))
			*vec_add(&section->addresses) = (struct address_pattern){
				.address = function->address};
	address_list_sort(&section->addresses);
}

static void add_member(const struct guard_list *guards, const struct claim *claim,
		       struct profile_draft *draft)
{
	struct profile_member *member = vec_add(draft);

	member->function = claim->function;
	member->reason = claim->companion ? "has to go with it" : "asked for";
	member->holds_data = function_is_storage(claim->function) && guards_leave_disks(guards);
	vec_foreach(guard, guards) {
		strv_take(&member->guards,
			  xasprintf("%s: %s", finding_name(guard->type), guard->detail));
		member->allow |= guard_opened_by(guard->type);
	}
}

static char *make_text(const struct inventory *inventory, const struct profile *profile)
{
	_cleanup_(profile_draft_done) struct profile_draft draft = {.verb = "init"};
	_cleanup_(guards_done) struct guards guards = {};
	_cleanup_(match_done) struct match match = {};

	guards_make(inventory, PHASE_APPLY, &guards);
	match_make(profile, inventory, &match);
	group_complete(&guards, PHASE_SYSTEM, &match);
	vec_foreach(claim, &match)
		if (claim->section)
			add_member(&guards.functions[claim - match.items], claim, &draft);
	return render_profile(&draft);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = GOAL_INIT};
	_cleanup_(selection_done) struct selection selection = {};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(profile_done) struct profile profile = {};
	int status;

	if (!options->filter && !options->address && !options->name)
		return log_fail(STATUS_USAGE,
				"init needs at least one of --filter, --address and --name");
	if (selection_parse(options, &selection) < 0)
		return STATUS_USAGE;
	status = situation_load(root, options, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	make_profile(&situation.inventory, &selection, &profile);
	if (profile.sections.items->addresses.n)
		return report(make_text(&situation.inventory, &profile), STATUS_DONE);
	return log_fail(STATUS_REFUSED, "no device of this host is selected");
}

const struct verb init_verb = {
	.name = "init",
	.summary = "print a profile for selected devices",
	.help = "Prints a profile for the selected functions: their addresses, their identity, and the\n"
		"functions that have to go with them, which are the rest of their IOMMU groups and of a\n"
		"graphics card. Comments name the guards that hold them. Nothing is written.\n",
	.run = run,
};
