/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/selector.h"

#include <string.h>

static bool id_in(const struct id_list *list, uint16_t vendor, uint16_t device, uint32_t class)
{
	vec_foreach(pattern, list)
		if (id_pattern_matches(pattern, vendor, device, class))
			return true;
	return false;
}

static bool serial_in(const struct serial_list *list, const struct pci_function *function)
{
	vec_foreach(serial, list)
		if (function->has_serial && *serial == function->serial)
			return true;
	return false;
}

bool section_path_matches(const struct device_section *section, const struct pci_function *function)
{
	return !section->paths.n ||
	       (function->port_path && strv_contains(&section->paths, function->port_path));
}

bool section_place_matches(const struct device_section *section,
			   const struct pci_function *function)
{
	return (!section->addresses.n ||
		address_list_has(&section->addresses, &function->address)) &&
	       section_path_matches(section, function);
}

bool section_kind_matches(const struct device_section *section, const struct pci_function *function)
{
	return (!section->ids.n ||
		id_in(&section->ids, function->vendor, function->device, function->class)) &&
	       (!section->classes.n || id_in(&section->classes, 0, 0, function->class)) &&
	       (!section->subsystems.n || id_in(&section->subsystems, function->subsystem_vendor,
						function->subsystem_device, 0));
}

bool section_identity_matches(const struct device_section *section,
			      const struct pci_function *function)
{
	return section_kind_matches(section, function) &&
	       (!section->serials.n || serial_in(&section->serials, function));
}

bool section_has_identity(const struct device_section *section)
{
	return section->ids.n || section->classes.n || section->subsystems.n || section->serials.n;
}

size_t section_count_listed(const struct device_section *section)
{
	return section->addresses.n ? section->addresses.n
	       : section->paths.n   ? section->paths.n
				    : section->serials.n;
}

bool section_lists(const struct device_section *section, size_t i,
		   const struct pci_function *function)
{
	if (section->addresses.n)
		return address_pattern_matches(&section->addresses.items[i], &function->address);
	if (section->paths.n)
		return function->port_path &&
		       strcmp(function->port_path, section->paths.items[i]) == 0;
	return function->has_serial && function->serial == section->serials.items[i];
}

static bool inventory_has(const struct inventory *inventory, const struct address_pattern *pattern)
{
	struct pci_address address = pattern->address;
	bool found = inventory_find(inventory, &address) != NULL;

	while (pattern->any_function && !found && ++address.function < 8)
		found = inventory_find(inventory, &address) != NULL;
	return found;
}

bool section_finds(const struct device_section *section, size_t i,
		   const struct inventory *inventory)
{
	if (section->addresses.n)
		return inventory_has(inventory, &section->addresses.items[i]);
	vec_foreach(function, inventory)
		if (section_lists(section, i, function))
			return true;
	return false;
}

const char *wanted_driver(const struct device_section *section, const struct pci_function *function)
{
	if (section->vfs && !function->is_vf && function->driver)
		return function->driver;
	if (section->vfs && !function->is_vf)
		return function->modules.n ? function->modules.items[0] : "native";
	if (strcmp(section->driver, "auto") != 0)
		return section->driver;
	return function->variant ? function->variant : "vfio-pci";
}
