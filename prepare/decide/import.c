/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import.h"

#include <string.h>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/import_remark.h"
#include "decide/import_vfs.h"
#include "model/profile.h"
#include "parse/address.h"

void import_done(struct import *import)
{
	if (!import)
		return;
	vec_foreach(device, import) {
		free(device->sources.items);
		free(device->kept.items);
	}
	free(import->items);
	free(import->ids.items);
	vec_foreach(remark, &import->remarks)
		free(remark->text);
	free(import->remarks.items);
	*import = (struct import){};
}

static bool is_of_guest(const struct foreign_setting *setting)
{
	return setting->source == FOREIGN_GUEST || setting->source == FOREIGN_GUEST_HOOK;
}

static void add_device(struct import *import, const struct inventory *inventory,
		       const struct pci_address *address, const struct foreign_setting *setting)
{
	struct import_device *found = NULL;

	vec_foreach(device, import)
		if (pci_address_compare(&device->address, address) == 0)
			found = device;
	if (!found) {
		found = vec_add(import);
		found->address = *address;
		found->function = inventory_find(inventory, address);
	}
	vec_foreach(source, &found->sources)
		if (*source == setting)
			return;
	*vec_add(&found->sources) = setting;
}

/* The unit of vfio-bind, whose devices stand in a file beside it. */
static bool has_devices_of_its_own(const struct foreign *foreign,
				   const struct foreign_setting *setting)
{
	vec_foreach(other, foreign)
		if (other->source == FOREIGN_VFIO_BIND && setting->source == FOREIGN_UNIT &&
		    strstr(setting->text, "$DEVICES"))
			return true;
	return false;
}

/* An id that no device of this host has. */
static void add_absent_id(struct import *import, const struct foreign_id *id, const char *text,
			  const struct foreign_setting *setting)
{
	if (id->vendor > 0xffff || id->device > 0xffff || id->class_mask) {
		import_add_remark(import, setting, true, "no device of this host has id %s", text);
		return;
	}
	vec_foreach(known, &import->ids)
		if (memcmp(&known->id, id, sizeof(*id)) == 0 &&
		    strcmp(known->setting->name, setting->name) == 0)
			return;
	*vec_add(&import->ids) = (struct import_id){setting, *id};
}

/* Adds the devices that a value means; false: it means none. */
static bool add_meant(struct import *import, const struct inventory *inventory,
		      const struct foreign_word *word, const struct foreign_setting *setting)
{
	const struct pci_function *bridge = NULL;
	bool found = false;

	vec_foreach(function, inventory) {
		if (!foreign_means(inventory, setting, word, function))
			continue;
		if (function_is_bridge(function)) {
			bridge = function;
			continue;
		}
		add_device(import, inventory, &function->address, setting);
		found = true;
	}
	if (bridge && !found)
		import_add_remark(import, setting, false, "%s is a bridge, which %s does not take",
				  PCI_ADDRESS_TEXT(&bridge->address), setting->name);
	return found || bridge;
}

static void add_value(struct import *import, const struct inventory *inventory, const char *text,
		      const struct foreign_setting *setting)
{
	struct foreign_word word;
	bool found;

	foreign_word_read(setting, text, &word);
	found = add_meant(import, inventory, &word, setting);
	switch (word.type) {
	case FOREIGN_WORD_UNREADABLE:
		import_add_remark(import, setting, true, "\"%s\" is no %s", text,
				  setting->effect == FOREIGN_IDS ? "id" : "address");
		break;
	case FOREIGN_WORD_MISPLACED:
		import_add_remark(
			import, setting, true,
			"\"%s\" is an address and not an id, so that %s takes no device by it",
			text, setting->name);
		break;
	case FOREIGN_WORD_ADDRESS:
		if (!found && word.has_id && inventory_find(inventory, &word.address))
			import_add_remark(import, setting, true,
					  "another device is at %s now, which has not this id",
					  PCI_ADDRESS_TEXT(&word.address));
		else if (!found && !setting->if_id)
			add_device(import, inventory, &word.address, setting);
		break;
	case FOREIGN_WORD_PATTERN:
		if (!found)
			import_add_remark(import, setting, true, "no device of this host is at %s",
					  text);
		break;
	case FOREIGN_WORD_ID:
		/* As sscanf() has it, what follows the last part that it can read is passed over. */
		if (text[strspn(text, "0123456789abcdefABCDEFxX:")])
			import_add_remark(import, setting, true, "\"%s\" is no id as a whole",
					  text);
		if (!found)
			add_absent_id(import, &word.id, text, setting);
		break;
	}
}

