/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/address.h"

bool pci_address_same_slot(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot;
}

bool address_pattern_matches(const struct address_pattern *pattern,
			     const struct pci_address *address)
{
	return pci_address_same_slot(&pattern->address, address) &&
	       (pattern->any_function || pattern->address.function == address->function);
}

char *put_hex(char *to, uint32_t value, int digits)
{
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 0xf];
	return to;
}

char *pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_MAX])
{
	int digits = 4;
	char *to;

	while (digits < 8 && address->domain >> 4 * digits)
		digits++;
	to = put_hex(text, address->domain, digits);
	*to++ = ':';
	to = put_hex(to, address->bus, 2);
	*to++ = ':';
	to = put_hex(to, address->slot & 0x1fU, 2);
	*to++ = '.';
	to = put_hex(to, address->function & 7U, 1);
	*to = '\0';
	return text;
}

int pci_address_compare(const struct pci_address *a, const struct pci_address *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	return (a->bus << 8 | a->slot << 3 | a->function) -
	       (b->bus << 8 | b->slot << 3 | b->function);
}

bool pci_address_list_has(const struct pci_address_list *list, const struct pci_address *address)
{
	vec_foreach(item, list)
		if (pci_address_compare(item, address) == 0)
			return true;
	return false;
}

int pci_address_order(const void *a, const void *b)
{
	return pci_address_compare(a, b);
}

char *port_path_append(char *path, const struct pci_address *address)
{
	char *longer;

	if (path)
		longer = xasprintf("%s/%02x.%x", path, address->slot, address->function);
	else if (address->domain)
		longer = xasprintf("%04x:%02x:%02x.%x", address->domain, address->bus,
				   address->slot, address->function);
	else
		longer = xasprintf("%02x:%02x.%x", address->bus, address->slot, address->function);
	free(path);
	return longer;
}

/* By address; a pattern for all functions of a slot stands before its function 0. */
static int compare_patterns(const void *a, const void *b)
{
	const struct address_pattern *p = a, *q = b;
	int order = pci_address_compare(&p->address, &q->address);

	return order ? order : (int)q->any_function - (int)p->any_function;
}

void address_list_sort(struct address_list *list)
{
	vec_sort(list, compare_patterns);
}

bool address_list_has(const struct address_list *list, const struct pci_address *address)
{
	struct address_pattern exact = {.address = *address},
			       slot = {.address = *address, .any_function = true};

	slot.address.function = 0;
	/* Most functions of a host lie outside of what is listed. */
	if (!list->n || pci_address_compare(&slot.address, &list->items[list->n - 1].address) > 0 ||
	    pci_address_compare(address, &list->items[0].address) < 0)
		return false;
	return vec_find(list, &exact, compare_patterns) || vec_find(list, &slot, compare_patterns);
}

bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class)
{
	return (pattern->vendor < 0 || pattern->vendor == vendor) &&
	       (pattern->device < 0 || pattern->device == device) &&
	       (class & pattern->class_mask) == pattern->class;
}
