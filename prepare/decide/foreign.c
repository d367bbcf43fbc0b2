/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign.h"

#include <fnmatch.h>
#include <string.h>

#include "base/text.h"
#include "model/profile.h"
#include "parse/address.h"

/* When what stands there is done. Measured in boots with two equal cards, one of which was to go to vfio-pci. */
static const struct {
	enum finding_type finding;
	const char *moment; /* NULL: that hangs on the mechanism alone */
} sources[] = {
	[FOREIGN_ARGUMENT] = {FINDING_FOREIGN_ARGUMENT},
	[FOREIGN_MODPROBE] = {FINDING_FOREIGN_MODPROBE},
	[FOREIGN_INITRAMFS_SCRIPT] = {FINDING_FOREIGN_INITRAMFS_SCRIPT,
				      "nothing holds the script in front of udev but its name"},
	[FOREIGN_UDEV_RULE] = {FINDING_FOREIGN_UDEV_RULE},
	[FOREIGN_INITRAMFS_MODULES] = {FINDING_FOREIGN_INITRAMFS_MODULES,
				       "initramfs-tools loads such modules after udev has bound "
				       "devices to their native drivers"},
	[FOREIGN_MKINITCPIO] = {FINDING_FOREIGN_MKINITCPIO},
	[FOREIGN_GUEST_HOOK] = {FINDING_FOREIGN_GUEST_HOOK,
				"it runs when a guest starts or stops, and not at the boot"},
	[FOREIGN_NETWORK] = {FINDING_FOREIGN_VFS},
	[FOREIGN_GUEST] = {FINDING_FOREIGN_GUEST_HOOK,
			   "it is done when the guest starts, and not at the boot"},
	[FOREIGN_DRACUT] = {FINDING_FOREIGN_DRACUT},
	[FOREIGN_MODULES_LOAD] = {FINDING_FOREIGN_MODULES_LOAD,
				  "systemd-modules-load and udev are not ordered: the one that is "
				  "faster gets the device"},
	[FOREIGN_DRIVERCTL] = {FINDING_FOREIGN_DRIVERCTL,
			       "driverctl runs after the native driver has started the device"},
	[FOREIGN_VFIO_BIND] = {FINDING_FOREIGN_VFIO_BIND,
			       "a service runs after the native driver has started the device"},
	[FOREIGN_UNIT] = {FINDING_FOREIGN_UNIT,
			  "a service runs after the native driver has started the device"},
	[FOREIGN_RC_LOCAL] = {FINDING_FOREIGN_RC_LOCAL,
			      "it runs after the native driver has started the device and "
			      "services use it"},
};

/* What a mechanism takes, and what undoes it; drivers/base/bus.c and drivers/pci/pci-driver.c. */
static const char *const mechanisms[] = {
	[FOREIGN_BY_IDS] = "an id applies to every device that has it, and if the native driver is "
			   "loaded first, none is taken",
	[FOREIGN_BY_ALIAS] = "an alias loads the module in place of the native one, but the module "
			     "takes only devices that ids= or driver_override names",
	[FOREIGN_BY_NEW_ID] =
		"new_id also takes every other device with the id that has no driver, and fails if "
		"the driver already has the id from ids= or from an equal card, which leaves the "
		"device without a driver",
	[FOREIGN_BY_OVERRIDE] = "driver_override applies to an address: another card that moves to "
				"the address is taken too",
	[FOREIGN_BY_BIND] = "bind fails unless driver_override, ids= or new_id has named the "
			    "device to the driver, and while another driver has the device",
	[FOREIGN_BY_HIDE] = "an address is hidden from the drivers that are loaded later than "
			    "pciback, whichever card is there",
	[FOREIGN_BY_DRIVERCTL] =
		"it unbinds and binds the device at every boot, even if it is on the right "
		"driver; since its version 0.115 it writes new_id, which also takes every other "
		"device with the id that has no driver",
	[FOREIGN_BY_DEVBIND] = "dpdk-devbind clears driver_override once it has bound the device, "
			       "which returns to its native driver when it is added again",
	[FOREIGN_BY_REMOVE] = "the kernel takes the device off the bus, and neither the host nor a "
			      "guest has it",
	[FOREIGN_BY_LIBVIRT] = "libvirt takes the device from its native driver while that may be "
			       "in use, and clears driver_override when it gives the device back",
};

