/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/iommu_args.h"
#include "parse/platform.h"

static enum severity severity_of(const struct checks *checks)
{
	return checks->profile->iommu_required ? SEVERITY_ERROR : SEVERITY_WARNING;
}

static enum kernel_option option_of(enum iommu_kind kind)
{
	switch (kind) {
	case IOMMU_KIND_INTEL:
		return KERNEL_INTEL_IOMMU;
	case IOMMU_KIND_AMD:
		return KERNEL_AMD_IOMMU;
	case IOMMU_KIND_ARM:
		return KERNEL_ARM_SMMU;
	case IOMMU_KIND_OTHER:
		return KERNEL_VIRTIO_IOMMU;
	default:
		return N_KERNEL_OPTIONS;
	}
}

/* What the firmware says of an IOMMU, as a half sentence. */
static const char *firmware_text(const struct inventory *inventory)
{
	if (inventory->firmware_tables.n)
		return inventory->firmware_tables.items[0];
	if (inventory->platform.devicetree_iommu)
		return "device tree";
	return NULL;
}

static bool firmware_has_none(const struct inventory *inventory)
{
	return (inventory->firmware_known || inventory->platform.devicetree) &&
	       !firmware_text(inventory);
}

static void find_firmware(struct checks *checks)
{
	bool acpi = checks->inventory->firmware_known;
	struct finding *finding = finding_add(
		checks->findings, severity_of(checks), FINDING_FIRMWARE_TABLE, "host",
		acpi ? "the firmware describes no IOMMU (no DMAR, IVRS, IORT or VIOT table)"
		     : "the firmware's device tree describes no IOMMU");

	finding_remedy(finding,
		       acpi ? "turn VT-d or AMD-Vi (IOMMU; SVM alone is not enough) on in the "
			      "firmware setup; no kernel argument helps"
			    : "look for an SMMU in what the board's maker says, and for a newer "
			      "firmware; no kernel argument helps");
}

/* The argument goes, or of a list the one item. */
static void remedy_argument(struct finding *finding, const struct kernel_arg *arg)
{
	if (arg->value && strchr(arg->value, ','))
		finding_remedy(finding,
			       "take \"off\" out of %s in the kernel's arguments and restart",
			       arg->text);
	else
		finding_remedy(finding, "remove %s from the kernel's arguments and restart",
			       arg->text);
}

static void find_argument(struct checks *checks, const struct turned_off *off)
{
	struct finding *finding =
		off->beaten
			? finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_ARGUMENT,
				      "host",
				      "a kernel argument turns the IOMMU off: %s, which wins "
				      "over %s",
				      off->by->text, off->beaten->text)
			: finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_ARGUMENT,
				      "host", "a kernel argument turns the IOMMU off: %s",
				      off->by->text);

	remedy_argument(finding, off->by);
}

static void find_not_built(struct checks *checks, enum kernel_option option)
{
	finding_remedy(finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_NOT_BUILT,
				   "host",
				   "this kernel is built without a driver for the IOMMU: %s is not "
				   "set in %s",
				   kernel_option_name(option),
				   checks->inventory->platform.config_path),
		       "start a kernel that has %s=y, such as the distribution's own",
		       kernel_option_name(option));
}

static void find_default_off(struct checks *checks)
{
	finding_remedy(finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_DEFAULT_OFF,
				   "host",
				   "this kernel leaves the IOMMU off unless it is told otherwise: "
				   "%s is not set in %s",
				   kernel_option_name(KERNEL_INTEL_IOMMU_DEFAULT_ON),
				   checks->inventory->platform.config_path),
		       "add intel_iommu=on to the kernel's arguments and restart");
}

/* It is off, and what is known does not say why. */
static void find_off(struct checks *checks, enum iommu_kind kind)
{
	const struct inventory *inventory = checks->inventory;
	const char *firmware = firmware_text(inventory);
	struct finding *finding;

	if (firmware)
		finding = finding_add(checks->findings, severity_of(checks), FINDING_IOMMU, "host",
				      "no IOMMU is in use, though the firmware describes one (%s)",
				      firmware);
	else
		finding = finding_add(checks->findings, severity_of(checks), FINDING_IOMMU, "host",
				      "no IOMMU is in use, and what the firmware says of one "
				      "cannot be read");
	if (inventory->platform.config_path || kind == IOMMU_KIND_AMD || kind == IOMMU_KIND_ARM ||
	    intel_iommu_turned_on(&inventory->args))
		finding_remedy(finding, "no argument turns it off: look for DMAR, AMD-Vi or "
					"iommu in the kernel's log, journalctl -k -b");
	else
		finding_remedy(
			finding,
			"add intel_iommu=on to the kernel's arguments on an Intel host, as whether "
			"this kernel has it on by itself is not known: no configuration in /boot "
			"or /lib/modules can be read");
}

