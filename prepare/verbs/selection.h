/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The selectors of the command line, --filter, --address and --name, which several verbs have. */
#pragma once

#include <regex.h>

#include "model/address.h"
#include "model/inventory.h"
#include "verbs/verb.h"

struct selection {
	bool by_id, by_address, by_name;
	struct id_pattern id;
	struct address_pattern address;
	regex_t name;
};

/* Reads the selectors and reports what is wrong with them; 0 or -EINVAL. */
int selection_parse(const struct options *options, struct selection *ret);
void selection_done(struct selection *selection);
/* Do all selectors that were given fit the function? */
bool selection_has(const struct selection *selection, const struct pci_function *function);
