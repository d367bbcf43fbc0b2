/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host and what the profile wants of it, as every verb gets it: the verb names its purpose, decide/needs.h says
 * what has to be known for that, and host/survey.h reads it.
 */
#pragma once

#include "decide/kernel_args.h"
#include "decide/needs.h"
#include "model/boot_log.h"
#include "model/inventory.h"
#include "model/outcome.h"
#include "model/policy.h"
#include "model/profile.h"
#include "verbs/verb.h"

struct situation {
	struct profile profile; /* an empty one where the purpose needs none */
	struct inventory inventory;
	struct match match;
	struct plan plan;
	bool planned;                /* the plan is made, of what the match says */
	struct module_policy policy; /* this, and what follows, once it was planned */
	struct argument_plan arguments;
};

/*
 * Reads the profile and what the purpose needs of the host, and makes the plan where there is to be one.
 * log: the functions that hang after it are left alone. NULL: none are.
 * Reports its own errors; STATUS_DONE or the status to end with. situation_done() is due either way.
 */
int situation_load(struct root *root, const struct options *options, const struct purpose *purpose,
		   const struct boot_log *log, struct situation *ret);
/* Reads what the purpose needs and is not known yet; the status as above. */
int situation_look(struct root *root, const struct purpose *purpose, const struct boot_log *log,
		   struct situation *situation);
void situation_done(struct situation *situation);

/*
 * Compares the kernel's arguments with what the profile wants; again, if that has been done before. Its
 * findings stay with the arguments.
 */
void situation_plan_arguments(struct situation *situation);
/*
 * Decides the arguments, and finds files for the module loader, udev and the next boot that apply would write
 * anew, on a host where it has run. Finding: file-outdated.
 */
void situation_check_files(struct situation *situation, struct findings *ret);
/*
 * What the configuration of the host should be, beside what it is; findings are added to the plan.
 * Includes the arguments and their files.
 */
void situation_plan_files(struct situation *situation, struct planned_files *ret);
/* The files of the arguments alone. */
void situation_plan_argument_files(const struct situation *situation, struct planned_files *ret);

/*
 * Carries out the situation's plan within the profile's deadlines, which count from started_ms on
 * (now_ms()); purpose and log are those of situation_load(). Where it wants virtual functions, these
 * are made when all else is done; then the host is looked at again, into ret_again, and they are brought
 * to their drivers. The plan and the outcomes, which are in its order, grow by them and must not outlive
 * either situation; situation_done() is due for ret_again.
 * STATUS_DONE, or the status to end with, after a message.
 */
int situation_act(struct root *root, const struct options *options, const struct purpose *purpose,
		  const struct boot_log *log, int64_t started_ms, struct situation *situation,
		  struct outcomes *ret, struct situation *ret_again);
