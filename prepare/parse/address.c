/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/address.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

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

/*
 * A part of a path of sysfs that is the name of a function. Others would be an address to a person: since Linux 6.5
 * "00:02:0.0" is the port of a serial line, below "00:02" of drivers/pnp (drivers/tty/serial/serial_base_bus.c).
 */
static bool is_function(const char *part, struct pci_address *ret)
{
	struct pci_address address;

	if (pci_address_parse(part, &address) < 0 || strcmp(PCI_ADDRESS_TEXT(&address), part) != 0)
		return false;
	*ret = address;
	return true;
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
		else if (is_function(part, &address))
			ports = port_path_append(ports, &address);
	}
	return ports;
}

bool function_above(const char *path, struct pci_address *ret)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *position = copy, *part;
	struct pci_address last = {};
	bool found = false, above = false;

	while ((part = strsep(&position, "/"))) {
		struct pci_address address;

		if (strncmp(part, "pci", 3) == 0 && strchr(part, ':') && found) {
			*ret = last;
			above = true;
		} else if (is_function(part, &address)) {
			last = address;
			found = true;
		}
	}
	return above;
}

void path_carriers(const char *path, struct pci_address_list *ret)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *position = copy, *part;

	while ((part = strsep(&position, "/"))) {
		struct pci_address address;

		if (is_function(part, &address))
			*vec_add(ret) = address;
	}
}

static int id_part(const char *text, size_t length, int32_t *ret)
{
	uint64_t value;

	if (length == 0 || (length == 1 && *text == '*')) {
		*ret = -1;
		return 0;
	}
	if (length > 4 || number_parse_n(text, length, 16, 0xffff, &value) < 0)
		return -EINVAL;
	*ret = (int32_t)value;
	return 0;
}

int class_pattern_parse(const char *text, struct id_pattern *ret)
{
	size_t digits = strlen(text);
	uint64_t value;

	if (digits < 2 || digits > 6 || number_parse(text, 16, 0xffffff, &value) < 0)
		return -EINVAL;
	*ret = (struct id_pattern){
		.vendor = -1,
		.device = -1,
		.class = (uint32_t)value << 4 * (6 - digits),
		.class_mask = (0xffffffU << 4 * (6 - digits)) & 0xffffffU,
	};
	return 0;
}

int id_pattern_parse(const char *text, struct id_pattern *ret)
{
	struct id_pattern pattern = {.vendor = -1, .device = -1};
	const char *colon = strchr(text, ':'), *second;

	if (!colon)
		return -EINVAL;
	second = strchrnul(colon + 1, ':');
	if (*second && second[1] && strcmp(second + 1, "*") != 0 &&
	    class_pattern_parse(second + 1, &pattern) < 0)
		return -EINVAL;
	if (id_part(text, (size_t)(colon - text), &pattern.vendor) < 0 ||
	    id_part(colon + 1, (size_t)(second - colon - 1), &pattern.device) < 0)
		return -EINVAL;
	*ret = pattern;
	return 0;
}

/*
 * drivers/vfio/pci/vfio_pci.c vfio_pci_fill_ids(), drivers/pci/pci-stub.c: sscanf() of up to six
 * "%x", of which two must be there; what follows the last that is understood is passed over.
 */
int foreign_id_parse(const char *text, struct foreign_id *ret)
{
	struct foreign_id id = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0};
	uint32_t *const fields[] = {&id.vendor,    &id.device, &id.subvendor,
				    &id.subdevice, &id.class,  &id.class_mask};
	size_t n = 0;

	while (n < ARRAY_SIZE(fields)) {
		size_t digits;
		uint64_t value;

		if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
		    isxdigit((unsigned char)text[2]))
			text += 2;
		digits = strspn(text, "0123456789abcdefABCDEF");
		if (number_parse_n(text, digits, 16, UINT32_MAX, &value) < 0)
			break;
		*fields[n++] = (uint32_t)value;
		text += digits;
		if (*text++ != ':')
			break;
	}
	if (n < 2)
		return -EINVAL;
	*ret = id;
	return 0;
}
