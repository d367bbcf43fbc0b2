/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvirt and QEMU. Functions of one card stay functions of one slot in the guest, as drivers expect them; the guest
 * has a PCI Express machine (q35, virt) for that.
 */
#include "render/escape.h"
#include "render/export.h"

/* In the guest a card has a bus of its own; those below are libvirt's for what it adds itself. */
#define FIRST_GUEST_BUS 0x10

/* Are they functions of one card, for one guest? Virtual functions are cards of their own, whatever their slot. */
static bool is_one_card(const struct export_device *a, const struct export_device *b)
{
	return a->section == b->section && a->type != EXPORT_TYPE_VF && b->type != EXPORT_TYPE_VF &&
	       pci_address_same_slot(&a->address, &b->address);
}

/* The first function of the device's card. */
static const struct export_device *card_of(const struct export *export,
					   const struct export_device *device)
{
	vec_foreach(other, export)
		if (other == device || is_one_card(other, device))
			return other;
	return device;
}

static bool is_alone(const struct export *export, const struct export_device *device)
{
	vec_foreach(other, export)
		if (other != device && is_one_card(other, device))
			return false;
	return true;
}

/* How many cards of several functions stand before the device's. */
static unsigned card_number(const struct export *export, const struct export_device *device)
{
	const struct export_device *card = card_of(export, device);
	unsigned n = 0;

	vec_foreach(other, export)
		n += other < card && card_of(export, other) == other && !is_alone(export, other);
	return n;
}

static void add_driver(struct buf *buf, const struct export *export,
		       const struct export_device *device)
{
	bool iommufd = export->profile->iommu_backend == BACKEND_IOMMUFD;

	if (!export_is_since(export, "10.0.0"))
		return;
	buf_add(buf, "    <driver model='");
	add_xml_text(buf, device->driver);
	buf_addf(buf, "'%s/>\n", iommufd ? " iommufd='yes'" : "");
}

/* managed='no': the device is on its driver already, and libvirt leaves it there (src/hypervisor/virhostdev.c). */
char *render_libvirt_hostdev(const struct export *export)
{
	struct buf buf = {};

	buf_add(&buf, "<devices>\n");
	vec_foreach(device, export) {
		const struct pci_address *at = &device->address;
		bool first = card_of(export, device) == device;

		buf_add(&buf, "  <hostdev mode='subsystem' type='pci' managed='no'>\n");
		add_driver(&buf, export, device);
		buf_addf(&buf,
			 "    <source>\n      <address domain='0x%04x' bus='0x%02x' slot='0x%02x' "
			 "function='0x%x'/>\n    </source>\n",
			 at->domain, at->bus, at->slot, at->function);
		if (!is_alone(export, device))
			buf_addf(&buf,
				 "    <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' "
				 "function='0x%x'%s/>\n",
				 FIRST_GUEST_BUS + card_number(export, device),
				 first ? 0 : at->function, first ? " multifunction='on'" : "");
		buf_add(&buf, "  </hostdev>\n");
	}
	buf_add(&buf, "</devices>\n");
	return buf_take(&buf);
}

static char *render_qemu(const struct export *export, const char *property)
{
	bool iommufd = export->profile->iommu_backend == BACKEND_IOMMUFD;
	struct buf buf = {};

	if (iommufd)
		buf_add(&buf, "-object iommufd,id=vfio-iommufd\n");
	vec_foreach(device, export) {
		bool first = card_of(export, device) == device, alone = is_alone(export, device);
		unsigned card = card_number(export, device);

		if (!alone && first)
			buf_addf(&buf, "-device pcie-root-port,id=vfio-port%u,chassis=%u\n", card,
				 FIRST_GUEST_BUS + card);
		buf_addf(&buf, "-device vfio-pci,%s%s", property,
			 PCI_ADDRESS_TEXT(&device->address));
		if (!alone)
			buf_addf(&buf, ",bus=vfio-port%u,addr=00.%x%s", card,
				 first ? 0 : device->address.function,
				 first ? ",multifunction=on" : "");
		buf_add(&buf, iommufd ? ",iommufd=vfio-iommufd\n" : "\n");
	}
	return buf_take(&buf);
}

char *render_qemu_host(const struct export *export)
{
	return render_qemu(export, "host=");
}

char *render_qemu_sysfsdev(const struct export *export)
{
	return render_qemu(export, "sysfsdev=/sys/bus/pci/devices/");
}
