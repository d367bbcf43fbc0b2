/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenNebula: what its probe of hosts monitors (src/im_mad/remotes/node-probes.d/pci.rb), and what a template of
 * a virtual machine asks for. The probe names devices as lspci(8) does on domain 0, without the domain.
 */
#include "render/escape.h"
#include "render/export.h"

static char *short_address(const struct pci_address *address)
{
	return xasprintf("%02x:%02x.%u", address->bus, address->slot, address->function);
}

/* The ids of the devices, each once: the probe prints a device for each filter that it matches. */
static void list_ids(const struct export *export, struct strv *ret)
{
	vec_foreach(device, export) {
		_cleanup_free_ char *id = xasprintf("%04x:%04x", device->vendor, device->device);

		if (!device->companion)
			strv_add_new(ret, id);
	}
}

/* What goes along only for its group's sake is for no guest. */
static void list_addresses(const struct export *export, struct strv *ret)
{
	vec_foreach(device, export)
		if (!device->companion)
			strv_take(ret, short_address(&device->address));
}

char *render_opennebula_probe(const struct export *export)
{
	_cleanup_(strv_done) struct strv ids = {}, addresses = {};
	struct buf buf = {};

	list_ids(export, &ids);
	list_addresses(export, &addresses);
	buf_add(&buf,
		"# The probes of all hosts read this file; run onehost sync --force after a change.\n"
		"# For this host alone: vfio-prepare export opennebula host\n"
		":filter:\n");
	vec_foreach(id, &ids)
		buf_addf(&buf, "  - '%s'\n", *id);
	buf_add(&buf, ":short_address:\n");
	vec_foreach(address, &addresses)
		buf_addf(&buf, "  - '%s'\n", *address);
	buf_add(&buf, ":device_name: []\n");
	return buf_take(&buf);
}

char *render_opennebula_host(const struct export *export)
{
	_cleanup_(strv_done) struct strv ids = {}, addresses = {};
	_cleanup_free_ char *filter = NULL, *list = NULL;

	list_ids(export, &ids);
	list_addresses(export, &addresses);
	filter = strv_join(&ids, ",");
	list = strv_join(&addresses, ",");
	return xasprintf("PCI_FILTER = \"%s\"\nPCI_SHORT_ADDRESS = \"%s\"\n", filter, list);
}

static bool is_offered(const struct export_device *device, bool network)
{
	return !device->companion && (!network || device->class >> 16 == 0x02);
}

/* By what it is, so that a free device is found; and, in a comment, by where it is. */
static char *render_template(const struct export *export, bool network)
{
	_cleanup_(strv_done) struct strv seen = {};
	struct buf buf = {};

	buf_addf(
		&buf, "# %s\n",
		network ? "Network cards, which get a lease of NETWORK, whose name is yours to set."
			: "Each line asks for one device of the kind; several lines for several.");
	vec_foreach(device, export) {
		_cleanup_free_ char *kind =
			xasprintf("VENDOR = \"%04x\", DEVICE = \"%04x\", CLASS = \"%04x\"",
				  device->vendor, device->device, device->class >> 8);

		if (!is_offered(device, network))
			continue;
		if (!strv_contains(&seen, kind))
			buf_addf(&buf,
				 network ? "NIC = [ NETWORK = \"NAME\", TYPE = \"NIC\", %s ]\n"
					 : "PCI = [ %s ]\n",
				 kind);
		strv_add_new(&seen, kind);
	}
	vec_foreach(device, export) {
		_cleanup_free_ char *address = short_address(&device->address);

		if (!is_offered(device, network))
			continue;
		buf_addf(&buf, "# This one: %s = [ %sSHORT_ADDRESS = \"%s\" ]\n",
			 network ? "NIC" : "PCI",
			 network ? "NETWORK = \"NAME\", TYPE = \"NIC\", " : "", address);
	}
	return buf_take(&buf);
}

char *render_opennebula_template(const struct export *export)
{
	return render_template(export, false);
}

char *render_opennebula_nic(const struct export *export)
{
	return render_template(export, true);
}
