/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/absence.h"

#include "decide/selector.h"
#include "parse/config_space.h"

/* So many functions are named. */
#define MAX_NAMED 8

bool meant_add(struct buf *list, const struct inventory *inventory,
	       const struct device_section *section, bool by_path)
{
	bool placed = section->addresses.n || section->paths.n;
	unsigned n = 0;

	vec_foreach(function, inventory)
		if (!(function->unknown & FUNCTION_IDS) &&
		    section_identity_matches(section, function) &&
		    (by_path ? section_path_matches(section, function)
			     : !placed || !section_place_matches(section, function)) &&
		    !address_list_has(&section->except, &function->address) && n++ < MAX_NAMED)
			buf_addf(list, " %s", PCI_ADDRESS_TEXT(&function->address));
	return n > 0;
}

/* Its place on the buses, by which virtual functions are numbered (PCIe base specification, 9.2.1.2). */
static int routing_id(const struct pci_address *address)
{
	return address->bus << 8 | address->slot << 3 | address->function;
}

/* The physical function that may have a virtual one at address, where there is no device; NULL: none. */
static const struct pci_function *physical_function_of(const struct inventory *inventory,
						       const struct pci_address *address)
{
	const struct pci_function *nearest = NULL;

	vec_foreach(function, inventory) {
		int way = routing_id(address) - routing_id(&function->address);

		if (function->total_vfs <= 0 || function->address.domain != address->domain)
			continue;
		if (function->vf_offset > 0 && function->vf_stride > 0) {
			int behind = way - function->vf_offset;

			if (behind >= 0 && behind % function->vf_stride == 0 &&
			    behind / function->vf_stride < function->total_vfs)
				return function;
		} else if (way > 0 && way <= 0xff) {
			nearest = function;
		}
	}
	return nearest;
}

struct search {
	const struct inventory *inventory;
	const struct device_section *section;
	struct findings *findings;
};

/* Tells of one; subject, detail: of the finding; key: that lists it. */
static void tell(const struct search *search, const char *subject, const char *detail,
		 const char *key, const struct pci_function *physical)
{
	const struct device_section *section = search->section;
	_cleanup_(buf_done) struct buf now_at = {};
	struct finding *finding = finding_add(search->findings,
					      section->optional ? SEVERITY_NOTE : SEVERITY_ERROR,
					      FINDING_DEVICE_ABSENT, subject, "%s", detail);

	if (section_has_identity(section) && meant_add(&now_at, search->inventory, section, false))
		finding_remedy(finding,
			       "a device that the section describes is now at%s: correct the %s in "
			       "the profile",
			       buf_text(&now_at), key);
	else if (physical)
		finding_remedy(finding,
			       "list %s instead, and write vfs = N: so many virtual functions it "
			       "shall have, %d at most",
			       PCI_ADDRESS_TEXT(&physical->address), physical->total_vfs);
	else if (section->optional)
		finding_remedy(finding, "nothing to do: the section is optional");
	else
		finding_remedy(finding,
			       "correct the %s in the profile, remove it, or, if the device may be "
			       "missing, write optional = yes in section [device %s]",
			       key, section->label);
}

static void tell_address(const struct search *search, const struct pci_address *address)
{
	const struct pci_function *physical = physical_function_of(search->inventory, address);
	_cleanup_free_ char *detail = xasprintf(
		"section [device %s] lists the address, and the host has no device at it%s%s%s",
		search->section->label, physical ? ": it may be a virtual function of " : "",
		physical ? PCI_ADDRESS_TEXT(&physical->address) : "",
		physical ? " that nobody has made yet" : "");

	tell(search, PCI_ADDRESS_TEXT(address), detail, "address", physical);
}

void absences_find(const struct inventory *inventory, const struct device_section *section,
		   size_t n_matched, struct absence_list *absent, struct findings *findings)
{
	const struct search search = {inventory, section, findings};
	_cleanup_free_ char *subject = xasprintf("device %s", section->label);
	bool told = false;

	for (size_t i = 0; i < section_count_listed(section); i++) {
		_cleanup_free_ char *detail = NULL;

		if (section_finds(section, i, inventory))
			continue;
		told = true;
		if (section->addresses.n) {
			const struct pci_address *address = &section->addresses.items[i].address;

			*vec_add(absent) = (struct absence){*address, section};
			tell_address(&search, address);
		} else if (section->paths.n) {
			detail = xasprintf(
				"the section lists path %s, and the host has no device at it",
				section->paths.items[i]);
			tell(&search, subject, detail, "path", NULL);
		} else {
			_cleanup_free_ char *serial = serial_text(section->serials.items[i]);

			detail = xasprintf(
				"the section lists serial number %s, and no device of the host has "
				"it",
				serial);
			tell(&search, subject, detail, "serial number", NULL);
		}
	}
	if (!section->addresses.n && n_matched == 0 && !told)
		tell(&search, subject, "the section selects no device of this host", "selectors",
		     NULL);
}
