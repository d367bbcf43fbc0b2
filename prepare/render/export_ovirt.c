/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oVirt: what its engine is given in the web page and by its API. */
#include "render/escape.h"
#include "render/export.h"

/*
 * The engine's field for arguments of its own. It writes them with grubby, and takes away only what it wrote
 * (KernelCmdlineUtil.java).
 */
char *render_ovirt_kernel(const struct export *export)
{
	_cleanup_free_ char *line = strv_join(&export->arguments, " ");

	return xasprintf("%s\n", line);
}

/* vdsm's names are libvirt's. What goes along only for its group's sake is a place holder. */
char *render_ovirt_devices(const struct export *export)
{
	struct buf buf = {};

	buf_add(&buf, "<host_devices>\n");
	vec_foreach(device, export) {
		buf_add(&buf, "  <host_device>\n    <name>");
		add_nodedev(&buf, &device->address);
		buf_addf(&buf, "</name>\n%s  </host_device>\n",
			 device->companion ? "    <placeholder>true</placeholder>\n" : "");
	}
	buf_add(&buf, "</host_devices>\n");
	return buf_take(&buf);
}
