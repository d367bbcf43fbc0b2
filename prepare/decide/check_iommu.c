/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/iommu_args.h"
#include "parse/platform.h"

static enum severity severity_of(const struct checks *checks)
{
	return checks->profile->iommu_required ? SEVERITY_ERROR : SEVERITY_WARNING;
}

/* The option of the kernel's configuration that makes the driver of an IOMMU. */
static const enum kernel_option options[] = {
	[IOMMU_KIND_NONE] = N_KERNEL_OPTIONS,     [IOMMU_KIND_INTEL] = KERNEL_INTEL_IOMMU,
	[IOMMU_KIND_AMD] = KERNEL_AMD_IOMMU,      [IOMMU_KIND_ARM] = KERNEL_ARM_SMMU,
	[IOMMU_KIND_OTHER] = KERNEL_VIRTIO_IOMMU,
};

/* What the firmware says of an IOMMU, as a half sentence. An IORT may be there for the interrupts alone. */
static const char *firmware_text(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->firmware_tables.n; i++)
		if (strcmp(inventory->firmware_tables.items[i], "IORT") != 0 ||
		    inventory->platform.iort_smmu != ANSWER_NO)
			return inventory->firmware_tables.items[i];
	if (inventory->platform.devicetree_iommu)
		return "device tree";
	return NULL;
}

/* POWER and s390 have theirs without a table or a node of that name. */
static bool firmware_has_none(const struct inventory *inventory)
{
	enum cpu_vendor cpu = inventory->platform.cpu;

	return (inventory->firmware_known || inventory->platform.devicetree) && cpu != CPU_POWER &&
	       cpu != CPU_S390 && !firmware_text(inventory);
}

static void find_firmware(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	bool acpi = inventory->firmware_known, arm = !inventory_machine(inventory)->x86;
	struct finding *finding = finding_add(
		checks->findings, severity_of(checks), FINDING_FIRMWARE_TABLE, "host",
		!acpi ? "the firmware's device tree describes no IOMMU that is switched on"
		: inventory->platform.iort_smmu == ANSWER_NO
			? "the firmware describes no SMMU: its IORT table has no SMMU node"
			: "the firmware describes no IOMMU (no DMAR, IVRS, IORT or VIOT table)");

	finding_remedy(
		finding,
		!acpi ? "ask the board's maker for firmware that describes the SMMU; no kernel "
			"argument helps"
		: arm ? "turn on the SMMU (also called IOMMU) in the firmware setup; no kernel "
			"argument helps"
		      : "turn on VT-d or AMD-Vi (IOMMU; SVM alone is not enough) in the firmware "
			"setup; no kernel argument helps");
}

/* The argument goes, or of a list the one item. */
static void remedy_argument(struct finding *finding, const struct kernel_arg *arg)
{
	if (arg->value && strchr(arg->value, ','))
		finding_remedy(finding,
			       "remove \"off\" from %s in the kernel's arguments and restart",
			       arg->text);
	else
		finding_remedy(finding, "remove %s from the kernel's arguments and restart",
			       arg->text);
}

static void find_argument(struct checks *checks, const struct turned_off *off)
{
	remedy_argument(finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_ARGUMENT,
				    "host", "kernel argument %s turns the IOMMU off%s%s",
				    off->by->text, off->beaten ? " and wins over " : "",
				    off->beaten ? off->beaten->text : ""),
			off->by);
}

static void find_not_built(struct checks *checks, enum kernel_option option)
{
	finding_remedy(finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_NOT_BUILT,
				   "host",
				   "this kernel has no driver for the IOMMU: %s is not set in %s",
				   kernel_option_name(option),
				   checks->inventory->platform.config_path),
		       "start a kernel that is built with %s=y, such as the distribution's own",
		       kernel_option_name(option));
}

static void find_default_off(struct checks *checks)
{
	finding_remedy(
		finding_add(checks->findings, severity_of(checks), FINDING_IOMMU_DEFAULT_OFF,
			    "host",
			    "this kernel leaves the IOMMU off by default: %s is not set in %s",
			    kernel_option_name(KERNEL_INTEL_IOMMU_DEFAULT_ON),
			    checks->inventory->platform.config_path),
		"add intel_iommu=on to the kernel's arguments and restart");
}

bool iommu_may_need_argument(const struct inventory *inventory)
{
	enum iommu_kind kind = inventory_machine_iommu(inventory);

	return !inventory->platform.config_path && kind != IOMMU_KIND_AMD &&
	       inventory_machine(inventory)->x86 && !intel_iommu_turned_on(&inventory->args);
}

/* It is off, and what is known does not say why. */
static void find_off(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	enum iommu_kind kind = inventory_machine_iommu(inventory);
	const char *firmware = firmware_text(inventory);
	struct finding *finding = finding_add(
		checks->findings, severity_of(checks), FINDING_IOMMU, "host",
		firmware
			? "no IOMMU is in use, although the firmware describes one (%s)"
			: "no IOMMU is in use, and whether the firmware describes one cannot be read",
		firmware);

	if (!iommu_may_need_argument(inventory))
		finding_remedy(finding,
			       "no kernel argument turns it off; the kernel's log has the reason: "
			       "journalctl -k -b | grep -i %s",
			       machine_of(kind == IOMMU_KIND_AMD   ? CPU_AMD
					  : kind == IOMMU_KIND_ARM ? CPU_ARM
								   : inventory->platform.cpu)
				       ->log_words);
	else
		finding_remedy(
			finding,
			"on an Intel host, add intel_iommu=on to the kernel's arguments and "
			"restart; whether this kernel turns the IOMMU on by default is not known, "
			"as its configuration cannot be read in /boot or /lib/modules");
}

