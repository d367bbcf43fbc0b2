/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/match.h"

#include <string.h>

#include "base/buf.h"
#include "decide/selector.h"
#include "parse/config_space.h"

/* Do two sections ask for the same to be done? */
static bool same_wish(const struct device_section *a, const struct device_section *b)
{
	return strcmp(a->driver, b->driver) == 0 && a->vfs == b->vfs && a->group == b->group &&
	       a->allow == b->allow && a->reset == b->reset;
}

/* Adds a finding about a function, and refuses it. */
static struct finding *refuse(struct match *match, struct claim *claim,
			      const struct pci_function *function, enum finding_type type,
			      const char *detail)
{
	claim->refused = true;
	return finding_add(&match->findings, SEVERITY_ERROR, type,
			   PCI_ADDRESS_TEXT(&function->address), "%s", detail);
}

/* The first of the functions that a section means by what they are, wherever; or by the way to them, too. */
static bool add_meant(struct buf *list, const struct inventory *inventory,
		      const struct device_section *section, bool by_path)
{
	unsigned n = 0;

	vec_foreach(function, inventory)
		if (!(function->unknown & FUNCTION_IDS) &&
		    section_identity_matches(section, function) &&
		    (!by_path || section_path_matches(section, function)) &&
		    !address_list_has(&section->except, &function->address) && n++ < 8)
			buf_addf(list, " %s", PCI_ADDRESS_TEXT(&function->address));
	return n > 0;
}

static void refuse_mismatch(struct match *match, const struct inventory *inventory,
			    struct claim *claim, const struct device_section *section,
			    const struct pci_function *function)
{
	_cleanup_free_ char *detail = xasprintf(
		"section [device %s] describes another device than %04x:%04x (class %06x), which "
		"is now at this address",
		section->label, function->vendor, function->device, function->class);
	_cleanup_(buf_done) struct buf now_at = {};
	struct finding *finding = refuse(match, claim, function, FINDING_IDENTITY_MISMATCH, detail);

	if (add_meant(&now_at, inventory, section, false))
		finding_remedy(
			finding,
			"a device that the section describes is now at%s: correct the address in "
			"the profile",
			buf_text(&now_at));
	else
		finding_remedy(
			finding,
			"no device of this host is what the section describes: correct the section");
}

void claim_refuse_hanging(struct claim *claim, const struct pci_function *function,
			  struct findings *findings)
{
	claim->refused = true;
	finding_remedy(
		finding_add(
			findings, SEVERITY_ERROR, FINDING_DEVICE_HANGS,
			PCI_ADDRESS_TEXT(&function->address),
			"section [device %s] wants the device, but %s; it is left alone until the "
			"next boot",
			claim->section->label, function->hangs),
		"vfio-prepare bind tries once more; for the next boot, blacklist the native "
		"driver, or raise device-timeout in section [bind] if the driver is only slow; a "
		"restart may need SysRq or the management controller");
}

/* What speaks against the function itself, whatever the section says. */
static void check_function(struct match *match, struct claim *claim,
			   const struct pci_function *function)
{
	const char *label = claim->section->label;
	_cleanup_free_ char *detail = NULL;

	if (function->unknown & (FUNCTION_IDS | FUNCTION_DRIVER | FUNCTION_GROUP)) {
		detail = xasprintf(
			"section [device %s] wants the device, but its ids, driver or group "
			"cannot be read",
			label);
		finding_remedy(
			refuse(match, claim, function, FINDING_UNREADABLE, detail),
			"ls -l /sys/bus/pci/devices/%s; run vfio-prepare validate as root on the "
			"host itself",
			PCI_ADDRESS_TEXT(&function->address));
	} else if (function_is_bridge(function)) {
		detail = xasprintf(
			"section [device %s] selects a bridge (class %06x), and bridges cannot be "
			"assigned to guests",
			label, function->class);
		finding_remedy(refuse(match, claim, function, FINDING_NOT_ASSIGNABLE, detail),
			       "list the devices behind the bridge, or add %s to except in section "
			       "[device %s]",
			       PCI_ADDRESS_TEXT(&function->address), label);
	}
}