static void check_state(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	const enum answer *config = inventory->platform.config;
	enum iommu_kind kind = inventory_machine_iommu(inventory);
	enum kernel_option option = option_of(kind);
	struct turned_off off;

	if (inventory->iommu == IOMMU_ON)
		return;
	if (inventory->iommu == IOMMU_UNKNOWN) {
		finding_remedy(
			finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_UNKNOWN,
				    "host",
				    "/sys/class/iommu or /sys/kernel/iommu_groups cannot be read"),
			"run as root, on the host itself");
	} else if (firmware_has_none(inventory)) {
		find_firmware(checks);
	} else if (iommu_turned_off(&inventory->args, kind, &off)) {
		find_argument(checks, &off);
	} else if (option != N_KERNEL_OPTIONS && config[option] == ANSWER_NO) {
		find_not_built(checks, option);
	} else if (kind == IOMMU_KIND_INTEL && config[KERNEL_INTEL_IOMMU_DEFAULT_ON] == ANSWER_NO &&
		   !intel_iommu_turned_on(&inventory->args)) {
		find_default_off(checks);
	} else {
		find_off(checks, kind);
	}
}

/* --- interrupt remapping ---------------------------------------------------------------------- */

static bool wants_vfio(const struct plan *plan)
{
	vec_foreach(device, plan)
		if (driver_is_vfio(device->want))
			return true;
	return false;
}

/* Arm has its own way to keep a guest's interrupts apart (GICv3 ITS). */
static void find_no_remapping(struct checks *checks)
{
	const struct platform *platform = &checks->inventory->platform;
	struct finding *finding = finding_add(
		checks->findings, severity_of(checks), FINDING_INTERRUPT_REMAPPING, "host",
		"interrupts are not remapped, so that VFIO refuses each guest (EPERM), "
		"though devices can be bound");
	struct turned_off off;

	if (interrupt_remapping_turned_off(&checks->inventory->args, &off))
		remedy_argument(finding, off.by);
	else if (platform->config[KERNEL_IRQ_REMAP] == ANSWER_NO)
		finding_remedy(finding, "start a kernel that has %s=y, which %s does not set",
			       kernel_option_name(KERNEL_IRQ_REMAP), platform->config_path);
	else if (checks->profile->unsafe_interrupts)
		finding_remedy(
			finding,
			"the profile accepts that, and the running kernel does not know it yet: echo Y "
			">/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
	else
		finding_remedy(
			finding,
			"turn interrupt remapping (x2APIC) on in the firmware setup; where there is "
			"none, unsafe-interrupts = yes in [iommu] of the profile lets guests raise "
			"interrupts in the host");
}

static void find_unsafe(struct checks *checks, bool needed)
{
	struct finding *finding =
		finding_add(checks->findings, SEVERITY_WARNING, FINDING_UNSAFE_INTERRUPTS, "host",
			    needed ? "interrupts are not remapped, and VFIO is told to go without: "
				     "guests can raise interrupts in the host"
				   : "VFIO is told to go without interrupt remapping, which this "
				     "host has");

	finding_remedy(
		finding,
		needed ? "run only guests that you trust"
		       : "echo N >/sys/module/vfio_iommu_type1/parameters/"
			 "allow_unsafe_interrupts, and unsafe-interrupts = no in the profile");
}

static void check_interrupts(struct checks *checks)
{
	const struct platform *platform = &checks->inventory->platform;
	bool unsafe = platform->unsafe_interrupts == ANSWER_YES;

	if (checks->inventory->iommu != IOMMU_ON ||
	    inventory_machine_iommu(checks->inventory) == IOMMU_KIND_ARM ||
	    !wants_vfio(checks->plan))
		return;
	if (platform->interrupt_remapping == ANSWER_YES) {
		if (unsafe)
			find_unsafe(checks, false);
	} else if (unsafe && checks->profile->unsafe_interrupts) {
		find_unsafe(checks, true);
	} else if (platform->interrupt_remapping == ANSWER_NO) {
		find_no_remapping(checks);
	} else {
		finding_remedy(finding_add(checks->findings, severity_of(checks),
					   FINDING_INTERRUPT_REMAPPING_UNKNOWN, "host",
					   "/proc/interrupts cannot be read, or names no I/O APIC"),
			       "look for IR-IO-APIC there, on the host itself");
	}
}

/* Devices without a group lack it for the host's reason: the same is to be done for all of them. */
static void remedy_devices(struct findings *findings, const char *remedy)
{
	vec_foreach(finding, findings)
		if (finding->type == FINDING_NO_IOMMU_GROUP)
			finding_remedy(finding, "%s", remedy);
}

void check_iommu(struct checks *checks)
{
	size_t n = checks->findings->n;

	check_state(checks);
	if (checks->findings->n > n)
		remedy_devices(checks->findings, checks->findings->items[n].remedy);
	check_iommu_arguments(checks);
	check_interrupts(checks);
}