static void add_setting(struct import *import, const struct inventory *inventory,
			const struct foreign_setting *setting)
{
	/* A rule may compute it, and a file of driverctl may hold anything. */
	if (!is_module_name(setting->name)) {
		import_add_remark(import, setting, true, "that is no driver's name");
		return;
	}
	if (strcmp(setting->name, "none") == 0) {
		import_add_remark(import, setting, true,
				  "a profile cannot say \"no driver at all\"");
		return;
	}
	if (setting->idle && setting->source == FOREIGN_ARGUMENT) {
		import_add_remark(import, setting, true,
				  "%s: list its devices by hand if each boot is to give them away",
				  setting->flaw);
		return;
	}
	if (setting->unsure && !is_of_guest(setting)) {
		_cleanup_free_ char *devices = strv_join(&setting->values, ", ");

		import_add_remark(
			import, setting, true,
			"whether %s goes to %s cannot be told: it hangs on what the script is "
			"called with; list it by hand",
			devices, setting->name);
		return;
	}
	if (!setting->values.n && !foreign_is_told_by_unit(&inventory->foreign, setting) &&
	    !has_devices_of_its_own(&inventory->foreign, setting))
		import_add_remark(
			import, setting, true,
			"which devices it means cannot be told from it: list them by hand");
	else if (is_of_guest(setting))
		import_add_remark(
			import, setting, true,
			"a guest has them when it runs, and the boot binds none: list those that "
			"are to be bound then");
	if (setting->flaw && !setting->idle &&
	    (setting->fatal || setting->mechanism == FOREIGN_BY_IDS))
		import_add_remark(import, setting, true, "%s%s",
				  setting->fatal ? "nothing is done by it: " : "", setting->flaw);
	vec_foreach(value, &setting->values)
		add_value(import, inventory, *value, setting);
}

static void add_option(struct import *import, const struct foreign_setting *setting)
{
	const char *value = setting->values.n ? setting->values.items[0] : "";
	bool on;

	if (strcmp(setting->name, "vfio_iommu_type1.allow_unsafe_interrupts") == 0)
		import->unsafe_interrupts = !*value || (bool_parse(value, &on) == 0 && on);
	else if (strcmp(setting->name, "pcie_acs_override") == 0)
		import_add_remark(
			import, setting, true,
			"it isolates nothing: group = ignore is as honest, or another slot");
	else if (strcmp(setting->name, FOREIGN_SNP_OPTION) != 0)
		import_add_remark(
			import, setting, true,
			"a profile has no such option: leave it where it is, without ids=");
}

/* Is the module a native one of an imported device? */
static bool is_native(const struct import *import, const char *name)
{
	_cleanup_free_ char *module = module_of_driver(name);

	vec_foreach(device, import) {
		const struct pci_function *function = device->function;
		_cleanup_free_ char *driver = function && function->driver
						      ? module_of_driver(function->driver)
						      : NULL;

		if (function && (strv_contains(&function->modules, module) ||
				 (driver && strcmp(driver, module) == 0)))
			return true;
	}
	return false;
}

static bool names_guest_module(const struct strv *values)
{
	for (size_t i = 0; i < values->n; i++) {
		_cleanup_free_ char *module = module_of_driver(values->items[i]);

		if (module_is_for_guests(module))
			return true;
	}
	return false;
}

/* What apply sees to anew, once it is known which devices are meant. */
static void add_module_remark(struct import *import, const struct foreign_setting *setting)
{
	bool native = setting->effect == FOREIGN_INSTALL && is_native(import, setting->name);

	for (size_t i = 0; i < setting->values.n && setting->effect == FOREIGN_BLACKLIST; i++)
		native = native || is_native(import, setting->values.items[i]);
	if (native)
		import_add_remark(import, setting, false,
				  "[modules] blacklist = auto keeps out what no other device "
				  "of the host needs");
	else if (setting->effect == FOREIGN_SOFTDEP && names_guest_module(&setting->values))
		import_add_remark(import, setting, false, "devices are bound by their addresses");
	else if (setting->effect == FOREIGN_LOAD && names_guest_module(&setting->values))
		import_add_remark(import, setting, false, "modules are loaded with the devices");
}

