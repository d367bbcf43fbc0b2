/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/display.h"

#include <errno.h>
#include <string.h>

#include "host/pci.h"
#include "parse/address.h"
#include "parse/platform.h"

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
	/* Device links tie only functions to the display of their slot (drivers/pci/quirks.c, quirk_gpu_hda()). */
	bool card = inventory_is_beside_display(inventory, function);
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
	if (function->class >> 8 == 0x0300) {
		int r = attribute_read(root, dir, "boot_vga", text, sizeof(text));

		function->boot_vga = r == 1 && text[0] == '1';
		/* A kernel has it for each of these (drivers/pci/pci-sysfs.c). */
		if (root->live)
			root_unread(root, "boot_vga", r);
	}
}

void display_read(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	_cleanup_free_ char *resources = NULL;
	bool display = false;

	vec_foreach(function, inventory)
		if (needs_fact(needs, inventory, function, FACT_DISPLAY)) {
			root_heed(root);
			read_function(root, inventory, function);
			pci_take_unread(root, function, FACT_DISPLAY);
			display = display || function->class >> 16 == 0x03;
		}
	if (!display)
		return;
	root_heed(root);
	resources = root_read_text(root, "/proc/iomem", TABLE_MAX);
	if (resources)
		iomem_parse(resources, inventory);
	else if (root->live)
		root_unread(root, "/proc/iomem", -ENOENT);
	vec_foreach(function, inventory)
		if (root->unread && function->class >> 16 == 0x03)
			pci_take_unread(root, function, FACT_DISPLAY);
}
