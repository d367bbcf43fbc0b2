/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign.h"

#include <string.h>

#include "model/host_places.h"

enum finding_type foreign_finding(const struct foreign_setting *setting)
{
	static const enum finding_type types[] = {
		[FOREIGN_ARGUMENT] = FINDING_FOREIGN_ARGUMENT,
		[FOREIGN_MODPROBE] = FINDING_FOREIGN_MODPROBE,
		[FOREIGN_INITRAMFS_SCRIPT] = FINDING_FOREIGN_INITRAMFS_SCRIPT,
		[FOREIGN_UDEV_RULE] = FINDING_FOREIGN_UDEV_RULE,
		[FOREIGN_INITRAMFS_MODULES] = FINDING_FOREIGN_INITRAMFS_MODULES,
		[FOREIGN_DRACUT] = FINDING_FOREIGN_DRACUT,
		[FOREIGN_MODULES_LOAD] = FINDING_FOREIGN_MODULES_LOAD,
		[FOREIGN_DRIVERCTL] = FINDING_FOREIGN_DRIVERCTL,
		[FOREIGN_VFIO_BIND] = FINDING_FOREIGN_VFIO_BIND,
		[FOREIGN_UNIT] = FINDING_FOREIGN_UNIT,
		[FOREIGN_RC_LOCAL] = FINDING_FOREIGN_RC_LOCAL,
	};

	if (setting->source == FOREIGN_MODPROBE && setting->effect == FOREIGN_IDS)
		return FINDING_FOREIGN_IDS;
	if (setting->effect == FOREIGN_BLACKLIST || setting->effect == FOREIGN_INSTALL)
		return FINDING_FOREIGN_BLACKLIST;
	return types[setting->source];
}

/* Measured in boots with two equal cards, one of which was to go to vfio-pci. */
const char *foreign_why(const struct foreign_setting *setting)
{
	static const char early_load[] =
		"the module is loaded early, but takes only devices that ids= or driver_override "
		"names, and an image that is not made for this host alone lacks /etc/modprobe.d";
	static const char ids[] =
		"an id applies to every device that has it, and if the native driver is loaded "
		"first, none is taken";

	switch (setting->source) {
	case FOREIGN_DRIVERCTL:
		return "driverctl runs after the native driver has started the device, and "
		       "unbinds and binds it at every boot, even if it is on the right driver";
	case FOREIGN_VFIO_BIND:
	case FOREIGN_UNIT:
		return "a service runs after the native driver has started the device; new_id "
		       "also takes every other device with the id that has no driver, and fails "
		       "if the driver already has the id from ids= or from an equal card, which "
		       "leaves the device without a driver";
	case FOREIGN_RC_LOCAL:
		return "rc.local runs after the native driver has started the device and services "
		       "use it; new_id also takes every other device with the id that has no "
		       "driver, and fails if the driver already has the id from ids= or from an "
		       "equal card, which leaves the device without a driver";
	case FOREIGN_INITRAMFS_MODULES:
		return "initramfs-tools loads the modules of this file after udev has bound "
		       "devices to their native drivers";
	case FOREIGN_MODULES_LOAD:
		return "systemd-modules-load and udev are not ordered: the one that is faster "
		       "gets the device";
	case FOREIGN_DRACUT:
		return setting->effect == FOREIGN_IDS ? ids : early_load;
	case FOREIGN_UDEV_RULE:
		return "the rule applies in time, but only to an address: another card that moves "
		       "to the address is taken too";
	case FOREIGN_INITRAMFS_SCRIPT:
		return "the script does not check which card is at the address, nor that it runs "
		       "before udev";
	case FOREIGN_ARGUMENT:
	case FOREIGN_MODPROBE:
		break;
	}
	if (setting->effect == FOREIGN_LOAD)
		return early_load;
	if (setting->effect == FOREIGN_SOFTDEP)
		return "the line orders the modules, but vfio-pci takes only devices that ids= or "
		       "driver_override names";
	if (setting->effect == FOREIGN_ADDRESSES)
		return "the command runs when the module is loaded, which may be after the native "
		       "driver";
	return ids;
}

char *foreign_removal(const struct foreign_setting *setting)
{
	const char *rebuild = generators[GENERATOR_UNKNOWN].command;
	_cleanup_free_ char *place = foreign_place(setting);

	switch (setting->source) {
	case FOREIGN_ARGUMENT:
		return xasprintf("remove %s from the kernel's arguments", setting->text);
	case FOREIGN_DRIVERCTL:
		return xasprintf("rm %s (driverctl unset-override would unbind the device now)",
				 place);
	case FOREIGN_UNIT:
		if (strstr(place, "/systemd/"))
			return xasprintf("systemctl disable %s", strrchr(setting->file, '/') + 1);
		return xasprintf("disable the unit that runs %s", setting->file);
	case FOREIGN_MODPROBE:
		if (setting->effect == FOREIGN_ADDRESSES)
			return xasprintf(
				"remove the install line that runs %s, then rebuild the initramfs "
				"(%s)",
				setting->file, rebuild);
		break;
	case FOREIGN_INITRAMFS_MODULES:
	case FOREIGN_INITRAMFS_SCRIPT:
	case FOREIGN_DRACUT:
	case FOREIGN_UDEV_RULE:
		break;
	case FOREIGN_MODULES_LOAD:
	case FOREIGN_VFIO_BIND:
	case FOREIGN_RC_LOCAL:
		return xasprintf("remove %s", place);
	}
	return xasprintf("remove %s, then rebuild the initramfs (%s)", place, rebuild);
}

bool foreign_is_told_by_unit(const struct foreign *foreign, const struct foreign_setting *setting)
{
	if (setting->source != FOREIGN_UNIT || setting->effect != FOREIGN_ADDRESSES ||
	    setting->values.n)
		return false;
	vec_foreach(other, foreign)
		if (other != setting && other->source == FOREIGN_UNIT &&
		    strstr(other->text, setting->file))
			return true;
	return false;
}

bool foreign_is_of_distribution(const struct foreign_setting *setting)
{
	return setting->file && (strncmp(setting->file, "/usr/lib/", 9) == 0 ||
				 strncmp(setting->file, "/lib/", 5) == 0);
}
