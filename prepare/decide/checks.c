/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/checks.h"

#include <string.h>

#include "decide/check.h"

const char *off_switch(const struct kernel_args *args, bool initramfs)
{
	if (!kernel_args_bool(args, "vfio_prepare.enable", true))
		return "vfio_prepare.enable=0";
	if (initramfs && !kernel_args_bool(args, "rd.vfio_prepare", true))
		return "rd.vfio_prepare=0";
	return NULL;
}

/* off-switch */
static void check_off_switch(struct checks *checks)
{
	const char *off = off_switch(&checks->inventory->args, true);

	if (off)
		finding_remedy(finding_add(checks->findings, SEVERITY_WARNING, FINDING_OFF_SWITCH,
					   "host", "this boot was told to leave devices alone: %s",
					   off),
			       "remove %s from the kernel's arguments", off);
}

/* In the order in which a person would look: without an IOMMU there is nothing else to be seen. */
static void (*const topics[])(struct checks *checks) = {
	check_iommu,      /* the machine and its kernel */
	check_modules,    /* what can be loaded */
	check_devices,    /* each device of the plan */
	check_groups,     /* what goes to a guest together */
	check_people,     /* who would miss a device */
	check_foreign,    /* what else was told about the devices */
	check_images,     /* what the next boot does early */
	check_off_switch, /* whether the tool may work */
};

/* What is known to be wrong says more than what is not known; neither is ready. */
static enum readiness status_of(const struct checks *checks)
{
	size_t n_errors = 0;

	vec_foreach(finding, checks->findings)
		n_errors += finding->severity == SEVERITY_ERROR;
	if (n_errors > checks->n_unknown)
		return NOT_READY;
	if (n_errors)
		return READINESS_UNKNOWN;
	vec_foreach(device, checks->plan)
		if (device->state != DEVICE_RIGHT)
			return NOT_READY;
	return READY;
}

static void make(const struct profile *profile, const struct inventory *inventory,
		 struct plan *plan, void (*const *first)(struct checks *checks), size_t n,
		 struct validation *ret)
{
	struct validation validation = {.findings = plan->findings};
	struct checks checks = {profile, inventory, plan, &validation.findings, 0};

	plan->findings = (struct findings){};
	for (size_t i = 0; i < n; i++)
		first[i](&checks);
	validation.status = status_of(&checks);
	*ret = validation;
}

void validation_make(const struct profile *profile, const struct inventory *inventory,
		     struct plan *plan, struct validation *ret)
{
	make(profile, inventory, plan, topics, ARRAY_SIZE(topics), ret);
}

void validation_make_devices(const struct profile *profile, const struct inventory *inventory,
			     struct plan *plan, struct validation *ret)
{
	static void (*const devices[])(struct checks * checks) = {check_devices, check_off_switch};

	make(profile, inventory, plan, devices, ARRAY_SIZE(devices), ret);
}

void validation_expect_restart(struct validation *validation)
{
	if (validation->status == READINESS_UNKNOWN)
		return;
	validation->status = REBOOT_REQUIRED;
	vec_foreach(finding, &validation->findings)
		if (finding->severity == SEVERITY_ERROR &&
		    finding_verdict(finding->type) != REBOOT_REQUIRED)
			validation->status = NOT_READY;
}

void validation_done(struct validation *validation)
{
	if (validation)
		findings_done(&validation->findings);
}
