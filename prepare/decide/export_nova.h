/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nova, and Juju's charms for it, cannot be told. Pure. */
#pragma once

#include "model/export.h"

/*
 * Finding: export, where a value is none that nova takes, where two lines of one name contradict each other, and where
 * a name would also get devices that it does not stand for.
 */
void export_check_nova(const struct export *export, struct findings *findings);
