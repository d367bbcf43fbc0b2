/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/checks.h"

#include "decide/check.h"

/* off-switch */
static void check_off_switch(struct checks *checks)
{
	const char *off = off_switch(&checks->inventory->args, true);

	if (off)
		finding_remedy(
			finding_add(checks->findings, SEVERITY_WARNING, FINDING_OFF_SWITCH, "host",
				    "kernel argument %s keeps vfio-prepare from binding devices in "
				    "this boot",
				    off),
			"remove %s from the kernel's arguments and restart", off);
}

/* In the order in which a person would look: without an IOMMU there is nothing else to be seen. */
static void (*const topics[])(struct checks *checks) = {
	check_iommu,      /* the machine and its kernel */
	check_modules,    /* what can be loaded */
	check_devices,    /* each device of the plan */
	check_groups,     /* what goes to a guest together */
	check_console,    /* who would miss a device */
	check_foreign,    /* what else was told about the devices */
	check_images,     /* what the next boot does early */
	check_off_switch, /* whether the tool may work */
};

static void make(const struct profile *profile, const struct inventory *inventory,
		 const struct bindings *bindings, struct plan *plan, bool fit,
		 void (*const *first)(struct checks *checks), size_t n, struct findings *ret)
{
	struct checks checks = {profile, inventory, plan, ret, bindings, fit};

	*ret = plan->findings;
	plan->findings = (struct findings){};
	for (size_t i = 0; i < n; i++)
		first[i](&checks);
}

void checks_make(const struct profile *profile, const struct inventory *inventory,
		 const struct bindings *bindings, struct plan *plan, struct findings *ret)
{
	make(profile, inventory, bindings, plan, false, topics, ARRAY_SIZE(topics), ret);
}

void checks_make_devices(const struct profile *profile, const struct inventory *inventory,
			 const struct bindings *bindings, struct plan *plan, struct findings *ret)
{
	static void (*const devices[])(struct checks * checks) = {check_devices, check_off_switch};

	make(profile, inventory, bindings, plan, false, devices, ARRAY_SIZE(devices), ret);
}

void checks_make_fit(const struct profile *profile, const struct inventory *inventory,
		     struct plan *plan, struct findings *ret)
{
	static void (*const machine[])(struct checks * checks) = {check_iommu, check_devices,
								  check_groups};

	make(profile, inventory, NULL, plan, true, machine, ARRAY_SIZE(machine), ret);
}

enum readiness readiness_of(const struct findings *findings, const struct plan *plan)
{
	bool seen[N_READINESS] = {}, restart = false;

	vec_foreach(finding, findings) {
		restart = restart || finding_is(finding->type, KIND_RESTART);
		if (finding->severity == SEVERITY_ERROR)
			seen[finding_verdict(finding->type)] = true;
	}
	if (seen[NOT_READY])
		return NOT_READY;
	if (seen[READINESS_UNKNOWN])
		return seen[REBOOT_REQUIRED] ? NOT_READY : READINESS_UNKNOWN;
	if (restart)
		return REBOOT_REQUIRED;
	/* A device that is not right is no ready one, even where that is a warning. */
	vec_foreach(device, plan)
		if (device->state != DEVICE_RIGHT && !device_may_be_absent(device))
			return NOT_READY;
	return seen[REBOOT_REQUIRED] ? NOT_READY : READY;
}
