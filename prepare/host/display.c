/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/display.h"

#include <string.h>

#include "host/pci.h"
#include "parse/address.h"

#define TABLE_MAX (4 * 1024 * 1024)

/* "consumer:pci:0000:01:00.1", "supplier:pci:..." (Documentation/ABI/testing/sysfs-devices-consumer) */
static void read_links(struct root *root, const char *directory, struct pci_function *function)
{
	static const char *const prefixes[] = {"consumer:pci:", "supplier:pci:"};
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(prefixes); j++) {
			size_t length = strlen(prefixes[j]);
			struct pci_address address;

			if (strncmp(names.items[i], prefixes[j], length) == 0 &&
			    pci_address_parse(names.items[i] + length, &address) == 0)
				*vec_add(&function->linked) = address;
		}
}

static void read_function(struct root *root, const struct inventory *inventory,
			  struct pci_function *function)
{
	/* Device links tie only the functions of graphics cards (drivers/pci/quirks.c, quirk_gpu_hda()). */
	bool card = inventory_is_of_display_card(inventory, function);
	char path[DEVICE_PATH_MAX], text[256];
	int dir;

	if (!card && !function->driver)
		return;
	dir = device_lend(root, &function->address);
	if (dir < 0)
		return;
	/* A driver made them, and hardly any leaves them behind. */
	if (function->driver)
		function->live_vfs = attribute_read_link_name(root, dir, "virtfn0", text,
							      sizeof(text)) > 0;
	if (!card)
		return;
	if (!function->is_vf)
		read_links(root, device_path(&function->address, path), function);
	if (function->class >> 8 == 0x0300)
		function->boot_vga = attribute_read(root, dir, "boot_vga", text, sizeof(text)) ==
					     1 &&
				     text[0] == '1';
}

/*
 * /proc/iomem shows resources in a tree by indentation; the firmware's framebuffer stands below the
 * BAR of the function that it lies in: "  e0000000-e0ffffff : 0000:01:00.0" and "... : BOOTFB".
 */
static void find_framebuffer(struct root *root, struct inventory *inventory)
{
	static const char *const names[] = {"BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm"};
	_cleanup_free_ char *text = NULL;
	struct pci_address owner;
	size_t owner_depth = 0;
	bool owned = false;
	char *position, *line;

	if (root_read_file(root, "/proc/iomem", TABLE_MAX, &text, NULL) < 0)
		return;
	position = text;
	while ((line = strsep(&position, "\n"))) {
		size_t depth = strspn(line, " ");
		char *name = strstr(line, " : ");
		struct pci_function *function;

		if (!name)
			continue;
		name += strlen(" : ");
		if (depth <= owner_depth)
			owned = false;
		if (pci_address_parse(name, &owner) == 0) {
			owned = true;
			owner_depth = depth;
			continue;
		}
		function = owned ? inventory_find(inventory, &owner) : NULL;
		for (size_t i = 0; i < ARRAY_SIZE(names) && function; i++)
			if (strcmp(name, names[i]) == 0)
				function->boot_framebuffer = true;
	}
}

void display_read(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	bool display = false;

	vec_foreach(function, inventory)
		if (needs_fact(needs, inventory, function, FACT_DISPLAY)) {
			read_function(root, inventory, function);
			display = display || function->class >> 16 == 0x03;
		}
	if (display)
		find_framebuffer(root, inventory);
}
