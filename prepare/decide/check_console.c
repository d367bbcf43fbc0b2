/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "decide/check.h"
#include "decide/group.h"
#include "decide/remedy.h"

static void check_consoles(const struct checks *checks, const struct planned_device *device)
{
	vec_foreach(console, &checks->inventory->platform.consoles) {
		_cleanup_free_ char *leave_out = NULL;

		if (!pci_address_list_has(&console->carriers, &device->address))
			continue;
		leave_out = remedy_leave_out(checks->inventory,
					     profile_section(checks->profile, device->section),
					     &device->address);
		finding_remedy(finding_add(checks->findings, SEVERITY_WARNING, FINDING_CONSOLE,
					   PCI_ADDRESS_TEXT(&device->address),
					   "the device carries the kernel's console %s, which is "
					   "lost when the device goes to a guest",
					   console->name),
			       "set another console= in the kernel's arguments, or %s", leave_out);
	}
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
 * Since 6.0 vfio-pci takes the firmware's framebuffer away as it binds a VGA controller, and leaves it on a
 * display of another class (drivers/vfio/pci/vfio_pci_core.c vfio_pci_is_vga()).
 */
static bool driver_frees_framebuffer(const struct inventory *inventory,
				     const struct pci_function *function)
{
	return function->class >> 8 == 0x0300 && inventory_kernel_is_at_least(inventory, 6, 0);
}

/*
 * How the framebuffer comes not to be made. The kernel compares the name of the initcall, and with Clang's LTO
 * that is a generated one (include/linux/init.h __initcall_stub()).
 */
static void remedy_framebuffer(struct finding *finding, const struct platform *platform)
{
	if (platform->framebuffer && strstr(platform->framebuffer, "EFI"))
		finding_remedy(finding,
			       "add video=efifb:off to the kernel's arguments and restart");
	else if (platform->config[KERNEL_LTO_CLANG] == ANSWER_YES)
		finding_remedy(
			finding,
			"add initcall_blacklist=NAME to the kernel's arguments and restart, with "
			"the NAME that this prints: grep -o '__initstub__[^ ]*sysfb_init[^ ]*' "
			"/proc/kallsyms; initcall_blacklist=sysfb_init has no effect on this "
			"kernel, which Clang's LTO built");
	else
		finding_remedy(
			finding,
			"add initcall_blacklist=sysfb_init to the kernel's arguments and restart");
}

/* /proc/iomem tells whether the framebuffer is still there, whatever should have taken it away. */
static void check_framebuffer(const struct checks *checks, const struct planned_device *device,
			      const struct pci_function *function)
{
	const struct platform *platform = &checks->inventory->platform;
	const char *address = PCI_ADDRESS_TEXT(&device->address);

	if (!function->boot_framebuffer || device->state == DEVICE_REFUSED)
		return;
	if (device->state != DEVICE_RIGHT && driver_frees_framebuffer(checks->inventory, function))
		finding_remedy(
			finding_add(checks->findings, SEVERITY_NOTE, FINDING_FRAMEBUFFER, address,
				    "the device shows the host's screen, which goes dark when the "
				    "device is bound"),
			"nothing to do if the host can be reached over the network or a serial "
			"console");
	else
		remedy_framebuffer(
			finding_add(checks->findings, SEVERITY_ERROR, FINDING_FRAMEBUFFER, address,
				    "the boot framebuffer (%s) is in the device's memory, and as "
				    "long as /proc/iomem shows it there, no guest gets that memory",
				    platform->framebuffer ? platform->framebuffer
							  : "of unknown type"),
			platform);
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
