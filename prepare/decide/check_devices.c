/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/checks.h"
#include "decide/drift.h"
#include "decide/group.h"
#include "decide/remedy.h"
#include "decide/selector.h"

static void check_driver(const struct checks *checks, const struct planned_device *device,
			 const struct pci_function *function)
{
	const char *off = off_switch(&checks->inventory->args, true);
	const char *override = function ? function->driver_override : NULL;
	struct finding *finding;

	if (device->state != DEVICE_BIND && device->state != DEVICE_VFS)
		return;
	if (override && strcmp(override, device->want) == 0)
		override = NULL;
	if (device->state == DEVICE_VFS)
		finding = finding_add(
			checks->findings, SEVERITY_ERROR, FINDING_VFS_MISSING,
			PCI_ADDRESS_TEXT(&device->address),
			"section [device %s] wants %u virtual function%s, the device has %u",
			device->section, device->vfs, PLURAL(device->vfs),
			inventory_count_vfs(checks->inventory, &device->address));
	else
		finding = finding_add(
			checks->findings, SEVERITY_ERROR, FINDING_WRONG_DRIVER,
			PCI_ADDRESS_TEXT(&device->address),
			"section [device %s] wants driver %s, the device is on %s%s%s%s",
			device->section, device->want, device_driver_text(device),
			override ? " (driver_override: " : "", override ? override : "",
			override ? ")" : "");
	if (off)
		finding_remedy(finding, "remove %s from the kernel's arguments and restart", off);
	else
		finding_remedy(finding, "vfio-prepare bind");
	if (device->state == DEVICE_BIND)
		check_drift(checks, device, "it has left that since");
}

/*
 * It is where it should be, but what keeps it there is gone: libvirt's reattach and vdsm clear the
 * override. The next rescan, or module that is loaded, may take it.
 */
static void check_override(const struct checks *checks, const struct planned_device *device,
			   const struct pci_function *function)
{
	const char *address = PCI_ADDRESS_TEXT(&device->address);
	struct finding *finding;

	if (device->state != DEVICE_RIGHT || !driver_leaves_group_viable(device->want))
		return;
	if (function->unknown & FUNCTION_OVERRIDE) {
		finding_remedy(
			finding_add(checks->findings, SEVERITY_WARNING, FINDING_OVERRIDE_UNKNOWN,
				    address,
				    "driver_override cannot be read; another process may hold the "
				    "device's lock"),
			"cat /sys/bus/pci/devices/%s/driver_override; if that does not return, "
			"journalctl -k shows which driver hangs",
			address);
		return;
	}
	if (!function->driver_override)
		finding = finding_add(
			checks->findings, SEVERITY_WARNING, FINDING_OVERRIDE_CLEARED, address,
			"the device is on %s, but driver_override is empty: another driver may "
			"take the device when it is probed again",
			device->want);
	else if (strcmp(function->driver_override, device->want) != 0)
		finding = finding_add(
			checks->findings, SEVERITY_WARNING, FINDING_OVERRIDE_DIFFERS, address,
			"the device is on %s, but driver_override names %s, which gets the device "
			"when it is probed again",
			device->want, function->driver_override);
	else
		return;
	finding_remedy(finding, "echo %s >/sys/bus/pci/devices/%s/driver_override", device->want,
		       address);
	check_drift(checks, device, "its driver_override was changed since");
}

/* What vfio-pci would refuse to take (EINVAL), and what it would take though another fits better. */
static void check_type(const struct checks *checks, const struct planned_device *device,
		       const struct pci_function *function)
{
	const struct inventory *inventory = checks->inventory;
	const char *address = PCI_ADDRESS_TEXT(&device->address);
	bool on_vfio_pci = strcmp(device->want, "vfio-pci") == 0;
	_cleanup_free_ char *leave_out = NULL;

	if (device->state == DEVICE_BIND && function->header_type > 0) {
		leave_out = remedy_leave_out(inventory,
					     profile_section(checks->profile, device->section),
					     &device->address);
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_ERROR, FINDING_NOT_ASSIGNABLE, address,
				"the header in configuration space is of type %d: the device is a "
				"bridge, and bridges cannot be assigned to guests",
				function->header_type),
			"%s; the devices behind the bridge can be listed", leave_out);
	}
	if (on_vfio_pci && function->variant)
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_NOTE, FINDING_DRIVER_VARIANT, address,
				"driver %s is made for the device and has functions that vfio-pci "
				"lacks, such as migration",
				function->variant),
			"write driver = auto in section [device %s]", device->section);
}

/* A virtual function that except keeps for the host, which has no use for it without a driver. */
static void check_kept(const struct checks *checks, const struct planned_device *device)
{
	vec_foreach(function, checks->inventory) {
		_cleanup_free_ char *autoprobe = NULL;
		char address[PCI_ADDRESS_MAX];

		if (!function->is_vf || !device->kept ||
		    pci_address_compare(&function->physfn, &device->address) != 0 ||
		    !address_list_has(device->kept, &function->address) || function->driver ||
		    function->driver_override || (function->unknown & FUNCTION_DRIVER) ||
		    (!(function->unknown & FUNCTION_MODULES) && !function->modules.n))
			continue;
		pci_address_format(&function->address, address);
		if (inventory_find(checks->inventory, &device->address)->vfs_autoprobe == 0)
			autoprobe = xasprintf(
				"echo 1 >/sys/bus/pci/devices/%s/sriov_drivers_autoprobe; ",
				PCI_ADDRESS_TEXT(&device->address));
		finding_remedy(
			finding_add(checks->findings, SEVERITY_WARNING, FINDING_VF_NO_DRIVER,
				    address,
				    "except in section [device %s] keeps the virtual function for "
				    "the host, and no driver has it",
				    device->section),
			"%secho %s >/sys/bus/pci/drivers_probe", autoprobe ? autoprobe : "",
			address);
	}
}

/* Devices are listed, and all of them are in except: of nothing at all "ready" would say too much. */
static void check_selection(const struct checks *checks)
{
	if (checks->plan->n || findings_have(checks->findings, SEVERITY_ERROR))
		return;
	vec_foreach(section, &checks->profile->sections) {
		_cleanup_free_ char *subject = xasprintf("device %s", section->label);

		if (section_count_listed(section) && !section->optional)
			finding_remedy(
				finding_add(
					checks->findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT,
					subject,
					"except leaves out every device that the section lists, "
					"and no other section selects a device"),
				"remove the wanted device from except, or remove the section");
	}
}

void check_devices(struct checks *checks)
{
	check_selection(checks);
	vec_foreach(device, checks->plan) {
		const struct pci_function *function = inventory_find(checks->inventory,
								     &device->address);

		/* Why the kernel would refuse it, before what follows from that. */
		if (function)
			check_type(checks, device, function);
		if (checks->fit)
			continue;
		check_kept(checks, device);
		check_driver(checks, device, function);
		if (function)
			check_override(checks, device, function);
	}
}
