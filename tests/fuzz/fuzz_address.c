/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address that is read is written in a form that reads as the same address; and each function on
 * a way through sysfs has its step in the path.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/address.h"
#include "parse/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *path)
{
	struct pci_address_list carriers = {};
	char *ports = port_path_of(path);
	size_t n_steps = ports != NULL;

	for (const char *c = ports; c && *c; c++)
		n_steps += *c == '/';
	path_carriers(path, &carriers);
	/* A root bus below another begins the path anew. */
	assert(n_steps <= carriers.n);
	if (!strstr(path, "pci"))
		assert(n_steps == carriers.n);
	free(carriers.items);
	free(ports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_address address, again;
	struct address_pattern pattern;
	char text[PCI_ADDRESS_MAX];
	char *input = strndup((const char *)data, size);

	if (pci_address_parse(input, &address) == 0) {
		pci_address_format(&address, text);
		assert(pci_address_parse(text, &again) == 0);
		assert(pci_address_compare(&address, &again) == 0);
		assert(address_pattern_parse(input, &pattern) == 0);
		assert(!pattern.any_function);
		assert(address_pattern_matches(&pattern, &address));
	} else if (address_pattern_parse(input, &pattern) == 0) {
		assert(pattern.any_function);
		assert(address_pattern_matches(&pattern, &pattern.address));
	}
	check_path(input);
	free(input);
	return 0;
}
