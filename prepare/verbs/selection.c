/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/selection.h"

#include <errno.h>

#include "base/log.h"
#include "parse/address.h"

void selection_done(struct selection *selection)
{
	if (selection->by_name)
		regfree(&selection->name);
}

int selection_parse(const struct options *options, struct selection *ret)
{
	if (options->filter && id_pattern_parse(options->filter, &ret->id) < 0)
		return log_fail(-EINVAL, "--filter: \"%s\" is not vendor:device[:class] in hex",
				options->filter);
	if (options->address && address_pattern_parse(options->address, &ret->address) < 0)
		return log_fail(-EINVAL, "--address: \"%s\" is not [domain:]bus:device.function",
				options->address);
	if (options->name) {
		int r = regcomp(&ret->name, options->name, REG_EXTENDED | REG_ICASE | REG_NOSUB);
		char message[128];

		if (r != 0) {
			regerror(r, &ret->name, message, sizeof(message));
			return log_fail(-EINVAL, "--name: \"%s\": %s", options->name, message);
		}
	}
	ret->by_id = options->filter;
	ret->by_address = options->address;
	ret->by_name = options->name;
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