static void claim_function(struct match *match, const struct inventory *inventory,
			   const struct device_section *section,
			   const struct pci_function *function)
{
	struct claim *claim = &match->claims[function - inventory->items];
	_cleanup_free_ char *detail = NULL;

	if (!claim->section) {
		claim->section = section;
		check_function(match, claim, function);
		return;
	}
	if (same_wish(claim->section, section))
		return;
	detail = xasprintf(
		"sections [device %s] and [device %s] select the device and differ in driver, "
		"vfs, group, allow or reset",
		claim->section->label, section->label);
	finding_remedy(refuse(match, claim, function, FINDING_SECTION_CONFLICT, detail),
		       "add the device to except in one of the sections");
}

/* The functions that a section means; returns how many they are, refused ones among them. */
static size_t match_section(struct match *match, const struct inventory *inventory,
			    const struct device_section *section)
{
	bool by_place = section->addresses.n || section->paths.n;
	size_t n = 0;

	vec_foreach(function, inventory) {
		/* Virtual functions may have the identity of their physical one, and a place beside it. */
		if (address_list_has(&section->except, &function->address) ||
		    !section_place_matches(section, function) || (section->vfs && function->is_vf))
			continue;
		if (function->unknown & FUNCTION_IDS) {
			/* Not known to be another one: only who listed its place is told. */
			if (by_place)
				claim_function(match, inventory, section, function);
			continue;
		}
		if (section_identity_matches(section, function)) {
			claim_function(match, inventory, section, function);
			n++;
		} else if (by_place && section_has_identity(section)) {
			struct claim *claim = &match->claims[function - inventory->items];

			if (!claim->section)
				claim->section = section;
			/* Its serial number was not asked for: it is not known to be another one. */
			if (function->hangs && (function->unknown & FUNCTION_SERIAL) &&
			    section_kind_matches(section, function))
				claim_refuse_hanging(claim, function, &match->findings);
			else
				refuse_mismatch(match, inventory, claim, section, function);
		}
	}
	return n;
}

/* The virtual functions of what sections claim for the sake of them. */
static void match_virtual(struct match *match, const struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		const struct pci_function *physfn = function->is_vf
							    ? inventory_find(inventory,
									     &function->physfn)
							    : NULL;
		const struct claim *claim = physfn ? &match->claims[physfn - inventory->items]
						   : NULL;

		if (claim && claim_is_physical(claim, physfn) && !claim->refused &&
		    !address_list_has(&claim->section->except, &function->address))
			claim_function(match, inventory, claim->section, function);
	}
}

static void tell_absent(struct match *match, const struct device_section *section, size_t i)
{
	_cleanup_free_ char *subject = NULL, *detail = NULL;
	const char *key = "address";

	if (section->addresses.n) {
		const struct pci_address *address = &section->addresses.items[i].address;

		*vec_add(&match->absent) = (struct absence){*address, section};
		subject = xstrdup(PCI_ADDRESS_TEXT(address));
		detail = xasprintf(
			"section [device %s] lists the address, and the host has no device at it",
			section->label);
	} else if (section->paths.n) {
		key = "path";
		subject = xasprintf("device %s", section->label);
		detail = xasprintf("the section lists path %s, and the host has no device at it",
				   section->paths.items[i]);
	} else {
		_cleanup_free_ char *serial = serial_text(section->serials.items[i]);

		key = "serial number";
		subject = xasprintf("device %s", section->label);
		detail = xasprintf(
			"the section lists serial number %s, and no device of the host has it",
			serial);
	}
	finding_remedy(finding_add(&match->findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT, subject,
				   "%s", detail),
		       "correct the %s in the profile, or remove it", key);
}

