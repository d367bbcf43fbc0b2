/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/export.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define ANY_DOMAIN UINT32_MAX

#define OF_DEVICES (EXPORT_OF_HOST | EXPORT_OF_DEVICES)

/* clang-format off */
const struct export_info export_infos[] = {
	[EXPORT_KERNEL_ARGS] = {"kernel-args", "", "words", "the kernel's command line",
		.kinds = EXPORT_OF_HOST, .max_domain = ANY_DOMAIN},
	[EXPORT_OPENNEBULA_PROBE] = {"opennebula", "pci.conf", "yaml",
		"/var/lib/one/remotes/etc/im/kvm-probes.d/pci.conf of the front end", "6.0", "7.0",
		OF_DEVICES, 0},
	[EXPORT_OPENNEBULA_HOST] = {"opennebula", "host", "template", "onehost update", "6.0", "7.0",
		OF_DEVICES, 0},
	[EXPORT_OPENNEBULA_TEMPLATE] = {"opennebula", "template", "template", "onetemplate update", "6.0", "7.0",
		OF_DEVICES, 0},
	[EXPORT_OPENNEBULA_NIC] = {"opennebula", "nic", "template", "onetemplate update", "6.0", "7.0",
		OF_DEVICES, 0},
	[EXPORT_OVIRT_KERNEL] = {"ovirt", "kernel", "words", "Kernel command line of the host in the engine",
		"4.3", "4.5", EXPORT_OF_HOST, ANY_DOMAIN},
	[EXPORT_OVIRT_DEVICES] = {"ovirt", "devices", "xml", "/ovirt-engine/api/vms/ID/hostdevices", "4.3", "4.5",
		OF_DEVICES, 0xffff},
	[EXPORT_LIBVIRT_HOSTDEV] = {"libvirt", "hostdev", "xml", "<devices> of a domain (virsh edit)", "9.0.0",
		"12.8.0", OF_DEVICES, 0xffff, .iommufd = "12.1.0"},
	[EXPORT_LIBVIRT_NODEDEV] = {"libvirt", "nodedev", "words", "virsh nodedev-dumpxml", "9.0.0", "12.8.0",
		OF_DEVICES, 0xffff},
	[EXPORT_QEMU_HOST] = {"qemu", "host", "words", "arguments of qemu-system-x86_64 -machine q35", "7.2", "11.0",
		OF_DEVICES, 0xffff, .iommufd = "9.0"},
	[EXPORT_QEMU_SYSFSDEV] = {"qemu", "sysfsdev", "words", "arguments of qemu-system-x86_64 -machine q35",
		"7.2", "11.0", OF_DEVICES, ANY_DOMAIN, .iommufd = "9.0"},
	[EXPORT_CLOUD_INIT] = {"cloud-init", "", "yaml", "user-data", "22.4", "26.2", EXPORT_INSTALLS, ANY_DOMAIN},
	[EXPORT_MAAS_TAG] = {"maas", "tag", "shell", "a shell with the MAAS command and its profile in $PROFILE", "3.0",
		"3.7", OF_DEVICES, 0xffff},
	[EXPORT_MAAS_COMMISSIONING] = {"maas", "commissioning", "shell", "maas $PROFILE node-scripts create", "3.0",
		"3.7", EXPORT_INSTALLS | EXPORT_CARRIES, ANY_DOMAIN},
	[EXPORT_MAAS_TESTING] = {"maas", "testing", "shell", "maas $PROFILE node-scripts create", "3.0", "3.7",
		EXPORT_INSTALLS | EXPORT_CARRIES, ANY_DOMAIN},
	[EXPORT_MAAS_CURTIN] = {"maas", "curtin", "yaml", "/etc/maas/preseeds/curtin_userdata", "3.0", "3.7",
		EXPORT_INSTALLS, ANY_DOMAIN},
	[EXPORT_HYPERV] = {"hyperv", "", "powershell", "PowerShell on the host", "10.0", "10.0",
		OF_DEVICES, 0},
	[EXPORT_PROXMOX_MAPPING] = {"proxmox", "mapping", "shell", "a shell on a node of the cluster", "8.0", "9.0",
		OF_DEVICES | EXPORT_OF_GROUPS | EXPORT_OF_NODE, ANY_DOMAIN, NAMES_PROXMOX},
	[EXPORT_PROXMOX_VM] = {"proxmox", "vm", "shell", "a shell on a node of the cluster", "8.0", "9.0",
		OF_DEVICES, ANY_DOMAIN, NAMES_PROXMOX},
	[EXPORT_KUBEVIRT_PERMIT] = {"kubevirt", "permit", "yaml", "kubectl patch kubevirt", "1.0", "1.9",
		OF_DEVICES | EXPORT_VFIO_PCI, ANY_DOMAIN, NAMES_DNS},
	[EXPORT_KUBEVIRT_VM] = {"kubevirt", "vm", "yaml", "kubectl patch virtualmachine", "1.0", "1.9",
		OF_DEVICES | EXPORT_VFIO_PCI, ANY_DOMAIN, NAMES_DNS},
	[EXPORT_HARVESTER] = {"harvester", "", "yaml", "kubectl apply", "1.1", "1.6",
		OF_DEVICES | EXPORT_OF_NODE, 0xffff},
	[EXPORT_INCUS] = {"incus", "", "yaml", "devices of an instance or profile", "6.0", "7.0",
		OF_DEVICES | EXPORT_VFIO_PCI, 0xffff, NAMES_WORD},
	[EXPORT_ANSIBLE] = {"ansible", "", "shell", "/etc/ansible/facts.d/vfio_prepare.fact, mode 0755",
		.max_domain = ANY_DOMAIN},
	[EXPORT_NOVA_COMPUTE] = {"nova", "compute", "ini", "nova.conf of the host's nova-compute", "17", "34",
		OF_DEVICES | EXPORT_OF_NOVA, 0xffff},
	[EXPORT_NOVA_CONTROLLER] = {"nova", "controller", "ini",
		"nova.conf of nova-api, nova-scheduler and nova-conductor", "17", "34", OF_DEVICES | EXPORT_OF_NOVA, 0xffff},
	[EXPORT_JUJU_CHARMS] = {"juju", "charms", "yaml", "juju deploy BUNDLE --overlay FILE", "17", "34",
		OF_DEVICES | EXPORT_OF_NOVA, 0xffff},
	[EXPORT_JUJU_MODEL] = {"juju", "model", "yaml", "juju model-config FILE", .kinds = EXPORT_INSTALLS,
		.max_domain = ANY_DOMAIN},
};
/* clang-format on */

