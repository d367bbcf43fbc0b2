/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"

#include "model/inventory.h"

void needs_done(struct needs *needs)
{
	if (!needs)
		return;
	free(needs->functions);
	free(needs->places.items);
	strv_done(&needs->modules);
	*needs = (struct needs){};
}

bool needs_fact(const struct needs *needs, const struct inventory *inventory,
		const struct pci_function *function, unsigned facts)
{
	size_t i = (size_t)(function - inventory->items);

	return i < needs->n && (needs->functions[i] & facts & ~function->known);
}

bool needs_any(const struct needs *needs, const struct inventory *inventory)
{
	if (needs->host & ~inventory->known)
		return true;
	for (size_t i = 0; i < needs->n; i++)
		if (needs->functions[i] & ~inventory->items[i].known)
			return true;
	return false;
}