static void find_absent(struct match *match, const struct inventory *inventory,
			const struct device_section *section, size_t n_matched)
{
	_cleanup_free_ char *subject = xasprintf("device %s", section->label);
	bool told = false;

	for (size_t i = 0; i < section_count_listed(section); i++) {
		if (section_finds(section, i, inventory))
			continue;
		tell_absent(match, section, i);
		told = true;
	}
	if (!section->addresses.n && n_matched == 0 && !told)
		finding_remedy(finding_add(&match->findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT,
					   subject, "the section selects no device of this host"),
			       "correct the section, or remove it");
}

/* Is the function, which the section lists, claimed or refused? */
static bool is_settled(const struct match *match, const struct inventory *inventory,
		       const struct device_section *section, const struct pci_function *function)
{
	const struct pci_function *physfn;

	if (!section->vfs || !function->is_vf)
		return section_place_matches(section, function) &&
		       (section->addresses.n || section->paths.n ||
			(!(function->unknown & FUNCTION_IDS) &&
			 section_kind_matches(section, function)));
	physfn = inventory_find(inventory, &function->physfn);
	return match->claims[function - inventory->items].section ||
	       (physfn && claim_is_physical(&match->claims[physfn - inventory->items], physfn));
}

/* It is there, and another key of its section says that it is not meant. */
static void refuse_contradicted(struct match *match, const struct inventory *inventory,
				const struct device_section *section,
				const struct pci_function *function)
{
	struct claim *claim = &match->claims[function - inventory->items];
	bool by_path = !section_path_matches(section, function),
	     is_virtual = !by_path && section->vfs && function->is_vf;
	_cleanup_free_ char *detail = NULL;
	struct finding *finding;
	_cleanup_(buf_done) struct buf meant = {};

	if (by_path)
		detail = xasprintf(
			"section [device %s] lists this address, but not its path, which %s%s",
			section->label, function->port_path ? "is " : "cannot be read",
			function->port_path ? function->port_path : "");
	else if (is_virtual)
		detail = xasprintf(
			"section [device %s] makes virtual functions and lists this one, but not "
			"its physical function",
			section->label);
	else
		detail = xasprintf(
			"section [device %s] lists the device's serial number, but describes "
			"another device than %04x:%04x (class %06x)",
			section->label, function->vendor, function->device, function->class);
	if (!claim->section)
		claim->section = section;
	finding = refuse(match, claim, function, FINDING_IDENTITY_MISMATCH, detail);
	if (is_virtual)
		finding_remedy(finding, "list the physical function instead: %s",
			       PCI_ADDRESS_TEXT(&function->physfn));
	else if (by_path && add_meant(&meant, inventory, section, true))
		finding_remedy(finding, "the path leads to%s: correct the address or the path",
			       buf_text(&meant));
	else
		finding_remedy(finding, "correct the section");
}

static void check_listed(struct match *match, const struct inventory *inventory,
			 const struct device_section *section)
{
	/* Of addresses alone match_section() has claimed or refused each. */
	size_t n = section->addresses.n && !section->paths.n && !section->vfs
			   ? 0
			   : section_count_listed(section);

	for (size_t i = 0; i < n; i++) {
		const struct pci_function *first = NULL;
		bool settled = false;

		vec_foreach(function, inventory) {
			if (!section_lists(section, i, function) ||
			    address_list_has(&section->except, &function->address))
				continue;
			first = first ? first : function;
			settled = settled || is_settled(match, inventory, section, function);
		}
		if (first && !settled)
			refuse_contradicted(match, inventory, section, first);
	}
}

static void check_count(struct match *match, const struct inventory *inventory,
			const struct device_section *section, size_t n_matched)
{
	_cleanup_free_ char *subject = xasprintf("device %s", section->label);

	if (!section->has_count || n_matched == section->count)
		return;
	finding_remedy(
		finding_add(&match->findings, SEVERITY_ERROR, FINDING_COUNT, subject,
			    "the section selects %zu devices, and its count is %u", n_matched,
			    section->count),
		n_matched > section->count
			? "none of them is touched, as which ones are meant is not known: select "
			  "fewer devices, or correct count"
			: "check why a device is missing (vfio-prepare list), or correct count");
	if (n_matched < section->count)
		return;
	for (size_t i = 0; i < inventory->n; i++)
		if (match->claims[i].section == section)
			match->claims[i].refused = true;
}

