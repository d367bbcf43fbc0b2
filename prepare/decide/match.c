/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/match.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "decide/assignable.h"
#include "decide/remedy.h"
#include "decide/selector.h"
#include "parse/config_space.h"

/* Do two sections ask for the same to be done? */
static bool same_wish(const struct device_section *a, const struct device_section *b)
{
	return strcmp(a->driver, b->driver) == 0 && a->vfs == b->vfs && a->group == b->group &&
	       a->allow == b->allow && a->reset == b->reset;
}

/* Adds a finding about a function, and refuses it. */
static struct finding *_printf_(4, 5) refuse(struct match *match, struct claim *claim,
					     enum finding_type type, const char *format, ...)
{
	_cleanup_free_ char *detail = NULL;
	va_list arguments;

	va_start(arguments, format);
	detail = xvasprintf(format, arguments);
	va_end(arguments);
	claim->refused = true;
	return finding_add(&match->findings, SEVERITY_ERROR, type,
			   PCI_ADDRESS_TEXT(&claim->function->address), "%s", detail);
}

static void refuse_mismatch(struct match *match, struct claim *claim,
			    const struct device_section *section)
{
	const struct pci_function *function = claim->function;
	_cleanup_(buf_done) struct buf now_at = {};
	struct finding *finding = refuse(
		match, claim, FINDING_IDENTITY_MISMATCH,
		"section [device %s] describes another device than %04x:%04x (class %06x), which "
		"is now at this address",
		section->label, function->vendor, function->device, function->class);

	if (meant_add(&now_at, match->inventory, section, false))
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

void claim_refuse_hanging(struct match *match, struct claim *claim)
{
	finding_remedy(
		refuse(match, claim, FINDING_DEVICE_HANGS,
		       "section [device %s] wants the device, but %s; it is left alone until the "
		       "next boot",
		       claim->section->label, claim->function->hangs),
		"vfio-prepare bind tries once more; for the next boot, blacklist the native "
		"driver, or raise device-timeout in section [bind] if the driver is only slow; a "
		"restart may need SysRq or the management controller");
}

/* The kernel puts it into the controller's group, as its requests carry the controller's id (pci_real_dma_dev()). */
static void refuse_behind(struct match *match, struct claim *claim)
{
	const struct pci_function *function = claim->function;
	_cleanup_free_ char *why = stay_text(match->inventory, function,
					     &(struct stay){.reason = STAY_BEHIND});

	struct finding *finding = refuse(
		match, claim, FINDING_NOT_ASSIGNABLE,
		"section [device %s] wants the device, but %s; nor do libvirt, QEMU and nova take a "
		"domain above ffff",
		claim->section->label, why);
	const struct claim *controller = match_find(match, &function->above);
	_cleanup_free_ char *leave_out = remedy_leave_out(match->inventory, claim->section,
							  &function->address);

	if (controller && controller->section)
		finding_remedy(finding, "%s: the controller %s, which is listed, takes it along",
			       leave_out, PCI_ADDRESS_TEXT(&function->above));
	else
		finding_remedy(
			finding,
			"list %s instead, which gives the controller to a guest with all disks "
			"behind it; or turn VMD off in the firmware setup, which makes each disk a "
			"device of its own",
			PCI_ADDRESS_TEXT(&function->above));
}

/* Once it is known which controllers are listed, too. */
static void check_behind(struct match *match)
{
	vec_foreach(claim, match)
		if (claim->section && !claim->refused &&
		    function_is_behind(match->inventory, claim->function) &&
		    driver_is_vfio(wanted_driver(claim->section, claim->function)))
			refuse_behind(match, claim);
}

/* What speaks against the function itself, whatever the section says. */
static void check_function(struct match *match, struct claim *claim)
{
	const struct pci_function *function = claim->function;
	const char *label = claim->section->label;
	_cleanup_free_ char *leave_out = NULL;

	if (function->unknown & (FUNCTION_IDS | FUNCTION_DRIVER | FUNCTION_GROUP)) {
		finding_remedy(
			refuse(match, claim, FINDING_UNREADABLE,
			       "section [device %s] wants the device, but its ids, driver or group "
			       "cannot be read",
			       label),
			"ls -l /sys/bus/pci/devices/%s; run vfio-prepare validate as root on the "
			"host itself",
			PCI_ADDRESS_TEXT(&function->address));
	} else if (function_is_bridge(function)) {
		leave_out = remedy_leave_out(match->inventory, claim->section, &function->address);
		finding_remedy(
			refuse(match, claim, FINDING_NOT_ASSIGNABLE,
			       "section [device %s] selects a bridge (class %06x), and bridges "
			       "cannot be assigned to guests",
			       label, function->class),
			"%s; the devices behind the bridge can be listed", leave_out);
	}
}

static void add_claim(struct match *match, const struct device_section *section,
		      struct claim *claim)
{
	if (!claim->section) {
		claim->section = section;
		check_function(match, claim);
	} else if (!same_wish(claim->section, section)) {
		_cleanup_free_ char *first = remedy_leave_out(match->inventory, claim->section,
							      &claim->function->address);
		_cleanup_free_ char *second = remedy_leave_out(match->inventory, section,
							       &claim->function->address);

		finding_remedy(
			refuse(match, claim, FINDING_SECTION_CONFLICT,
			       "sections [device %s] and [device %s] select the device and differ "
			       "in driver, vfs, group, allow or reset",
			       claim->section->label, section->label),
			"%s, or %s", first, second);
	}
}

/* The functions that a section means; returns how many they are, refused ones among them. */
static size_t match_section(struct match *match, const struct device_section *section)
{
	bool by_place = section->addresses.n || section->paths.n;
	size_t n = 0;

	vec_foreach(claim, match) {
		const struct pci_function *function = claim->function;

		/* Virtual functions may have the identity of their physical one, and a place beside it. */
		if (address_list_has(&section->except, &function->address) ||
		    !section_place_matches(section, function) || (section->vfs && function->is_vf))
			continue;
		if (function->unknown & FUNCTION_IDS) {
			/* Not known to be another one: only who listed its place is told. */
			if (by_place)
				add_claim(match, section, claim);
			continue;
		}
		if (section_identity_matches(section, function)) {
			add_claim(match, section, claim);
			n++;
		} else if (by_place && section_has_identity(section)) {
			if (!claim->section)
				claim->section = section;
			/* Its serial number was not asked for: it is not known to be another one. */
			if (function->hangs && (function->unknown & FUNCTION_SERIAL) &&
			    section_kind_matches(section, function))
				claim_refuse_hanging(match, claim);
			else
				refuse_mismatch(match, claim, section);
		}
	}
	return n;
}

/* The claim of a section with vfs on the physical function that a virtual one belongs to, or NULL. */
static const struct claim *physical_claim(const struct match *match,
					  const struct pci_function *function)
{
	const struct claim *claim = function->is_vf ? match_find(match, &function->physfn) : NULL;

	return claim && claim_is_physical(claim) ? claim : NULL;
}

/* The virtual functions of what sections claim for the sake of them. */
static void match_virtual(struct match *match)
{
	vec_foreach(claim, match) {
		const struct claim *physical = physical_claim(match, claim->function);

		if (physical && !physical->refused &&
		    !address_list_has(&physical->section->except, &claim->function->address))
			add_claim(match, physical->section, claim);
	}
}

/* Is the function, which the section lists, claimed or refused? */
static bool is_settled(const struct match *match, const struct device_section *section,
		       const struct claim *claim)
{
	const struct pci_function *function = claim->function;

	if (!section->vfs || !function->is_vf)
		return section_place_matches(section, function) &&
		       (section->addresses.n || section->paths.n ||
			(!(function->unknown & FUNCTION_IDS) &&
			 section_kind_matches(section, function)));
	return claim->section || physical_claim(match, function);
}

/* It is there, and another key of its section says that it is not meant. */
static void refuse_contradicted(struct match *match, const struct device_section *section,
				struct claim *claim)
{
	const struct pci_function *function = claim->function;
	_cleanup_(buf_done) struct buf meant = {};
	struct finding *finding;

	if (!claim->section)
		claim->section = section;
	if (!section_path_matches(section, function)) {
		finding = refuse(match, claim, FINDING_IDENTITY_MISMATCH,
				 "section [device %s] lists this address, but not its path, which "
				 "%s%s",
				 section->label, function->port_path ? "is " : "cannot be read",
				 function->port_path ? function->port_path : "");
		if (meant_add(&meant, match->inventory, section, true)) {
			finding_remedy(finding,
				       "the path leads to%s: correct the address or the path",
				       buf_text(&meant));
			return;
		}
	} else if (section->vfs && function->is_vf) {
		finding_remedy(refuse(match, claim, FINDING_IDENTITY_MISMATCH,
				      "section [device %s] makes virtual functions and lists this "
				      "one, but not its physical function",
				      section->label),
			       "list the physical function instead: %s",
			       PCI_ADDRESS_TEXT(&function->physfn));
		return;
	} else {
		finding = refuse(match, claim, FINDING_IDENTITY_MISMATCH,
				 "section [device %s] lists the device's serial number, but "
				 "describes another device than %04x:%04x (class %06x)",
				 section->label, function->vendor, function->device,
				 function->class);
	}
	finding_remedy(finding, "correct the section");
}

static void check_listed(struct match *match, const struct device_section *section)
{
	/* Of addresses alone match_section() has claimed or refused each. */
	size_t n = section->addresses.n && !section->paths.n && !section->vfs
			   ? 0
			   : section_count_listed(section);

	for (size_t i = 0; i < n; i++) {
		struct claim *first = NULL;
		bool settled = false;

		vec_foreach(claim, match) {
			if (!section_lists(section, i, claim->function) ||
			    address_list_has(&section->except, &claim->function->address))
				continue;
			first = first ? first : claim;
			settled = settled || is_settled(match, section, claim);
		}
		if (first && !settled)
			refuse_contradicted(match, section, first);
	}
}

static void check_count(struct match *match, const struct device_section *section, size_t n_matched)
{
	_cleanup_free_ char *subject = xasprintf("device %s", section->label);

	if (!section->has_count || n_matched == section->count)
		return;
	finding_remedy(
		finding_add(&match->findings,
			    section->optional && n_matched < section->count ? SEVERITY_NOTE
									    : SEVERITY_ERROR,
			    FINDING_COUNT, subject,
			    "the section selects %zu devices, and its count is %u", n_matched,
			    section->count),
		n_matched > section->count
			? "none of them is touched, as which ones are meant is not known: select "
			  "fewer devices, or correct count"
			: "check why a device is missing (vfio-prepare list), or correct count");
	if (n_matched < section->count)
		return;
	vec_foreach(claim, match)
		if (claim->section == section)
			claim->refused = true;
}

static bool same_slot(const struct claim *a, const struct claim *b)
{
	return pci_address_same_slot(&a->function->address, &b->function->address);
}

/* Marks what the decision has to look at besides the claims: their groups and their slots. */
static void find_concerned(struct match *match)
{
	_cleanup_free_ bool *groups = NULL;
	struct claim *slot = match->items, *end = match->items + match->n;
	int max_group = -1;

	vec_foreach(claim, match)
		if (claim->function->iommu_group > max_group)
			max_group = claim->function->iommu_group;
	groups = xcalloc((size_t)max_group + 1, sizeof(*groups));
	vec_foreach(claim, match)
		if (claim->section && claim->function->iommu_group >= 0)
			groups[claim->function->iommu_group] = true;
	vec_foreach(claim, match) {
		int group = claim->function->iommu_group;

		if (group >= 0 && groups[group])
			claim->concerned = true;
		/* Functions of a slot stand beside each other. */
		if (!same_slot(slot, claim))
			slot = claim;
		for (struct claim *other = slot;
		     claim->section && other < end && same_slot(other, claim); other++)
			other->concerned = true;
	}
}

void match_make(const struct profile *profile, const struct inventory *inventory, struct match *ret)
{
	struct match match = {.inventory = inventory};

	vec_foreach(function, inventory) {
		struct claim *claim = vec_add(&match);

		claim->function = function;
	}
	vec_foreach(section, &profile->sections) {
		size_t n = match_section(&match, section);

		absences_find(inventory, section, n, &match.absent, &match.findings);
		check_count(&match, section, n);
	}
	match_virtual(&match);
	check_behind(&match);
	vec_foreach(section, &profile->sections)
		check_listed(&match, section);
	find_concerned(&match);
	*ret = match;
}

void match_done(struct match *match)
{
	if (!match)
		return;
	free(match->items);
	free(match->absent.items);
	findings_done(&match->findings);
	*match = (struct match){};
}

struct claim *match_find(const struct match *match, const struct pci_address *address)
{
	const struct pci_function *function = inventory_find(match->inventory, address);

	return function ? &match->items[function - match->inventory->items] : NULL;
}

bool claim_is_physical(const struct claim *claim)
{
	return claim->section && claim->section->vfs && !claim->function->is_vf;
}

bool claim_is_right(const struct claim *claim)
{
	const char *driver = claim->function->driver;

	return claim->section && driver &&
	       strcmp(driver, wanted_driver(claim->section, claim->function)) == 0;
}

bool match_takes(const struct match *match, bool bound)
{
	vec_foreach(claim, match) {
		if (claim_is_physical(claim)) {
			/* Virtual functions may have to go, which somebody may use. */
			unsigned n = inventory_count_vfs(match->inventory,
							 &claim->function->address);

			if (n && n != claim->section->vfs)
				return true;
			continue;
		}
		if (claim->section && !claim->refused && !claim_is_right(claim) &&
		    (!bound || claim->function->driver))
			return true;
	}
	return false;
}

bool match_spans_host(const struct match *match)
{
	vec_foreach(claim, match)
		if ((claim->concerned && claim->function->class >> 16 == 0x03) ||
		    (claim->section && claim->function->has_above))
			return true;
	vec_foreach(finding, &match->findings)
		if (finding->type == FINDING_IDENTITY_MISMATCH)
			return true;
	vec_foreach(absence, &match->absent)
		if (!absence->section->optional && section_has_identity(absence->section))
			return true;
	return false;
}
