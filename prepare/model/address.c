/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

/* Reads the hex field of text that ends at end, and moves text behind it. */
static int field(const char **text, const char *end, size_t max_digits, uint64_t max, uint64_t *ret)
{
	size_t length = (size_t)(end - *text);

	if (length > max_digits || number_parse_n(*text, length, 16, max, ret) < 0)
		return -EINVAL;
	*text = end + 1;
	return 0;
}

int address_pattern_parse(const char *text, struct address_pattern *ret)
{
	const char *colon = strchr(text, ':'), *second = colon ? strchr(colon + 1, ':') : NULL;
	const char *dot = strchr(text, '.');
	uint64_t domain = 0, bus, slot, function = 0;
	bool any = false;

	if (!colon || !dot)
		return -EINVAL;
	if (second) {
		if (field(&text, colon, 8, UINT32_MAX, &domain) < 0)
			return -EINVAL;
		colon = second;
	}
	if (dot < colon || field(&text, colon, 2, 0xff, &bus) < 0 ||
	    field(&text, dot, 2, 0x1f, &slot) < 0)
		return -EINVAL;
	if (strcmp(text, "*") == 0)
		any = true;
	else if (field(&text, text + strlen(text), 1, 7, &function) < 0)
		return -EINVAL;

	*ret = (struct address_pattern){
		.address = {(uint32_t)domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function},
		.any_function = any,
	};
	return 0;
}

int pci_address_parse(const char *text, struct pci_address *ret)
{
	struct address_pattern pattern;

	if (address_pattern_parse(text, &pattern) < 0 || pattern.any_function)
		return -EINVAL;
	*ret = pattern.address;
	return 0;
}

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

static char *put_hex(char *to, uint32_t value, int digits)
{
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 0xf];
	return to;
}

/* By hand: it is done a few times for each function of a host, and snprintf() takes thousands of instructions. */
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

/* ../../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0 (VMD) */
char *port_path_of(const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *position = copy, *part, *ports = NULL;

	while ((part = strsep(&position, "/"))) {
		struct pci_address address;

		if (strncmp(part, "pci", 3) == 0 && strchr(part, ':'))
			free(TAKE_PTR(ports));
		else if (pci_address_parse(part, &address) == 0)
			ports = port_path_append(ports, &address);
	}
	return ports;
}

void path_carriers(const char *path, struct pci_address_list *ret)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *position = copy, *part;

	while ((part = strsep(&position, "/"))) {
		struct pci_address address;

		if (pci_address_parse(part, &address) == 0)
			*vec_add(ret) = address;
	}
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
	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), compare_patterns);
}

bool address_list_has(const struct address_list *list, const struct pci_address *address)
{
	struct address_pattern exact = {.address = *address},
			       slot = {.address = *address, .any_function = true};

	slot.address.function = 0;
	return list->n && (bsearch(&exact, list->items, list->n, sizeof(exact), compare_patterns) ||
			   bsearch(&slot, list->items, list->n, sizeof(slot), compare_patterns));
}
