/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <search.h>
#include <string.h>

#include "host/modules.h"
#include "host/pci_modules.h"

static int compare_modalias(const void *a, const void *b)
{
	const struct pci_function *f = a, *g = b;

	return strcmp(f->modalias, g->modalias);
}

static void keep_node(void *node _unused_)
{
}

/* Variant drivers have aliases of their own, "vfio_pci:v000015B3d0000101E..." (Documentation/driver-api/vfio.rst). */
static void lookup(struct kmod_ctx *modules, struct pci_function *function)
{
	_cleanup_(strv_done) struct strv variants = {};

	if (modules_lookup(modules, function->modalias, &function->modules) < 0)
		return;
	function->unknown &= ~(unsigned)FUNCTION_MODULES;
	if (strncmp(function->modalias, "pci:", 4) == 0) {
		_cleanup_free_ char *alias = xasprintf("vfio_pci:%s", function->modalias + 4);

		modules_lookup(modules, alias, &variants);
		for (size_t i = 0; i < variants.n && !function->variant; i++)
			if (strcmp(variants.items[i], "vfio_pci") != 0)
				function->variant = xstrdup(variants.items[i]);
	}
}

static void copy_lookup(struct pci_function *function, const struct pci_function *known)
{
	for (size_t i = 0; i < known->modules.n; i++)
		strv_add(&function->modules, known->modules.items[i]);
	function->variant = xstrdup_null(known->variant);
	function->unknown &= ~(unsigned)FUNCTION_MODULES | (known->unknown & FUNCTION_MODULES);
}

void pci_read_modules(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	struct kmod_ctx *modules = NULL;
	void *known = NULL; /* functions by modalias: equal devices are looked up once */

	if (!inventory->kernel)
		return;
	vec_foreach(function, inventory) {
		struct pci_function **node;

		if (!function->modalias || !needs_fact(needs, inventory, function, FACT_MODULES))
			continue;
		if (!modules && modules_open(root, inventory->kernel, &modules) < 0)
			break;
		node = tsearch(function, &known, compare_modalias);
		if (node && *node != function)
			copy_lookup(function, *node);
		else
			lookup(modules, function);
	}
	tdestroy(known, keep_node);
	modules_close(modules);
}
