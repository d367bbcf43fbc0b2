/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/drift.h"

#include <string.h>
#include <strings.h>

/*
 * What consumers do to devices, by the names that the key consumer has for them (libvirt, src/hypervisor/
 * virhostdev.c and src/util/virpci.c: virPCIDeviceUnbindFromStub(); vdsm, lib/vdsm/virt/vmdevices/hostdevice.py;
 * Harvester's pcidevices, pkg/controller/pcideviceclaim). What is on vfio-pci before a guest starts, libvirt leaves
 * there, but virsh nodedev-reattach does not.
 */
static const struct {
	const char *name, *does, *remedy;
} consumers[] = {
	{"libvirt",
	 "virsh nodedev-reattach gives a device to its own driver and empties driver_override",
	 "write managed='no' in each <hostdev>, as vfio-prepare export libvirt does, and do not "
	 "reattach the device"},
	{"nova",
	 "nova leaves it there, but virsh nodedev-reattach gives a device to its own driver and "
	 "empties driver_override",
	 "do not reattach the device; from 31 on nova is told that it is not managed: vfio-prepare "
	 "export nova compute"},
	{"ovirt", "when a guest stops, vdsm has libvirt reattach the device",
	 "keep blacklist = auto in section [modules], so that no driver of its own takes it"},
	{"vdsm", "when a guest stops, vdsm has libvirt reattach the device",
	 "keep blacklist = auto in section [modules], so that no driver of its own takes it"},
	{"harvester", "Harvester's controller unbinds what has no claim when it starts",
	 "give Harvester the claims of vfio-prepare export harvester"},
};

void check_drift(const struct checks *checks, const struct planned_device *device,
		 const char *changed)
{
	const char *address = PCI_ADDRESS_TEXT(&device->address);
	const struct device_section *section = profile_section(checks->profile, device->section);
	const struct binding *binding = checks->bindings
						? bindings_find(checks->bindings, &device->address)
						: NULL;

	if (!binding || strcmp(binding->driver, device->want) != 0)
		return;
	for (size_t i = 0; section->consumer && i < ARRAY_SIZE(consumers); i++)
		if (strcasecmp(section->consumer, consumers[i].name) == 0) {
			finding_remedy(finding_add(checks->findings, SEVERITY_NOTE, FINDING_DRIFT,
						   address,
						   "this tool brought the device to %s in this "
						   "boot, and %s: %s",
						   device->want, changed, consumers[i].does),
				       "%s", consumers[i].remedy);
			return;
		}
	finding_remedy(
		finding_add(checks->findings, SEVERITY_NOTE, FINDING_DRIFT, address,
			    "this tool brought the device to %s in this boot, and %s; libvirt's "
			    "reattach, vdsm and Harvester do so",
			    device->want, changed),
		"set consumer in section [device %s] to libvirt, nova, ovirt or harvester: this "
		"finding then says how that one is kept from it",
		section->label);
}
