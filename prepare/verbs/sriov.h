/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How bind carries out a plan: the devices that are there, then those that have to be made. */
#pragma once

#include "model/outcome.h"
#include "verbs/situation.h"

/*
 * Carries out the situation's plan within the profile's deadlines, which count from started_ms on
 * (now_ms()); purpose and log: see situation_load(). Where it wants virtual functions, these
 * are made when all else is done; then the host is looked at again, into ret_again, and they are brought
 * to their drivers. The plan and the outcomes, which are in its order, grow by them and must not outlive
 * either situation; situation_done() is due for ret_again.
 * STATUS_DONE, or the status to end with, after a message.
 */
int situation_act(struct root *root, const struct options *options, const struct purpose *purpose,
		  const struct boot_log *log, int64_t started_ms, struct situation *situation,
		  struct outcomes *ret, struct situation *ret_again);