/* Of two settings that mean one device, which is believed? An address says more than an id. */
static int weight(const struct foreign_setting *setting)
{
	if (is_of_guest(setting))
		return -1;
	if (setting->effect == FOREIGN_ADDRESSES)
		return setting->flaw ? 2 : 3;
	/* pci-stub is where recipes put what vfio-pci takes later. */
	return strcmp(setting->name, "vfio-pci") == 0;
}

/* By what a device is one: the best that any of its sources says. */
static enum import_reason reason_of(const struct inventory *inventory,
				    const struct import_device *device)
{
	enum import_reason reason = IMPORT_OF_GUEST;
	_cleanup_free_ char *module = module_of_driver(device->driver);

	vec_foreach(source, &device->sources) {
		enum import_reason its = is_of_guest(*source)               ? IMPORT_OF_GUEST
					 : (*source)->effect == FOREIGN_IDS ? IMPORT_BY_ID
									    : IMPORT_NAMED;

		reason = its < reason ? its : reason;
	}
	if (!module_is_for_guests(module))
		reason = IMPORT_KEPT;
	/* In an image under construction nothing is there yet. */
	return !device->function && inventory->n ? IMPORT_ABSENT : reason;
}

static void settle(struct import *import, const struct inventory *inventory,
		   struct import_device *device)
{
	const struct foreign_setting *best = device->sources.n ? device->sources.items[0] : NULL;
	_cleanup_free_ char *place = NULL;

	device->reason = IMPORT_UNEXPLAINED;
	if (!best)
		return;
	/* In boot order: the last has the last word. */
	vec_foreach(source, &device->sources)
		if (weight(*source) >= weight(best))
			best = *source;
	device->driver = best->name;
	device->reason = reason_of(inventory, device);
	place = foreign_place(best);
	vec_foreach(source, &device->sources)
		if ((*source)->effect == FOREIGN_ADDRESSES &&
		    strcmp((*source)->name, best->name) != 0)
			import_add_remark(import, *source, true, "%s goes to %s, as %s has it",
					  PCI_ADDRESS_TEXT(&device->address), best->name, place);
}

/* What an id alone brings in is told apart from what somebody wrote the address of. */
static void settle_id(struct import *import, struct import_device *device)
{
	vec_foreach(other, import) {
		if (device->reason != IMPORT_BY_ID || other->reason != IMPORT_NAMED ||
		    !device->function || !other->function ||
		    other->function->vendor != device->function->vendor ||
		    other->function->device != device->function->device)
			continue;
		device->reason = IMPORT_TWIN_NAMED;
		import_add_remark(
			import, NULL, true,
			"%s is left out: its id is configured, but the address of another "
			"device with that id, and not its own",
			PCI_ADDRESS_TEXT(&device->address));
	}
}

/* Devices that are on a driver for guests, though no source says so: by hand, or by what is not looked at. */
static void add_unexplained(struct import *import, const struct inventory *inventory,
			    const struct match *match)
{
	const size_t n = import->n;

	vec_foreach(function, inventory) {
		_cleanup_free_ char *module = module_of_driver(function->driver ? function->driver
										: "");
		const struct claim *claim = match ? match_find(match, &function->address) : NULL;
		bool explained = !module_is_for_guests(module) || function_is_bridge(function) ||
				 (claim && claim->section);

		for (size_t i = 0; i < n && !explained; i++)
			explained = import->items[i].function == function;
		if (!explained)
			*vec_add(import) = (struct import_device){.address = function->address,
								  .function = function,
								  .driver = function->driver};
	}
}

void import_make(const struct inventory *inventory, const struct match *match, struct import *ret)
{
	const struct foreign *foreign = &inventory->foreign;
	struct import import = {};

	for (size_t i = 0; i < foreign->unread.n; i++)
		import_add_remark(&import, NULL, true, "what it configures is not known: %s",
				  foreign->unread.items[i]);
	vec_foreach(setting, foreign) {
		if (setting->ours)
			continue;
		if (setting->effect == FOREIGN_OPTION)
			add_option(&import, setting);
		if (setting->effect == FOREIGN_ADDRESSES || setting->effect == FOREIGN_IDS)
			add_setting(&import, inventory, setting);
	}
	add_unexplained(&import, inventory, match);
	vec_sort(&import, pci_address_order);
	vec_foreach(device, &import)
		settle(&import, inventory, device);
	vec_foreach(device, &import)
		settle_id(&import, device);
	import_settle_vfs(&import, inventory);
	vec_sort(&import, pci_address_order);
	vec_foreach(setting, foreign)
		if (!setting->ours && !foreign_is_expected(setting))
			add_module_remark(&import, setting);
	*ret = import;
}
