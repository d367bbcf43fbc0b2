/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxmox VE: resource mappings (pve-guest-common, src/PVE/Mapping/PCI.pm), which a guest names instead of an
 * address, and which are checked for id, subsystem and IOMMU group when it starts.
 */
#include "base/text.h"
#include "render/escape.h"
#include "render/export.h"

/* A whole slot goes by the attributes of its first function, and without a function in its path. */
static bool is_listed(const struct export *export, const struct export_device *device)
{
	return !export_is_whole_slot(export, device) || device->address.function == 0;
}

static void add_map(struct buf *buf, const struct export *export,
		    const struct export_device *device)
{
	_cleanup_free_ char *node = text_visible(export->inventory->hostname, "");
	struct buf map = {};

	buf_addf(&map, "node=%s,path=%04x:%02x:%02x", node, device->address.domain,
		 device->address.bus, device->address.slot);
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
	struct buf buf = {};

	vec_foreach(section, &export->profile->sections) {
		bool begun = false;

		vec_foreach(device, export) {
			if (device->section != section || !is_listed(export, device))
				continue;
			if (!begun) {
				buf_add(&buf, "pvesh create /cluster/mapping/pci --id ");
				add_shell_word(&buf, export_alias(section));
			}
			begun = true;
			add_map(&buf, export, device);
		}
		buf_add(&buf, begun ? "\n" : "");
	}
	return buf_take(&buf);
}

char *render_proxmox_vm(const struct export *export)
{
	struct buf buf = {};
	unsigned n = 0;

	buf_add(&buf,
		"# VMID is the number of the guest, which needs the machine q35 for pcie=1.\n");
	vec_foreach(section, &export->profile->sections)
		vec_foreach(device, export) {
			if (device->section != section)
				continue;
			buf_addf(&buf, "qm set VMID --hostpci%u ", n++);
			buf_add(&buf, "mapping=");
			add_shell_word(&buf, export_alias(section));
			buf_add(&buf, ",pcie=1\n");
			break;
		}
	return buf_take(&buf);
}
