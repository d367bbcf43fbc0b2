/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hyper-V: Discrete Device Assignment on a Windows host of the same machine. */
#include "base/text.h"
#include "render/escape.h"
#include "render/export.h"

/* Get-PnpDevice finds it by its location path, which Dismount-VMHostAssignableDevice takes. */
char *render_hyperv(const struct export *export)
{
	struct buf buf = {};

	vec_foreach(device, export) {
		_cleanup_free_ char *label = text_visible(device->section->label, "");

		buf_addf(&buf, "# %s: %s %04x:%04x\n", label, PCI_ADDRESS_TEXT(&device->address),
			 device->vendor, device->device);
		buf_addf(&buf, "$path = \"%s\"\n", device->location);
		buf_add(&buf,
			"$device = Get-PnpDevice -PresentOnly | Where-Object {\n"
			"  (Get-PnpDeviceProperty -InstanceId $_.InstanceId DEVPKEY_Device_LocationPaths)"
			".Data -contains $path }\n"
			"Disable-PnpDevice -InstanceId $device.InstanceId -Confirm:$false\n"
			"Dismount-VMHostAssignableDevice -Force -LocationPath $path\n"
			"# Add-VMAssignableDevice -LocationPath $path -VMName NAME\n");
	}
	return buf_take(&buf);
}
