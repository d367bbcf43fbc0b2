/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What udev is to do with devices that appear when the phases of the boot are over: hotplug, a rescan
 * of the bus, virtual functions. Pure.
 */
#pragma once

#include "decide/match.h"
#include "model/plan.h"
#include "model/policy.h"

/* More than any host has use for; udev reads them at each event. */
#define RULES_MAX 4096

/*
 * Each rule names an identity: the section's, as far as it fits what the host shows at the address, or
 * where it has none, what the host shows there. What a guard refuses gets no rule, nor what a section with
 * vfs makes: the rules are the same before and after. A section that selects by identity alone gets one for any
 * address, unless not all devices of that identity are meant: with except, path, serial or count, with
 * a device that is refused, or beside a section that wants another driver.
 *
 * Finding: rules-left-out.
 */
void device_rules_make(const struct profile *profile, const struct match *match, struct plan *plan,
		       struct device_rules *ret);
