/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Incus: devices of the type pci. */
#include "render/escape.h"
#include "render/export.h"

/*
 * At the end of a guest Incus gives a device back to the driver that it had before, which is vfio-pci
 * (internal/server/device/pci.go).
 */
char *render_incus(const struct export *export)
{
	struct buf buf = {};

	buf_add(&buf, "devices:\n");
	vec_foreach(section, &export->profile->sections) {
		unsigned n = 0;

		vec_foreach(device, export) {
			_cleanup_free_ char *name = NULL;

			if (device->section != section || device->companion)
				continue;
			name = xasprintf("%s%u", export_alias(section), n++);
			buf_add(&buf, "  ");
			add_yaml_text(&buf, name);
			buf_addf(&buf, ":\n    type: pci\n    address: \"%s\"\n",
				 PCI_ADDRESS_TEXT(&device->address));
		}
	}
	return buf_take(&buf);
}
