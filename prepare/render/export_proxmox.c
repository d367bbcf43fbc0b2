/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxmox VE: resource mappings (pve-guest-common, src/PVE/Mapping/PCI.pm), which a guest names instead of an
 * address, and which are checked for id, subsystem and IOMMU group when it starts.
 */
#include <string.h>

#include "render/escape.h"
#include "render/export.h"

/* A whole slot goes by the attributes of its first function, and without a function in its path. */
static bool is_mapped(const struct export *export, const struct export_device *device)
{
	return export_is_whole_slot(export, device) ? device->address.function == 0
						    : !device->companion;
}

static void add_map(struct buf *buf, const struct export *export,
		    const struct export_device *device)
{
	const char *node = export->inventory->hostname;
	struct buf map = {};

	/* Without a domain (pve-common, src/PVE/INotify.pm: nodename()). */
	buf_addf(&map, "node=%.*s,path=%04x:%02x:%02x", (int)strcspn(node, "."), node,
		 device->address.domain, device->address.bus, device->address.slot);
	if (!export_is_whole_slot(export, device))
		buf_addf(&map, ".%u", device->address.function);
	buf_addf(&map, ",id=%04x:%04x", device->vendor, device->device);
	if (device->function && device->function->subsystem_vendor)
		buf_addf(&map, ",subsystem-id=%04x:%04x", device->function->subsystem_vendor,
			 device->function->subsystem_device);
	buf_addf(&map, ",iommugroup=%d", device->iommu_group);
	buf_add(buf, " --map ");
	add_shell_word(buf, buf_text(&map));
	buf_done(&map);
}

char *render_proxmox_mapping(const struct export *export)
{
	_cleanup_(strv_done) struct strv aliases = {};
	struct buf buf = {};

	export_aliases(export, &aliases);
	vec_foreach(alias, &aliases) {
		buf_add(&buf, "pvesh create /cluster/mapping/pci --id ");
		add_shell_word(&buf, *alias);
		vec_foreach(device, export)
			if (strcmp(export_alias(device->section), *alias) == 0 &&
			    is_mapped(export, device))
				add_map(&buf, export, device);
		buf_add(&buf, "\n");
	}
	return buf_take(&buf);
}

char *render_proxmox_vm(const struct export *export)
{
	_cleanup_(strv_done) struct strv aliases = {};
	struct buf buf = {};

	export_aliases(export, &aliases);
	buf_add(&buf,
		"# VMID is the number of the guest, which needs the machine q35 for pcie=1.\n");
	for (size_t i = 0; i < aliases.n; i++) {
		buf_addf(&buf, "qm set VMID --hostpci%zu mapping=", i);
		add_shell_word(&buf, aliases.items[i]);
		buf_add(&buf, ",pcie=1\n");
	}
	return buf_take(&buf);
}