enum finding_type foreign_finding(const struct foreign_setting *setting)
{
	if (setting->effect == FOREIGN_VFS)
		return FINDING_FOREIGN_VFS;
	if (setting->source == FOREIGN_MODPROBE && setting->effect == FOREIGN_IDS)
		return FINDING_FOREIGN_IDS;
	if (setting->effect == FOREIGN_BLACKLIST || setting->effect == FOREIGN_INSTALL)
		return FINDING_FOREIGN_BLACKLIST;
	return sources[setting->source].finding;
}

/* When it is done, as far as that hangs on more than the source; NULL: there is nothing to be said. */
static const char *moment(const struct foreign_setting *setting)
{
	if (sources[setting->source].moment)
		return sources[setting->source].moment;
	if (setting->effect == FOREIGN_LOAD ||
	    (setting->source == FOREIGN_DRACUT && setting->effect == FOREIGN_BLACKLIST))
		return "the module is loaded early, but takes only devices that ids= or "
		       "driver_override names, and an image that is not made for this host alone "
		       "lacks /etc/modprobe.d";
	if (setting->effect == FOREIGN_SOFTDEP)
		return "the line orders the modules, but vfio-pci takes only devices that ids= or "
		       "driver_override names";
	if (setting->source == FOREIGN_MODPROBE && setting->effect == FOREIGN_ADDRESSES)
		return "the command runs when the module is loaded, which may be after the native "
		       "driver";
	return NULL;
}

