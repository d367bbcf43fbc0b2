/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/log.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "render/list.h"
#include "verbs/verb.h"

struct selection {
	bool by_id, by_address, by_name;
	struct id_pattern id;
	struct address_pattern address;
	regex_t name;
};

static void selection_done(struct selection *selection)
{
	if (selection->by_name)
		regfree(&selection->name);
}

static int selection_parse(const struct arguments *arguments, struct selection *ret)
{
	if (arguments->filter && id_pattern_parse(arguments->filter, &ret->id) < 0) {
		log_error("--filter: \"%s\" is not vendor:device[:class] in hex",
			  arguments->filter);
		return -EINVAL;
	}
	if (arguments->address && address_pattern_parse(arguments->address, &ret->address) < 0) {
		log_error("--address: \"%s\" is not [domain:]bus:device.function",
			  arguments->address);
		return -EINVAL;
	}
	if (arguments->name) {
		int r = regcomp(&ret->name, arguments->name, REG_EXTENDED | REG_ICASE | REG_NOSUB);
		char message[128];

		if (r != 0) {
			regerror(r, &ret->name, message, sizeof(message));
			log_error("--name: \"%s\": %s", arguments->name, message);
			return -EINVAL;
		}
	}
	ret->by_id = arguments->filter;
	ret->by_address = arguments->address;
	ret->by_name = arguments->name;
	return 0;
}

static bool selected(const struct selection *selection, const struct pci_function *function)
{
	if (selection->by_id && ((function->unknown & FUNCTION_IDS) ||
				 !id_pattern_matches(&selection->id, function->vendor,
						     function->device, function->class)))
		return false;
	if (selection->by_address &&
	    !address_pattern_matches(&selection->address, &function->address))
		return false;
	return !selection->by_name ||
	       (function->name && regexec(&selection->name, function->name, 0, NULL, 0) == 0);
}

/* Whose section wants each function. A host without a usable profile can be listed all the same. */
static void find_sections(struct root *root, const struct arguments *arguments,
			  struct inventory *inventory, struct profile *profile, const char **ret)
{
	struct findings findings = {};
	struct match match = {};
	int r = profile_load(root, arguments->profile, profile, &findings);

	if (r == -EINVAL || (r == -ENOENT && arguments->profile))
		log_findings(&findings);
	if (r == 0) {
		if (profile_asks_serials(profile))
			scan_serials(root, inventory);
		match_make(profile, inventory, &match);
		for (size_t i = 0; i < inventory->n; i++)
			ret[i] = match.claims[i].section ? match.claims[i].section->label : NULL;
	}
	match_done(&match);
	findings_done(&findings);
}

static bool is_shown(void *userdata, const struct pci_function *function)
{
	return selected(userdata, function);
}

static int run(struct root *root, const struct arguments *arguments)
{
	struct selection selection = {};
	struct inventory inventory = {};
	struct profile profile = {};
	_cleanup_free_ bool *shown = NULL;
	_cleanup_free_ const char **sections = NULL;
	int r;

	if (selection_parse(arguments, &selection) < 0)
		return STATUS_USAGE;
	r = scan_host(root, SCAN_DETAILS | SCAN_OVERRIDES | SCAN_NAMES, &inventory);
	if (r < 0) {
		log_error("the PCI functions of the host cannot be read: %s", strerror(-r));
		selection_done(&selection);
		return STATUS_FAILED;
	}
	shown = xcalloc(inventory.n, sizeof(*shown));
	sections = xcalloc(inventory.n, sizeof(*sections));
	for (size_t i = 0; i < inventory.n; i++)
		shown[i] = selected(&selection, &inventory.items[i]);
	if (arguments->format == FORMAT_JSON)
		scan_modules(root, &inventory, is_shown, &selection);
	find_sections(root, arguments, &inventory, &profile, sections);
	r = report(render_list(arguments->format, &inventory, shown, sections), STATUS_DONE);

	profile_done(&profile);
	inventory_done(&inventory);
	selection_done(&selection);
	return r;
}

const struct verb list_verb = {
	.name = "list",
	.summary = "show the PCI functions of the host",
	.help = "Shows each PCI function with its IOMMU group, ids, driver and name, and the section of the\n"
		"profile that selects it. The JSON format also has the candidate kernel modules.\n",
	.run = run,
};