int export_find(const char *target, const char *part)
{
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++)
		if (strcmp(export_infos[i].target, target) == 0 &&
		    (!part || strcmp(export_infos[i].part, part) == 0))
			return (int)i;
	return -1;
}

bool release_is_valid(const char *release)
{
	bool digit = false;

	for (const char *c = release; *c; c++) {
		if (!isdigit((unsigned char)*c) && !(*c == '.' && digit && c[1]))
			return false;
		digit = *c != '.';
	}
	return digit && strlen(release) < 32;
}

int release_compare(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a, *end_b;
		unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a = *end_a == '.' ? end_a + 1 : "";
		b = *end_b == '.' ? end_b + 1 : "";
	}
	return 0;
}

void export_done(struct export *export)
{
	vec_foreach(device, export) {
		free(device->driver);
		free(device->location);
	}
	free(export->items);
	free(export->url);
	free(export->sha256);
	free(export->program);
	strv_done(&export->arguments);
}

static bool is_sha256(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64;
}

const char *export_set_url(struct export *export, const char *url)
{
	static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~:/?[]@!$&()*+,;=%";
	const char *fragment = strchrnul(url, '#');
	bool has_sum = text_starts_with(fragment, "#sha256=");

	if (!text_starts_with(url, "https://") && !text_starts_with(url, "http://") &&
	    !text_starts_with(url, "file:///"))
		return "begins with none of https://, http:// and file:///";
	if (url + strspn(url, characters) != fragment)
		return "has a character that a URL cannot have; %20 is a space";
	if (*fragment && (!has_sum || !is_sha256(fragment + strlen("#sha256="))))
		return "has something else than #sha256= and 64 hex digits behind it";
	if (!has_sum && text_starts_with(url, "http://"))
		return "has no #sha256=HEX behind it, without which whoever is on the way could "
		       "have another program installed";
	export->url = xstrndup(url, (size_t)(fragment - url));
	if (has_sum)
		export->sha256 = xstrdup(fragment + strlen("#sha256="));
	for (char *digit = export->sha256; digit && *digit; digit++)
		*digit = (char)tolower((unsigned char)*digit);
	return NULL;
}

bool export_is_since(const struct export *export, const char *release)
{
	return !export->release || release_compare(export->release, release) >= 0;
}

bool export_is_main(const struct export *export, const struct export_device *device)
{
	const struct export_device *before = device;

	if (device->companion)
		return false;
	/* Sorted by address: the functions of a slot stand together. */
	while (before > export->items &&
	       pci_address_same_slot(&before[-1].address, &device->address))
		if ((--before)->section == device->section && before->type == device->type &&
		    !before->companion)
			return false;
	return true;
}

bool export_is_whole_slot(const struct export *export, const struct export_device *device)
{
	size_t on_host = 0, exported = 0;

	if (device->type == EXPORT_TYPE_VF)
		return false;
	vec_foreach(function, export->inventory)
		on_host += pci_address_same_slot(&function->address, &device->address);
	vec_foreach(other, export)
		exported += other->section == device->section && other->type != EXPORT_TYPE_VF &&
			    pci_address_same_slot(&other->address, &device->address);
	return on_host > 1 && exported == on_host;
}

const char *export_alias(const struct device_section *section)
{
	return section->alias ? section->alias : section->label;
}

bool export_has_alias(const struct export_device *device, const char *alias)
{
	return !device->companion && strcmp(export_alias(device->section), alias) == 0;
}

void export_aliases(const struct export *export, struct strv *ret)
{
	vec_foreach(section, &export->profile->sections)
		vec_foreach(device, export)
			if (device->section == section && !device->companion)
				strv_add_new(ret, export_alias(section));
}

char *export_resource(const struct device_section *section)
{
	const char *class = section->resource_class;

	return class && strchr(class, '/') ? xstrdup(class)
					   : xasprintf("vfio-prepare/%s", export_alias(section));
}
