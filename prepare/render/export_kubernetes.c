/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KubeVirt, which finds devices by their ids and gives them away by IOMMU groups, if they are on vfio-pci
 * (pkg/virt-handler/device-manager/pci_device.go); Harvester, which wants a claim for each device, and unbinds
 * what has none (pcidevices, pkg/controller/pcideviceclaim).
 */
#include <ctype.h>

#include "render/escape.h"
#include "render/export.h"

static void add_resource(struct buf *buf, const struct device_section *section)
{
	_cleanup_free_ char *resource = export_resource(section);

	add_yaml_text(buf, resource);
}

char *render_kubevirt_permit(const struct export *export)
{
	_cleanup_(strv_done) struct strv seen = {};
	struct buf buf = {};

	buf_add(&buf,
		"# kubectl -n kubevirt patch kubevirt kubevirt --type merge --patch-file FILE\n"
		"# replaces the list. HostDevices must be among the feature gates, too.\n"
		"spec:\n  configuration:\n    permittedHostDevices:\n      pciHostDevices:\n");
	vec_foreach(device, export) {
		_cleanup_free_ char *id = xasprintf("%04X:%04X", device->vendor, device->device);

		if (!export_is_main(export, device) || strv_contains(&seen, id))
			continue;
		strv_add(&seen, id);
		buf_addf(&buf, "      - pciVendorSelector: \"%s\"\n        resourceName: ", id);
		add_resource(&buf, device->section);
		buf_add(&buf, "\n");
	}
	return buf_take(&buf);
}

char *render_kubevirt_vm(const struct export *export)
{
	_cleanup_(strv_done) struct strv aliases = {};
	struct buf buf = {};

	buf_add(&buf,
		"# kubectl patch virtualmachine NAME --type merge --patch-file FILE: one of each kind.\n"
		"spec:\n  template:\n    spec:\n      domain:\n        devices:\n"
		"          hostDevices:\n");
	export_aliases(export, &aliases);
	vec_foreach(alias, &aliases)
		vec_foreach(device, export) {
			if (!export_has_alias(device, *alias))
				continue;
			buf_add(&buf, "          - name: ");
			add_yaml_text(&buf, *alias);
			buf_add(&buf, "\n            deviceName: ");
			add_resource(&buf, device->section);
			buf_add(&buf, "\n");
			break;
		}
	return buf_take(&buf);
}

/*
 * A claim has the name of its PCIDevice: "node1-000083000". Of the host's name the kubelet makes small letters
 * (pkg/util/node, GetHostname()).
 */
char *render_harvester(const struct export *export)
{
	_cleanup_free_ char *node = xstrdup(export->inventory->hostname);
	struct buf buf = {};

	for (char *c = node; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	vec_foreach(device, export) {
		_cleanup_free_ char *name = xasprintf("%s-%04x%02x%02x%u", node,
						      device->address.domain, device->address.bus,
						      device->address.slot,
						      device->address.function);

		buf_add(&buf, "---\napiVersion: devices.harvesterhci.io/v1beta1\n"
			      "kind: PCIDeviceClaim\nmetadata:\n  name: ");
		add_yaml_text(&buf, name);
		buf_addf(&buf, "\nspec:\n  address: \"%s\"\n  nodeName: ",
			 PCI_ADDRESS_TEXT(&device->address));
		add_yaml_text(&buf, node);
		buf_add(&buf, "\n  userName: admin\n");
	}
	return buf_take(&buf);
}
