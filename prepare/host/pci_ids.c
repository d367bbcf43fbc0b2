/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci_ids.h"

#include <string.h>

#include "base/text.h"

#define PCI_IDS_MAX_BYTES (16 * 1024 * 1024)

static const char *const places[] = {
	"/usr/share/misc/pci.ids",
	"/usr/share/hwdata/pci.ids",
	"/var/lib/pciutils/pci.ids",
};

/* A vendor's or device's line: four hex digits, two spaces, the name. */
static const char *line_name(const char *line, uint64_t *ret_id)
{
	if (strnlen(line, 4) < 4 || number_parse_n(line, 4, 16, 0xffff, ret_id) < 0 ||
	    line[4] != ' ')
		return NULL;
	return line + 4 + strspn(line + 4, " ");
}

static void name_functions(struct inventory *inventory, uint64_t vendor, uint64_t device,
			   const char *vendor_name, const char *device_name)
{
	vec_foreach(function, inventory) {
		if (function->vendor != vendor || (device_name && function->device != device) ||
		    (function->unknown & FUNCTION_IDS))
			continue;
		free(function->name);
		function->name = device_name ? xasprintf("%s %s", vendor_name, device_name)
					     : xstrdup(vendor_name);
	}
}

/* The ids in use, so that only a few of the file's 40000 lines are looked at closely. */
static uint8_t *used_ids(const struct inventory *inventory, bool devices)
{
	uint8_t *used = xcalloc(0x10000, 1);

	vec_foreach(function, inventory)
		used[devices ? function->device : function->vendor] = 1;
	return used;
}

void pci_ids_name(struct root *root, struct inventory *inventory)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ uint8_t *vendors = used_ids(inventory, false),
			       *devices = used_ids(inventory, true);
	const char *vendor_name = NULL, *name;
	char *position, *line;
	uint64_t vendor = 0, id;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !text; i++)
		text = root_read_text(root, places[i], PCI_IDS_MAX_BYTES);
	position = text;
	while (position && (line = strsep(&position, "\n"))) {
		if (*line == '#' || !*line)
			continue;
		if (*line != '\t') {
			/* Behind the vendors stand classes, "C 03  Display controller". */
			name = line_name(line, &vendor);
			vendor_name = name && vendors[vendor] ? name : NULL;
			if (vendor_name)
				name_functions(inventory, vendor, 0, vendor_name, NULL);
		} else if (vendor_name && line[1] != '\t') {
			name = line_name(line + 1, &id);
			if (name && devices[id])
				name_functions(inventory, vendor, id, vendor_name, name);
		}
	}
}
