/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/group.h"

static void check_consoles(const struct checks *checks, const struct planned_device *device)
{
	vec_foreach(console, &checks->inventory->platform.consoles)
		if (pci_address_list_has(&console->carriers, &device->address))
			finding_remedy(
				finding_add(checks->findings, SEVERITY_WARNING, FINDING_CONSOLE,
					    PCI_ADDRESS_TEXT(&device->address),
					    "the device carries the kernel's console %s, which is "
					    "lost when the device goes to a guest",
					    console->name),
				"set another console= in the kernel's arguments, or add %s to "
				"except in section [device %s]",
				PCI_ADDRESS_TEXT(&device->address), device->section);
}

/* Does a keyboard stay with the host? */
static bool keyboard_stays(const struct checks *checks)
{
	const struct platform *platform = &checks->inventory->platform;

	if (platform->keyboard_elsewhere)
		return true;
	vec_foreach(address, &platform->keyboards) {
		const struct pci_function *function = inventory_find(checks->inventory, address);

		/* Of the way to a keyboard the USB controller tells; the ports above it stay anyway. */
		if (function && !function_is_bridge(function) && !plan_find(checks->plan, address))
			return true;
	}
	return false;
}

static void check_keyboard(const struct checks *checks, const struct planned_device *device)
{
	if (pci_address_list_has(&checks->inventory->platform.keyboards, &device->address))
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_NOTE, FINDING_KEYBOARD,
				PCI_ADDRESS_TEXT(&device->address),
				"a keyboard is attached to the device and goes to the guest with "
				"it; %s",
				keyboard_stays(checks) ? "the host keeps another keyboard"
						       : "no other keyboard of the host is known"),
			"if the host needs the keyboard, attach it to another controller");
}

/*
 * Since 6.0 vfio-pci takes the firmware's framebuffer away (drivers/vfio/pci/vfio_pci_core.c); before
 * that the guest cannot have the memory that it lies in, unless an argument kept it from being made.
 */
static void check_framebuffer(const struct checks *checks, const struct planned_device *device,
			      const struct pci_function *function)
{
	const char *kind = checks->inventory->platform.framebuffer;
	const char *address = PCI_ADDRESS_TEXT(&device->address);

	if (!function->boot_framebuffer)
		return;
	if (inventory_kernel_is_at_least(checks->inventory, 6, 0)) {
		if (device->state == DEVICE_BIND)
			finding_remedy(
				finding_add(
					checks->findings, SEVERITY_NOTE, FINDING_FRAMEBUFFER,
					address,
					"the device shows the host's screen, which goes dark when "
					"the device is bound"),
				"nothing to do if the host can be reached over the network or a "
				"serial console");
		return;
	}
	finding_remedy(
		finding_add(checks->findings, SEVERITY_WARNING, FINDING_FRAMEBUFFER, address,
			    "the boot framebuffer (%s) is in the device's memory, and this kernel "
			    "does not give that memory to a guest",
			    kind ? kind : "of unknown type"),
		"add %s to the kernel's arguments and restart",
		kind && strstr(kind, "EFI") ? "video=efifb:off" : "initcall_blacklist=sysfb_init");
}

void check_console(struct checks *checks)
{
	vec_foreach(device, checks->plan) {
		const struct pci_function *function = inventory_find(checks->inventory,
								     &device->address);

		if (!function || !driver_leaves_group_viable(device->want))
			continue;
		check_consoles(checks, device);
		check_keyboard(checks, device);
		check_framebuffer(checks, device, function);
	}
}
