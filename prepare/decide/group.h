/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a profile takes of what goes together: whole IOMMU groups, and whole cards.
 */
#pragma once

#include "decide/assignable.h"
#include "decide/match.h"

/*
 * Completes the claims by the sections' key group: require refuses what stands in an incomplete
 * group, expand lets the others join, ignore only warns. What a guard puts off in this phase joins, and
 * its group waits with it. Findings: group-incomplete, card-incomplete,
 * reset. Needs the candidate modules and the condition of what the match is concerned with.
 */
void group_complete(const struct guards *guards, enum phase phase, struct match *match);

/*
 * As match_takes(), of what would join the claims if no guard kept it: what is listed
 * may be right already, and not what goes along with it. Needs what group_complete() needs but the guards.
 */
bool group_takes(const struct match *match, bool bound);
