/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/group.h"

static bool has(const struct pci_address_list *list, const struct pci_address *address)
{
	vec_foreach(item, list)
		if (pci_address_compare(item, address) == 0)
			return true;
	return false;
}

static void check_consoles(const struct checks *checks, const struct planned_device *device)
{
	vec_foreach(console, &checks->inventory->platform.consoles)
		if (has(&console->carriers, &device->address))
			finding_remedy(
				finding_add(checks->findings, SEVERITY_WARNING, FINDING_CONSOLE,
					    PCI_ADDRESS_TEXT(&device->address),
					    "the kernel's console %s is on it, and goes with it",
					    console->name),
				"move the console by console= in the kernel's arguments, or put the "
				"device into except");
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
	if (has(&checks->inventory->platform.keyboards, &device->address))
		finding_remedy(finding_add(checks->findings, SEVERITY_NOTE, FINDING_KEYBOARD,
					   PCI_ADDRESS_TEXT(&device->address),
					   "a keyboard hangs on it, and goes with it; %s",
					   keyboard_stays(checks)
						   ? "the host keeps another"
						   : "the host has no other that is known"),
			       "plug it in elsewhere where the host needs it");
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
				finding_add(checks->findings, SEVERITY_NOTE, FINDING_FRAMEBUFFER,
					    address,
					    "the host's screen is on it, and goes dark when it "
					    "is bound"),
				"nothing to do where the host is reached otherwise");
		return;
	}
	finding_remedy(
		finding_add(checks->findings, SEVERITY_WARNING, FINDING_FRAMEBUFFER, address,
			    "the boot framebuffer (%s) lies in its memory, which this kernel then "
			    "gives to no guest",
			    kind ? kind : "of a kind that is not known"),
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
