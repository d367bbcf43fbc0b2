/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci_modules.h"

#include <string.h>

#include "host/modules.h"

/* Variant drivers have aliases of their own, "vfio_pci:v000015B3d0000101E..." (Documentation/driver-api/vfio.rst). */
static char *variant_alias(const char *modalias)
{
	return strncmp(modalias, "pci:", 4) == 0 ? xasprintf("vfio_pci:%s", modalias + 4)
						 : xstrdup("");
}

static void take(struct pci_function *function, const struct found_modules *modules,
		 const struct found_modules *variants)
{
	if (!modules->known)
		return;
	function->unknown &= ~(unsigned)FUNCTION_MODULES;
	for (size_t i = 0; i < modules->names.n; i++)
		strv_add(&function->modules, modules->names.items[i]);
	for (size_t i = 0; i < variants->names.n && !function->variant; i++)
		if (strcmp(variants->names.items[i], "vfio_pci") != 0)
			function->variant = xstrdup(variants->names.items[i]);
}

static int compare_modalias(const void *modalias, const void *name)
{
	return strcmp(modalias, *(char *const *)name);
}

void pci_read_modules(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	/* Equal devices are looked up once: the alias of the device, and beside it that of the variants for it. */
	_cleanup_(strv_done) struct strv all = {}, names = {}, aliases = {};
	struct found_modules *found;

	vec_foreach(function, inventory)
		if (function->modalias &&
		    (!all.n || strcmp(all.items[all.n - 1], function->modalias) != 0) &&
		    needs_fact(needs, inventory, function, FACT_MODULES))
			strv_add(&all, function->modalias);
	if (!inventory->kernel || !all.n)
		return;
	strv_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		if (i + 1 == all.n || strcmp(all.items[i], all.items[i + 1]) != 0)
			strv_add(&names, all.items[i]);
	vec_foreach(name, &names)
		strv_add(&aliases, *name);
	vec_foreach(name, &names)
		strv_take(&aliases, variant_alias(*name));
	found = xcalloc(aliases.n, sizeof(*found));
	if (modules_find(root, inventory->kernel, &aliases, found) == 0)
		vec_foreach(function, inventory) {
			char **name = function->modalias ? vec_find(&names, function->modalias,
								    compare_modalias)
							 : NULL;

			if (name && needs_fact(needs, inventory, function, FACT_MODULES))
				take(function, &found[name - names.items],
				     &found[name - names.items + (ptrdiff_t)names.n]);
		}
	found_modules_done(found, aliases.n);
}
