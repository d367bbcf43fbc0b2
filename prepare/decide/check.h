/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One topic of validate each: looks at the host and the plan, and adds what it finds. Pure. The
 * manual has an entry for each name of a finding.
 */
#ifndef DECIDE_CHECK_H
#define DECIDE_CHECK_H

#include "model/inventory.h"
#include "model/plan.h"
#include "model/profile.h"

struct checks {
	const struct profile *profile;
	const struct inventory *inventory;
	const struct plan *plan;
	struct findings *findings;
	bool unknown; /* what readiness hangs on could not be read: set beside the finding that says so */
};

/* firmware-table, iommu, iommu-unknown */
void check_iommu(struct checks *checks);
/* wrong-driver */
void check_devices(struct checks *checks);
/* group-not-viable, iommu-backend */
void check_groups(struct checks *checks);
/* off-switch */
void check_off_switch(struct checks *checks);

#endif