/* Marks what the decision has to look at besides the claims: their groups and their slots. */
static void find_concerned(struct match *match, const struct inventory *inventory)
{
	int max_group = -1;
	_cleanup_free_ bool *groups = NULL;

	vec_foreach(function, inventory)
		if (function->iommu_group > max_group)
			max_group = function->iommu_group;
	groups = xcalloc((size_t)max_group + 1, sizeof(*groups));
	match->concerned = xcalloc(inventory->n, sizeof(*match->concerned));
	for (size_t i = 0; i < inventory->n; i++)
		if (match->claims[i].section && inventory->items[i].iommu_group >= 0)
			groups[inventory->items[i].iommu_group] = true;
	for (size_t i = 0; i < inventory->n; i++) {
		const struct pci_function *function = &inventory->items[i];

		match->concerned[i] = match->claims[i].section ||
				      (function->iommu_group >= 0 && groups[function->iommu_group]);
	}
	/* Functions of a slot stand beside each other. */
	for (size_t i = 0; i < inventory->n; i++) {
		if (!match->claims[i].section)
			continue;
		for (size_t j = i; j > 0 && pci_address_same_slot(&inventory->items[j - 1].address,
								  &inventory->items[i].address);
		     j--)
			match->concerned[j - 1] = true;
		for (size_t j = i + 1;
		     j < inventory->n && pci_address_same_slot(&inventory->items[j].address,
							       &inventory->items[i].address);
		     j++)
			match->concerned[j] = true;
	}
}

void match_make(const struct profile *profile, const struct inventory *inventory, struct match *ret)
{
	struct match match = {.claims = xcalloc(inventory->n, sizeof(*match.claims))};

	vec_foreach(section, &profile->sections) {
		size_t n = match_section(&match, inventory, section);

		find_absent(&match, inventory, section, n);
		check_count(&match, inventory, section, n);
	}
	match_virtual(&match, inventory);
	vec_foreach(section, &profile->sections)
		check_listed(&match, inventory, section);
	find_concerned(&match, inventory);
	*ret = match;
}

void match_done(struct match *match)
{
	if (!match)
		return;
	free(match->claims);
	free(match->concerned);
	free(match->absent.items);
	findings_done(&match->findings);
	*match = (struct match){};
}

bool claim_is_physical(const struct claim *claim, const struct pci_function *function)
{
	return claim->section && claim->section->vfs && !function->is_vf;
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

bool claim_is_right(const struct claim *claim, const struct pci_function *function)
{
	return claim->section && function->driver &&
	       strcmp(function->driver, wanted_driver(claim->section, function)) == 0;
}

bool match_takes(const struct match *match, const struct inventory *inventory, bool bound)
{
	for (size_t i = 0; i < inventory->n; i++) {
		const struct claim *claim = &match->claims[i];
		const struct pci_function *function = &inventory->items[i];

		if (claim_is_physical(claim, function)) {
			/* Virtual functions may have to go, which somebody may use. */
			unsigned n = inventory_count_vfs(inventory, &function->address);

			if (n && n != claim->section->vfs)
				return true;
			continue;
		}
		if (claim->section && !claim->refused && !claim_is_right(claim, function) &&
		    (!bound || function->driver))
			return true;
	}
	return false;
}

bool match_spans_host(const struct match *match, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n; i++)
		if (match->concerned[i] && inventory->items[i].class >> 16 == 0x03)
			return true;
	vec_foreach(finding, &match->findings)
		if (finding->type == FINDING_IDENTITY_MISMATCH)
			return true;
	return false;
}
