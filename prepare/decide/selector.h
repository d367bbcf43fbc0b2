/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the keys of a section say of one function: all of them must match, by one of their values each. A
 * key that is not there matches. Pure.
 */
#pragma once

#include "model/inventory.h"
#include "model/profile.h"

/* Where it is: the key path, and with it the key address. */
bool section_path_matches(const struct device_section *section,
			  const struct pci_function *function);
bool section_place_matches(const struct device_section *section,
			   const struct pci_function *function);
/* What it is: the keys id, class and subsystem; and with them which one, the key serial. */
bool section_kind_matches(const struct device_section *section,
			  const struct pci_function *function);
bool section_identity_matches(const struct device_section *section,
			      const struct pci_function *function);
/* Is any of those four there? */
bool section_has_identity(const struct device_section *section);

/*
 * Of the keys of which each value names one device or its functions, address, path and serial, the first
 * that a section has is its list. How many values has it, is the function one that value i names, and has
 * the host any?
 */
size_t section_count_listed(const struct device_section *section);
bool section_lists(const struct device_section *section, size_t i,
		   const struct pci_function *function);
bool section_finds(const struct device_section *section, size_t i,
		   const struct inventory *inventory);

/*
 * The driver that a section wants for a function; auto is resolved. For a physical function that stays with
 * the host it is its own; where it has none, the module that would come, or "native".
 */
const char *wanted_driver(const struct device_section *section,
			  const struct pci_function *function);
