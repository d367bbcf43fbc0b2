/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards of the host that a profile names by mistake. Pure. */
#pragma once

#include "decide/match.h"
#include "model/network.h"

/*
 * What the network guard keeps from the profile now, that of companions of a group too. A boot, which binds
 * before any network is up, could not tell, so that it gets a list.
 */
void guarded_make(const struct match *match, struct guarded_list *ret);
