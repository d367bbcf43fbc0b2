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
		"the module comes early, but takes only what ids= or an override names, and an image "
		"that is not made for this host lacks /etc/modprobe.d";
	static const char ids[] =
		"an id means every device that has it, not one, and where the native "
		"driver is loaded first none is taken";

	switch (setting->source) {
	case FOREIGN_DRIVERCTL:
		return "driverctl comes after the native driver has started the device, and takes "
		       "it off its driver and back at every boot, even where that is right";
	case FOREIGN_VFIO_BIND:
	case FOREIGN_UNIT:
		return "a service comes after the native driver has started the device; new_id "
		       "takes every driverless device with the id as well, and fails where the "
		       "driver has the id already, from ids= or from an equal card: that device is "
		       "then left without a driver";
	case FOREIGN_RC_LOCAL:
		return "rc.local comes after the native driver has started the device and services "
		       "use it; new_id takes every driverless device with the id as well, and fails "
		       "where the driver has the id already, from ids= or from an equal card: that "
		       "device is then left without a driver";
	case FOREIGN_INITRAMFS_MODULES:
		return "initramfs-tools loads what stands there after udev has given the devices to "
		       "their native drivers";
	case FOREIGN_MODULES_LOAD:
		return "nothing orders systemd-modules-load against udev: the faster one has the "
		       "device";
	case FOREIGN_DRACUT:
		return setting->effect == FOREIGN_IDS ? ids : early_load;
	case FOREIGN_UDEV_RULE:
		return "it names the device in time, but not what the device is: another card that "
		       "moves to the address is taken as well";
	case FOREIGN_INITRAMFS_SCRIPT:
		return "it does not look what the device is, and nothing checks that it came before "
		       "udev";
	case FOREIGN_ARGUMENT:
	case FOREIGN_MODPROBE:
		break;
	}
	if (setting->effect == FOREIGN_LOAD)
		return early_load;
	if (setting->effect == FOREIGN_SOFTDEP)
		return "it orders the modules, but vfio-pci takes only what ids= or an override "
		       "names";
	if (setting->effect == FOREIGN_ADDRESSES)
		return "it happens when the module is loaded, which nothing orders before the native "
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
		return xasprintf("rm %s (driverctl unset-override would take the device off its "
				 "driver now)",
				 place);
	case FOREIGN_UNIT:
		if (strstr(place, "/systemd/"))
			return xasprintf("systemctl disable %s", strrchr(setting->file, '/') + 1);
		return xasprintf("disable the unit that runs %s", setting->file);
	case FOREIGN_MODPROBE:
		if (setting->effect == FOREIGN_ADDRESSES)
			return xasprintf(
				"remove the install line that runs %s, then rebuild the initramfs (%s)",
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
