/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import_vfs.h"

#include <string.h>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/import_remark.h"
#include "model/profile.h"

/* Is the device a virtual function of the physical one that goes to a driver for guests? */
static bool is_given_vf(const struct import_device *device, const struct pci_function *physical)
{
	_cleanup_free_ char *module = module_of_driver(device->driver);

	return device->function && device->function->is_vf && device->reason < IMPORT_ABSENT &&
	       module_is_for_guests(module) &&
	       pci_address_compare(&device->function->physfn, &physical->address) == 0;
}

/* Is it a virtual function of the physical one, and on a driver for guests, or else on one of the host's own? */
static bool is_vf_on(const struct pci_function *function, const struct pci_function *physical,
		     bool for_guests)
{
	_cleanup_free_ char *module = module_of_driver(function->driver ? function->driver : "");

	return function->is_vf && function->driver &&
	       pci_address_compare(&function->physfn, &physical->address) == 0 &&
	       module_is_for_guests(module) == for_guests;
}

/* Do the sources of a physical function bring this virtual one to a driver for guests? */
static bool is_meant(const struct import_device *physical, const struct inventory *inventory,
		     const struct pci_function *function)
{
	vec_foreach(source, &physical->sources)
		vec_foreach(value, &(*source)->values) {
			struct foreign_word word;

			if ((*source)->effect == FOREIGN_VFS)
				continue;
			foreign_word_read(*source, *value, &word);
			if (foreign_means(inventory, *source, &word, function))
				return true;
		}
	return false;
}

/* How many of them go to guests, and on which driver? Of those that a profile selects, too, where others make them. */
static size_t count_given(const struct import *import, const struct inventory *inventory,
			  struct import_device *whole)
{
	size_t n = 0, n_unexplained = 0;

	vec_foreach(device, import) {
		if (!is_given_vf(device, whole->function))
			continue;
		whole->driver = device->driver;
		n_unexplained += device->reason == IMPORT_UNEXPLAINED;
		n++;
	}
	/* Who makes those whose drivers are explained is somebody's business who is not known. */
	if (!whole->sources.n)
		return n == n_unexplained ? n : 0;
	vec_foreach(function, inventory)
		if (is_vf_on(function, whole->function, true)) {
			whole->driver = whole->driver ? whole->driver : function->driver;
			n++;
		}
	return n;
}

static void add_source(struct import_device *whole, const struct foreign_setting *setting)
{
	vec_foreach(source, &whole->sources)
		if (*source == setting)
			return;
	*vec_add(&whole->sources) = setting;
}

/* Moves the virtual functions that are devices of their own into the physical one. */
static void absorb_vfs(struct import *import, struct import_device *whole)
{
	size_t n = 0;

	for (size_t i = 0; i < import->n; i++) {
		struct import_device *device = &import->items[i];

		if (!is_given_vf(device, whole->function)) {
			import->items[n++] = *device;
			continue;
		}
		vec_foreach(source, &device->sources)
			add_source(whole, *source);
		free(device->sources.items);
	}
	import->n = n;
}

/*
 * A physical function stands for those of its virtual ones that go to guests, if somebody says how many it has, or
 * nobody says why they go there: by their addresses alone they would not be there after the next boot.
 */
static void settle_vfs(struct import *import, const struct inventory *inventory,
		       const struct pci_function *physical)
{
	struct import_device whole = {.address = physical->address, .function = physical};

	vec_foreach(setting, &inventory->foreign)
		if (!setting->ours && foreign_makes_vfs(inventory, setting, physical, NULL))
			*vec_add(&whole.sources) = setting;
	if (!count_given(import, inventory, &whole)) {
		vec_foreach(source, &whole.sources)
			import_add_remark(
				import, *source, true,
				"%s has these virtual functions, and none of them goes to a guest's "
				"driver: vfs = in a section gives all of them",
				PCI_ADDRESS_TEXT(&physical->address));
		free(whole.sources.items);
		return;
	}
	whole.reason = whole.sources.n ? IMPORT_VFS : IMPORT_UNEXPLAINED;
	absorb_vfs(import, &whole);
	vec_foreach(function, inventory)
		if (is_vf_on(function, physical, false) && !is_meant(&whole, inventory, function))
			*vec_add(&whole.kept) = function->address;
	/* What it has now is what came of all that is said. */
	whole.vfs = inventory_count_vfs(inventory, &physical->address);
	*vec_add(import) = whole;
}

/* Virtual functions are made, and nobody can tell of which function of this host. */
static void add_vfs_remark(struct import *import, const struct inventory *inventory,
			   const struct foreign_setting *setting)
{
	/* What a module would do whose devices are not here is no news. */
	bool found = text_starts_with(setting->name, "module ") || !inventory->n;

	vec_foreach(function, inventory)
		found = found || foreign_makes_vfs(inventory, setting, function, NULL);
	if (!found && !*setting->name)
		import_add_remark(
			import, setting, true,
			"which physical function is to have virtual functions by it cannot be told: "
			"list it by hand, with vfs =");
	else if (!found)
		import_add_remark(
			import, setting, true,
			"no device of this host is %s, which is to have virtual functions by it",
			setting->name);
}

void import_settle_vfs(struct import *import, const struct inventory *inventory)
{
	vec_foreach(function, inventory)
		if (!function->is_vf)
			settle_vfs(import, inventory, function);
	vec_foreach(setting, &inventory->foreign)
		if (!setting->ours && setting->effect == FOREIGN_VFS)
			add_vfs_remark(import, inventory, setting);
}
