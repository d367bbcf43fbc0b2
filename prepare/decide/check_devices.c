/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/check.h"
#include "decide/checks.h"

static void check_device(const struct planned_device *device, const char *off,
			 struct findings *findings)
{
	struct finding *finding;

	if (device->state != DEVICE_BIND)
		return;
	finding = finding_add(findings, SEVERITY_ERROR, "wrong-driver",
			      PCI_ADDRESS_TEXT(&device->address),
			      "section [device %s] wants it on %s, it is on %s", device->section,
			      device->want, device_driver_text(device));
	if (off)
		finding_remedy(finding, "remove %s from the kernel's arguments and restart", off);
	else
		finding_remedy(finding, "vfio-prepare bind");
}

void check_devices(struct checks *checks)
{
	const char *off = off_switch(&checks->inventory->args, true);

	vec_foreach(device, checks->plan)
		check_device(device, off, checks->findings);
}
