/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was on its driver in this boot, and a program that uses the devices has given away since. Pure. */
#pragma once

#include "decide/check.h"

/*
 * Adds a note if the bindings have the device on the driver that it should be on: what its section's consumer does, and
 * how that one is kept from it. changed: what the check has found, as "it has left that since".
 */
void check_drift(const struct checks *checks, const struct planned_device *device,
		 const char *changed);