static void check_state(struct checks *checks)
{
	const struct inventory *inventory = checks->inventory;
	const enum answer *config = inventory->platform.config;
	enum iommu_kind kind = inventory_machine_iommu(inventory);
	/* Of other machines' IOMMUs only the paravirtual one is an option. */
	enum kernel_option option = kind != IOMMU_KIND_OTHER ||
						    strv_contains(&inventory->firmware_tables,
								  "VIOT")
					    ? options[kind]
					    : N_KERNEL_OPTIONS;
	struct turned_off off;

	if (inventory->iommu == IOMMU_ON)
		return;
	if (inventory->iommu == IOMMU_UNKNOWN) {
		finding_remedy(
			finding_add(
				checks->findings, severity_of(checks), FINDING_IOMMU_UNKNOWN,
				"host",
				"/sys/class/iommu or /sys/kernel/iommu_groups cannot be read, so "
				"whether an IOMMU is in use is not known"),
			"run vfio-prepare validate as root on the host itself");
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
		find_off(checks);
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

static void find_no_remapping(struct checks *checks)
{
	const struct platform *platform = &checks->inventory->platform;
	struct finding *finding = finding_add(
		checks->findings, severity_of(checks), FINDING_INTERRUPT_REMAPPING, "host",
		"interrupts are not remapped: devices can be bound, but VFIO gives them to no "
		"guest (EPERM)");
	struct turned_off off;

	if (interrupt_remapping_turned_off(&checks->inventory->args, &off))
		remedy_argument(finding, off.by);
	else if (platform->config[KERNEL_IRQ_REMAP] == ANSWER_NO)
		finding_remedy(finding,
			       "start a kernel that is built with %s=y; %s does not set it",
			       kernel_option_name(KERNEL_IRQ_REMAP), platform->config_path);
	else if (checks->profile->unsafe_interrupts)
		finding_remedy(
			finding,
			"echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts; "
			"the profile allows unsafe interrupts, and the running kernel does not yet");
	else
		finding_remedy(
			finding,
			"turn on interrupt remapping (x2APIC) in the firmware setup; if the "
			"machine has none, write unsafe-interrupts = yes in section [iommu] of "
			"the profile, which lets guests raise interrupts in the host");
}

static void find_unsafe(struct checks *checks, bool needed)
{
	struct finding *finding = finding_add(
		checks->findings, SEVERITY_WARNING, FINDING_UNSAFE_INTERRUPTS, "host",
		needed ? "interrupts are not remapped, and allow_unsafe_interrupts is set: guests "
			 "can raise interrupts in the host"
		       : "allow_unsafe_interrupts is set, although this host remaps interrupts");

	finding_remedy(
		finding,
		needed ? "run only trusted guests, or turn on interrupt remapping (x2APIC) in the "
			 "firmware setup"
		       : "echo N >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts; remove unsafe-interrupts from the profile");
}

static void check_interrupts(struct checks *checks)
{
	const struct platform *platform = &checks->inventory->platform;
	bool unsafe = platform->unsafe_interrupts == ANSWER_YES;

	if (checks->inventory->iommu != IOMMU_ON ||
	    inventory_machine(checks->inventory)->isolates_interrupts == ANSWER_YES ||
	    !wants_vfio(checks->plan))
		return;
	if (platform->interrupt_remapping == ANSWER_YES) {
		if (unsafe)
			find_unsafe(checks, false);
	} else if (unsafe && checks->profile->unsafe_interrupts) {
		find_unsafe(checks, true);
	} else if (platform->interrupt_remapping == ANSWER_NO) {
		find_no_remapping(checks);
	} else if (!inventory_machine(checks->inventory)->x86) {
		finding_remedy(
			finding_add(
				checks->findings, severity_of(checks),
				FINDING_INTERRUPT_REMAPPING_UNKNOWN, "host",
				"whether this machine keeps the interrupts of guests apart cannot "
				"be told from outside: if it does not, VFIO gives devices to no "
				"guest (EPERM)"),
			"start a guest with one of the devices; if that fails, write "
			"unsafe-interrupts = yes in section [iommu] of the profile, which lets "
			"guests raise interrupts in the host");
	} else {
		finding_remedy(
			finding_add(
				checks->findings, severity_of(checks),
				FINDING_INTERRUPT_REMAPPING_UNKNOWN, "host",
				"/proc/interrupts cannot be read or lists no I/O APIC, so whether "
				"interrupts are remapped is not known"),
			"run vfio-prepare validate as root on the host itself, or: grep "
			"IR-IO-APIC /proc/interrupts");
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
