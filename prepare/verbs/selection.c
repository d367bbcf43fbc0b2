/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/selection.h"

#include <errno.h>

#include "base/log.h"

void selection_done(struct selection *selection)
{
	if (selection->by_name)
		regfree(&selection->name);
}

int selection_parse(const struct arguments *arguments, struct selection *ret)
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

bool selection_has(const struct selection *selection, const struct pci_function *function)
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
