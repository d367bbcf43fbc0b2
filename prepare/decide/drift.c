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
	{"nova", "nova has libvirt attach and reattach devices unless they are not managed",
	 "set \"managed\": \"no\" in device_spec, which nova has since 31: vfio-prepare export nova "
	 "compute"},
	{"ovirt", "when a guest stops, vdsm has libvirt reattach the device",
	 "keep blacklist = auto in section [modules], so that no driver of its own takes it"},
	{"vdsm", "when a guest stops, vdsm has libvirt reattach the device",
	 "keep blacklist = auto in section [modules], so that no driver of its own takes it"},
	{"harvester", "Harvester's controller unbinds what has no claim when it starts",
	 "give Harvester the claims of vfio-prepare export harvester"},
};

static const char *change(const struct finding *finding)
{
	switch (finding->type) {
	case FINDING_WRONG_DRIVER:
		return "it has left that since";
	case FINDING_OVERRIDE_CLEARED:
	case FINDING_OVERRIDE_DIFFERS:
		return "its driver_override was changed since";
	default:
		return NULL;
	}
}

static const struct planned_device *drifted(const struct plan *plan,
					    const struct bindings *bindings, const char *subject)
{
	vec_foreach(device, plan) {
		const struct binding *binding;

		if (strcmp(PCI_ADDRESS_TEXT(&device->address), subject) != 0)
			continue;
		binding = bindings_find(bindings, &device->address);
		return binding && device->want && strcmp(binding->driver, device->want) == 0
			       ? device
			       : NULL;
	}
	return NULL;
}

static void add_note(const struct device_section *section, const struct planned_device *device,
		     const char *changed, struct findings *findings)
{
	const char *address = PCI_ADDRESS_TEXT(&device->address), *consumer = section->consumer;

	for (size_t i = 0; consumer && i < ARRAY_SIZE(consumers); i++)
		if (strcasecmp(consumer, consumers[i].name) == 0) {
			finding_remedy(finding_add(findings, SEVERITY_NOTE, FINDING_DRIFT, address,
						   "this tool brought the device to %s in this "
						   "boot, and %s: %s",
						   device->want, changed, consumers[i].does),
				       "%s", consumers[i].remedy);
			return;
		}
	finding_remedy(
		finding_add(findings, SEVERITY_NOTE, FINDING_DRIFT, address,
			    "this tool brought the device to %s in this boot, and %s; libvirt's "
			    "reattach, vdsm and Harvester do so",
			    device->want, changed),
		"set consumer in section [device %s] to libvirt, nova, ovirt or harvester: this "
		"finding then says how that one is kept from it",
		section->label);
}

void drift_explain(const struct profile *profile, const struct plan *plan,
		   const struct bindings *bindings, struct findings *findings)
{
	for (size_t i = 0, n = findings->n; i < n; i++) {
		const char *changed = change(&findings->items[i]);
		const struct planned_device *device = changed ? drifted(plan, bindings,
									findings->items[i].subject)
							      : NULL;

		if (device)
			add_note(profile_section(profile, device->section), device, changed,
				 findings);
	}
}
