/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/binding.h"

#include <string.h>

#include "base/alloc.h"

static void binding_done(struct binding *binding)
{
	free(binding->section);
	free(binding->driver);
}

void bindings_done(struct bindings *bindings)
{
	if (!bindings)
		return;
	vec_foreach(binding, bindings)
		binding_done(binding);
	free(bindings->items);
	free(bindings->released.items);
	*bindings = (struct bindings){};
}

/* Where the binding of the address stands, or would have to. */
static size_t place_of(const struct bindings *bindings, const struct pci_address *address)
{
	size_t low = 0, high = bindings->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pci_address_compare(&bindings->items[middle].address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct binding *bindings_find(const struct bindings *bindings,
				    const struct pci_address *address)
{
	size_t at = place_of(bindings, address);

	return at < bindings->n && pci_address_compare(&bindings->items[at].address, address) == 0
		       ? &bindings->items[at]
		       : NULL;
}

static void remove_binding(struct bindings *bindings, const struct pci_address *address)
{
	size_t at = place_of(bindings, address);

	if (!bindings_find(bindings, address))
		return;
	binding_done(&bindings->items[at]);
	bindings->n--;
	for (; at < bindings->n; at++)
		bindings->items[at] = bindings->items[at + 1];
}

void bindings_set(struct bindings *bindings, const struct pci_address *address, const char *section,
		  const char *driver)
{
	struct binding binding = {.address = *address,
				  .section = xstrdup(section ? section : ""),
				  .driver = xstrdup(driver)};
	size_t at = place_of(bindings, address);

	if (bindings_find(bindings, address)) {
		binding_done(&bindings->items[at]);
	} else {
		vec_add(bindings);
		for (size_t i = bindings->n - 1; i > at; i--)
			bindings->items[i] = bindings->items[i - 1];
	}
	bindings->items[at] = binding;
}

bool bindings_has_released(const struct bindings *bindings, const struct pci_address *address)
{
	vec_foreach(released, &bindings->released)
		if (pci_address_compare(released, address) == 0)
			return true;
	return false;
}

static void set_released(struct bindings *bindings, const struct pci_address *address,
			 bool released)
{
	size_t n = 0;

	vec_foreach(other, &bindings->released)
		if (pci_address_compare(other, address) != 0)
			bindings->released.items[n++] = *other;
	bindings->released.n = n;
	if (released)
		*vec_add(&bindings->released) = *address;
}

void bindings_update(struct bindings *bindings, const struct outcomes *outcomes)
{
	vec_foreach(outcome, outcomes) {
		/* What has virtual functions is on its own driver. */
		if ((outcome->result != RESULT_DONE && outcome->result != RESULT_ALREADY) ||
		    outcome->vfs)
			continue;
		if (outcome->want) {
			set_released(bindings, &outcome->address, false);
			bindings_set(bindings, &outcome->address, outcome->section, outcome->want);
		} else if (outcome->result == RESULT_DONE ||
			   bindings_find(bindings, &outcome->address)) {
			set_released(bindings, &outcome->address, true);
			remove_binding(bindings, &outcome->address);
		}
	}
}

bool bindings_tell(const struct bindings *bindings, const struct outcomes *outcomes)
{
	vec_foreach(outcome, outcomes) {
		const struct binding *binding = bindings_find(bindings, &outcome->address);
		bool known = outcome->want ? binding && strcmp(binding->driver, outcome->want) == 0
					   : !binding;

		if (outcome->result == RESULT_DONE || outcome->result == RESULT_FAILED ||
		    outcome->result == RESULT_TIMEOUT ||
		    (outcome->result == RESULT_ALREADY && !known && !outcome->vfs))
			return false;
	}
	return true;
}
