/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/denylist.h"

#include <string.h>

#include "parse/kernel_args.h"

/* All are Intel's. */
static bool has(unsigned vendor, unsigned device)
{
	static const uint16_t devices[] = {
		0x19e2, 0x19e3, /* QAT C3XXX and its virtual functions */
		0x37c8, 0x37c9, /* QAT C62X */
		0x0435, 0x0443, /* QAT DH895XCC */
		0x0b25, 0x0cfe, /* DSA and IAX of Sapphire Rapids; since 6.9 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (vendor == 0x8086 && device == devices[i])
			return true;
	return false;
}

bool denylist_may_matter(const struct inventory *inventory)
{
	vec_foreach(function, inventory)
		if (has(function->vendor, function->device) ||
		    (function->vf_device >= 0 &&
		     has(function->vendor, (unsigned)function->vf_device)))
			return true;
	return false;
}

/* A module that is not loaded has its parameters from modprobe.d, too. */
static bool is_off(const struct inventory *inventory)
{
	enum answer off = inventory->platform.denylist_off;

	return off == ANSWER_YES ||
	       kernel_args_bool(&inventory->args, "vfio_pci.disable_denylist", false) ||
	       (off == ANSWER_UNKNOWN &&
		foreign_option_is_on(&inventory->foreign, "vfio_pci.disable_denylist"));
}

bool function_is_denylisted(const struct inventory *inventory, const struct pci_function *function)
{
	return has(function->vendor, function->device) && !is_off(inventory);
}

/* The id of what goes to the guest; virtual functions have the vendor of their physical one. */
static int given_device(const struct claim *claim)
{
	return claim_is_physical(claim) ? claim->function->vf_device : claim->function->device;
}

bool denylist_concerns(const struct claim *claim)
{
	const struct pci_function *function = claim->function;
	const char *driver;
	int device;

	if (!claim->section || (function->unknown & FUNCTION_IDS))
		return false;
	device = given_device(claim);
	driver = claim->section->driver;
	return device >= 0 && has(function->vendor, (unsigned)device) &&
	       (strcmp(driver, "vfio-pci") == 0 ||
		(strcmp(driver, "auto") == 0 && (claim_is_physical(claim) || !function->variant)));
}

void denylist_decide(enum phase phase, struct match *match)
{
	const struct inventory *inventory = match->inventory;

	if (is_off(inventory) ||
	    (inventory->platform.denylist_off == ANSWER_UNKNOWN && phase < PHASE_MANUAL))
		return;
	vec_foreach(claim, match) {
		bool physical = claim_is_physical(claim);

		if (claim->refused || !denylist_concerns(claim) ||
		    (!physical && claim_is_right(claim)))
			continue;
		claim->refused = true;
		finding_remedy(
			finding_add(
				&match->findings, SEVERITY_ERROR, FINDING_DENYLISTED,
				PCI_ADDRESS_TEXT(&claim->function->address),
				"vfio-pci refuses %04x:%04x%s (its denylist), as a guest can use "
				"the device to harm the host",
				claim->function->vendor, (unsigned)given_device(claim),
				physical ? ", the id of its virtual functions" : ""),
			"if all guests are trusted, add vfio-pci.disable_denylist=1 to the "
			"kernel's arguments and restart");
	}
}
