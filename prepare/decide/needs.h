/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which facts of the host (model/facts.h) a run needs, said from what it is for, the profile and what is known
 * so far. Pure; asked again after each survey (host/survey.h), until nothing new is needed:
 *
 *	the functions     all, or for an action only those places that the profile names
 *	what tells them   serial numbers, paths, virtual functions, where the profile goes by them
 *	apart
 *	the rest          of the functions, where the match hangs on those that no section lists
 *	what the match    modules, display, resets of what is claimed, and of its groups and slots
 *	is concerned with
 *	what may be lost  disks, networks and users, where something is to be taken from its driver
 *	the verdict       what plan, apply and validate look at besides; once there is a plan, so that their plan
 *	                  rests on the facts that bind's rests on
 */
#pragma once

#include "decide/match.h"
#include "decide/release.h"
#include "model/facts.h"
#include "model/plan.h"

enum goal {
	GOAL_LIST,
	GOAL_LIST_ASSIGNABLE,
	GOAL_INIT,
	GOAL_IMPORT,
	GOAL_MODULES, /* plan --modules */
	GOAL_PLAN,
	GOAL_APPLY,
	GOAL_BIND,
	GOAL_RELEASE,
	GOAL_VALIDATE_DEVICES,
	GOAL_VALIDATE_FIT,
	GOAL_VALIDATE,
	GOAL_EXPORT,
	GOAL_EXPORT_PROFILE, /* export --from-profile: nothing of the host */
	GOAL_SNAPSHOT,
};

/* What a run is for. */
struct purpose {
	enum goal goal;
	enum phase phase;   /* that the plan is made for */
	bool at_boot;       /* bind: a phase of the boot, and no person */
	bool all_details;   /* list: for a program, which gets all that there is */
	bool hierarchy;     /* list: also what tells the ports above a function */
	bool gives_back;    /* bind: what no section lists and modprobe.d took from the host */
	bool other_profile; /* validate: not the host's own, so that its images say nothing of it */
	const struct release *release; /* what is asked for */
	const struct bindings *bindings;
};

/* Does it end in a plan (decide/planner.h)? */
bool purpose_has_plan(const struct purpose *purpose);
/*
 * match: of the functions that are known. plan: NULL, until it is made. true: there is something that is not
 * known yet; needs_done() is due either way.
 */
bool needs_make(const struct purpose *purpose, const struct profile *profile,
		const struct inventory *inventory, const struct match *match,
		const struct plan *plan, struct needs *ret);
