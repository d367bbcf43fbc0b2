/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/profile.h"

#include <string.h>

#include "base/log.h"
#include "decide/assignable.h"
#include "model/profile.h"
#include "verbs/selection.h"
#include "verbs/situation.h"

/* Makes a member of a function; one that plan would refuse, whatever the section allows, is left out. */
static void add_member(const struct inventory *inventory, const struct guard_list *guards,
		       const struct assignable *verdict, size_t i, bool asked_for,
		       struct profile_draft *draft)
{
	struct profile_member *member = vec_add(draft);

	member->function = &inventory->items[i];
	member->reason = asked_for ? "asked for" : "has to go with it";
	member->holds_data = function_is_storage(member->function) && guards_leave_disks(guards);
	vec_foreach(guard, guards)
		strv_take(&member->guards,
			  xasprintf("%s: %s", finding_name(guard->type), guard->detail));
	member->allow = verdict->allow;
	member->left_out = verdict->when == ASSIGNABLE_NEVER;
	member->unit = verdict->unit + 1;
	if (member->left_out && verdict->because == member->function)
		strv_take(&draft->remarks,
			  xasprintf("%s cannot be given away: %s",
				    PCI_ADDRESS_TEXT(&member->function->address), verdict->why));
	else if (member->left_out)
		strv_take(&draft->remarks,
			  xasprintf("%s cannot be given away, as %s would have to go with it: %s",
				    PCI_ADDRESS_TEXT(&member->function->address),
				    PCI_ADDRESS_TEXT(&verdict->because->address), verdict->why));
}

/* Adds the selected functions, and what has to go with those that can go. */
static void fill_draft(const struct inventory *inventory, const struct selection *selection,
		       struct profile_draft *draft)
{
	_cleanup_(guards_done) struct guards guards = {};
	_cleanup_(assignables_done) struct assignables verdicts = {};
	_cleanup_free_ bool *units = xcalloc(inventory->n, sizeof(*units));

	guards_make(inventory, PHASE_APPLY, &guards);
	assignables_make(inventory, &guards, ALLOW_DISPLAY | ALLOW_NETWORK | ALLOW_STORAGE,
			 &verdicts);
	for (size_t i = 0; i < inventory->n; i++)
		if (selection_has(selection, &inventory->items[i]) &&
		    verdicts.functions[i].when != ASSIGNABLE_NEVER)
			units[verdicts.functions[i].unit] = true;
	for (size_t i = 0; i < inventory->n; i++) {
		const struct assignable *verdict = &verdicts.functions[i];
		bool asked_for = selection_has(selection, &inventory->items[i]) &&
				 !function_is_bridge(&inventory->items[i]);

		if (asked_for || (verdict->required && units[verdict->unit]))
			add_member(inventory, &guards.functions[i], verdict, i, asked_for, draft);
	}
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = GOAL_INIT};
	_cleanup_(selection_done) struct selection selection = {};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(profile_draft_done) struct profile_draft draft = {.verb = "init"};
	int status;

	if (!options->filter && !options->address && !options->name)
		return log_fail(STATUS_USAGE,
				"init needs at least one of --filter, --address and --name");
	if (selection_parse(options, &selection) < 0)
		return STATUS_USAGE;
	status = situation_load(root, options, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	fill_draft(&situation.inventory, &selection, &draft);
	if (draft.n)
		return report(render_profile(&draft), STATUS_DONE);
	return log_fail(STATUS_REFUSED, "no device of this host is selected");
}

const struct verb init_verb = {
	.name = "init",
	.summary = "print a profile for selected devices",
	.help = "Prints a profile for the selected functions: their addresses, their identity,\n"
		"and the functions that have to go with them, which are the rest of their IOMMU\n"
		"groups and of a graphics card. Comments name the guards that hold them. What\n"
		"cannot be given away is in comments, with the reason. Nothing is written.\n",
	.run = run,
};
