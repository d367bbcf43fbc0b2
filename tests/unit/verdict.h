/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verdict is of: planned devices and findings. */
#pragma once

#include "model/plan.h"
#include "support.h"

static struct plan plan;
static struct findings findings;

static inline void add_device(const char *place, enum device_state state, const char *before,
			      int group)
{
	*vec_add(&plan) = (struct planned_device){
		.address = address(place),
		.state = state,
		.section = "gpu",
		.want = xstrdup("vfio-pci"),
		.before = xstrdup_null(before),
		.before_known = true,
		.iommu_group = group,
	};
}

static inline int free_report(void **state _unused_)
{
	plan_done(&plan);
	findings_done(&findings);
	plan = (struct plan){};
	findings = (struct findings){};
	return 0;
}