char *foreign_why(const struct foreign_setting *setting)
{
	const char *when = setting->flaw ? setting->flaw : moment(setting),
		   *how = setting->fatal ? NULL : mechanisms[setting->mechanism];

	if (setting->idle)
		return xasprintf("it does nothing: %s", setting->flaw);
	if (how && setting->mechanism == FOREIGN_BY_OVERRIDE && setting->effect == FOREIGN_IDS)
		how = "every device with that id gets the driver_override";

	if (!when && !how)
		return xstrdup("it is done at every boot, whichever card is there");
	return xasprintf("%s%s%s", when ? when : "", when && how ? "; " : "", how ? how : "");
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

bool foreign_is_expected(const struct foreign_setting *setting)
{
	return foreign_owners[setting->owner].expected;
}

void foreign_word_read(const struct foreign_setting *setting, const char *value,
		       struct foreign_word *ret)
{
	struct foreign_word word = {.pattern = value};
	const char *bar = strchr(value, '|');
	_cleanup_free_ char *place = xstrndup(value, strcspn(value, "|"));
	bool is_address = pci_address_parse(place, &word.address) == 0;

	if (setting->effect == FOREIGN_IDS) {
		if (is_address)
			word.type = FOREIGN_WORD_MISPLACED;
		else if (foreign_id_parse(value, &word.id) == 0)
			word.type = FOREIGN_WORD_ID;
	} else if (is_address) {
		word.has_id = bar && foreign_id_parse(bar + 1, &word.id) == 0;
		word.type = bar && !word.has_id ? FOREIGN_WORD_UNREADABLE : FOREIGN_WORD_ADDRESS;
	} else if (strpbrk(value, "*?[") && strchr(value, ':')) {
		word.type = FOREIGN_WORD_PATTERN;
	}
	*ret = word;
}

static bool is_on_module(const struct pci_function *function, const char *wanted)
{
	_cleanup_free_ char *module = module_of_driver(function->driver ? function->driver : ""),
			    *name = module_of_driver(wanted);

	return !function->is_vf && strcmp(module, name) == 0;
}

/* Of the numbers for the ports of a module that of this one, in the order of their addresses. */
static unsigned number_of_port(const struct inventory *inventory,
			       const struct foreign_setting *setting, const char *module,
			       const struct pci_function *function)
{
	/* One function has both ports; drivers/net/ethernet/mellanox/mlx4/main.c, mlx4_num_vfs_argc. */
	bool sum = strcmp(module, "mlx4_core") == 0;
	size_t port = 0;
	unsigned n = 0;

	vec_foreach(other, inventory)
		port += is_on_module(other, module) &&
			pci_address_compare(&other->address, &function->address) < 0;
	for (size_t i = 0; i < setting->values.n; i++)
		if (sum || i == port || setting->values.n == 1)
			n += (unsigned)strtoul(setting->values.items[i], NULL, 10);
	return n;
}

/* Does an interface whose name matches stand on the function? */
static bool carries(const struct inventory *inventory, const struct pci_function *function,
		    const char *pattern)
{
	vec_foreach(interface, &inventory->network)
		/* The last in its path; those before are bridges. */
		if (interface->carriers.n && fnmatch(pattern, interface->name, 0) == 0 &&
		    pci_address_compare(&interface->carriers.items[interface->carriers.n - 1],
					&function->address) == 0)
			return true;
	return false;
}

bool foreign_makes_vfs(const struct inventory *inventory, const struct foreign_setting *setting,
		       const struct pci_function *function, unsigned *ret_n)
{
	struct pci_address address;
	unsigned n = setting->values.n ? (unsigned)strtoul(setting->values.items[0], NULL, 10) : 0;
	bool makes;

	if (setting->effect != FOREIGN_VFS || function->is_vf)
		return false;
	if (text_starts_with(setting->name, "module ")) {
		const char *module = setting->name + strlen("module ");

		makes = is_on_module(function, module) && function->total_vfs != 0;
		n = makes ? number_of_port(inventory, setting, module, function) : 0;
		makes = makes && (n || !setting->values.n);
	} else if (pci_address_parse(setting->name, &address) == 0) {
		makes = pci_address_compare(&address, &function->address) == 0;
	} else {
		makes = carries(inventory, function, setting->name);
	}
	if (ret_n && makes)
		*ret_n = n;
	return makes;
}

static bool word_means(const struct foreign_word *word, const struct pci_function *function)
{
	switch (word->type) {
	case FOREIGN_WORD_ADDRESS:
		return pci_address_compare(&word->address, &function->address) == 0 &&
		       (!word->has_id || foreign_id_matches(&word->id, function));
	case FOREIGN_WORD_PATTERN:
		return fnmatch(word->pattern, PCI_ADDRESS_TEXT(&function->address), 0) == 0;
	case FOREIGN_WORD_ID:
		return foreign_id_matches(&word->id, function);
	case FOREIGN_WORD_UNREADABLE:
	case FOREIGN_WORD_MISPLACED:
		break;
	}
	return false;
}

/* Has the file given an id of this function to the driver? */
static bool is_given_by_id(const struct inventory *inventory, const struct foreign_setting *setting,
			   const struct pci_function *function)
{
	struct foreign_id id;

	vec_foreach(other, &inventory->foreign)
		for (size_t i = 0; other->effect == FOREIGN_IDS && i < other->values.n; i++)
			if (other->mechanism == setting->mechanism &&
			    text_same(other->file, setting->file) &&
			    text_same(other->name, setting->name) &&
			    foreign_id_parse(other->values.items[i], &id) == 0 &&
			    foreign_id_matches(&id, function))
				return true;
	return false;
}

bool foreign_means(const struct inventory *inventory, const struct foreign_setting *setting,
		   const struct foreign_word *word, const struct pci_function *function)
{
	const struct pci_function *named = setting->groups
						   ? inventory_find(inventory, &word->address)
						   : NULL;

	if (setting->if_id && !is_given_by_id(inventory, setting, function))
		return false;
	return word_means(word, function) ||
	       (named && named->iommu_group >= 0 && named->iommu_group == function->iommu_group);
}
