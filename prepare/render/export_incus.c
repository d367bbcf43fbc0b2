/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Incus: devices of the type pci. */
#include "render/escape.h"
#include "render/export.h"

/*
 * At the end of a guest Incus gives a device back to the driver that it had before, which is vfio-pci
 * (internal/server/device/pci.go). The '-' before the number keeps names apart, whatever sections are called.
 */
char *render_incus(const struct export *export)
{
	_cleanup_(strv_done) struct strv aliases = {};
	struct buf buf = {};

	export_aliases(export, &aliases);
	buf_add(&buf, "devices:\n");
	vec_foreach(alias, &aliases) {
		unsigned n = 0;

		vec_foreach(device, export) {
			_cleanup_free_ char *name = NULL;

			if (!export_has_alias(device, *alias))
				continue;
			name = xasprintf("%s-%u", *alias, n++);
			buf_add(&buf, "  ");
			add_yaml_text(&buf, name);
			buf_addf(&buf, ":\n    type: pci\n    address: \"%s\"\n",
				 PCI_ADDRESS_TEXT(&device->address));
		}
	}
	return buf_take(&buf);
}
