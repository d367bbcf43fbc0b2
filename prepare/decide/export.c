/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/export.h"

#include <string.h>

#include "base/buf.h"
#include "decide/export_nova.h"
#include "parse/address.h"

/* The address of the virtual function of that index, or false: the kernel does not say where they go. */
static bool vf_address(const struct pci_function *physfn, unsigned index, struct pci_address *ret)
{
	const struct pci_address *from = &physfn->address;
	unsigned way = (unsigned)from->bus << 8 | (unsigned)from->slot << 3 | from->function;

	if (physfn->vf_offset <= 0 || (index && physfn->vf_stride <= 0))
		return false;
	way += (unsigned)physfn->vf_offset + index * (unsigned)physfn->vf_stride;
	if (way > 0xffff)
		return false;
	*ret = (struct pci_address){from->domain, (uint8_t)(way >> 8), way >> 3 & 0x1f, way & 7};
	return true;
}

static void add_device(const struct planned_device *planned, const struct pci_function *function,
		       struct export *export)
{
	struct export_device *device = vec_add(export);

	*device = (struct export_device){
		.address = planned->address,
		.section = profile_section(export->profile, planned->section),
		.function = function,
		.vendor = function->vendor,
		.device = function->device,
		.class = function->class,
		.numa_node = function->numa_node,
		.iommu_group = function->iommu_group,
		.type = function->is_vf           ? EXPORT_TYPE_VF
			: function->total_vfs > 0 ? EXPORT_TYPE_PF
						  : EXPORT_TYPE_PCI,
		.physfn = function->physfn,
		.driver = xstrdup(planned->want),
		.companion = planned->companion,
	};
}

/* Those that exist are in the plan themselves; what is there now may make way for another number of them. */
static void add_vfs(const struct plan *plan, const struct planned_device *planned,
		    const struct pci_function *physfn, struct export *export,
		    struct findings *findings)
{
	const struct device_section *section = profile_section(export->profile, planned->section);
	bool is_auto = strcmp(section->driver, "auto") == 0;

	/* Those of a native driver are the host's. */
	if (!is_auto && !driver_is_vfio(section->driver))
		return;
	for (unsigned i = 0; i < planned->vfs; i++) {
		struct pci_address address;
		struct export_device *device;

		if (!vf_address(physfn, i, &address) || physfn->vf_device < 0) {
			finding_remedy(
				finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
					    PCI_ADDRESS_TEXT(&physfn->address),
					    "the addresses or ids of its virtual functions are not "
					    "known before they are made"),
				"vfio-prepare bind makes them; then export again");
			return;
		}
		if (address_list_has(&section->except, &address) || plan_find(plan, &address))
			continue;
		device = vec_add(export);
		*device = (struct export_device){
			.address = address,
			.section = section,
			.vendor = physfn->vendor,
			.device = (uint16_t)physfn->vf_device,
			.class = physfn->class,
			.numa_node = physfn->numa_node,
			.iommu_group = -1,
			.type = EXPORT_TYPE_VF,
			.physfn = physfn->address,
			.driver = xstrdup(is_auto ? "vfio-pci" : section->driver),
		};
	}
}

static void check_domain(const struct export *export, const struct export_device *device,
			 struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	if (device->address.domain > info->max_domain)
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "%s takes PCI domains up to %04x, and that of the device "
				    "is above",
				    info->target, info->max_domain),
			"remove the device from section [device %s], or pass it with a "
			"consumer that takes its domain, such as vfio-prepare export qemu "
			"sysfsdev",
			device->section->label);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const struct {
	const char *first, *rest, *what;
	size_t min, max;
} name_rules[] = {
	[NAMES_WORD] = {LETTERS CAPITALS "_", LETTERS CAPITALS DIGITS "-_",
			"up to 60 letters, digits, '-' and '_', no digit first", 1, 60},
	[NAMES_PROXMOX] = {LETTERS CAPITALS, LETTERS CAPITALS DIGITS "-_",
			   "2 to 63 letters, digits, '-' and '_', a letter first", 2, 63},
	[NAMES_DNS] = {LETTERS, LETTERS DIGITS "-",
		       "up to 63 small letters, digits and '-', a letter first and no '-' last", 1,
		       63},
};

static bool is_name(const char *name, enum export_names names)
{
	size_t length = strlen(name);

	return names == NAMES_ANY ||
	       (length >= name_rules[names].min && length <= name_rules[names].max &&
		strchr(name_rules[names].first, *name) &&
		!name[strspn(name, name_rules[names].rest)] && name[length - 1] != '-');
}

static void check_name(const struct export *export, const struct export_device *device,
		       struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];
	const char *alias = export_alias(device->section);

	if (!export_is_main(export, device) || is_name(alias, info->names))
		return;
	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				   PCI_ADDRESS_TEXT(&device->address),
				   "%s cannot take \"%s\" as the name of devices: it takes %s",
				   info->target, alias, name_rules[info->names].what),
		       "set alias in section [device %s], such as alias = gpu",
		       device->section->label);
}

static void check_driver(const struct export *export, const struct export_device *device,
			 struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	if ((info->kinds & EXPORT_VFIO_PCI) && strcmp(device->driver, "vfio-pci") != 0)
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "%s knows no driver but vfio-pci, and section [device %s] "
				    "brings the device to %s",
				    info->target, device->section->label, device->driver),
			"set driver = vfio-pci in section [device %s]", device->section->label);
}

static void check_group(const struct export *export, const struct export_device *device,
			struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	if ((info->kinds & EXPORT_OF_GROUPS) && device->iommu_group < 0)
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "%s wants the number of the device's IOMMU group, which it "
				    "does not have yet",
				    info->target),
			"run vfio-prepare apply --rebuild, restart the host, and export again");
}

/* What Kubernetes takes as the name of a resource: a domain, '/', and a name. */
static bool is_resource(const char *text)
{
	static const char *const wrong[] = {"..", ".-", "-.", "-/", "./"};
	static const char ends[] = LETTERS CAPITALS DIGITS;
	size_t length = strspn(text, LETTERS DIGITS ".-");
	const char *name = text + length + 1;
	_cleanup_free_ char *domain = xstrndup(text, length + 1);

	if (!length || length > 253 || text[length] != '/' || strchr(".-", *text))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (strstr(domain, wrong[i]))
			return false;
	length = strlen(name);
	return length && length <= 63 && !name[strspn(name, LETTERS CAPITALS DIGITS "-_.")] &&
	       strchr(ends, *name) && strchr(ends, name[length - 1]);
}

/* KubeVirt tells devices apart by their ids alone, and a machine asks for each resource under a name of its own. */
static void check_resource(const struct export *export, const struct export_device *device,
			   struct findings *findings)
{
	_cleanup_free_ char *resource = NULL;
	const char *alias = export_alias(device->section);

	if ((export->text != EXPORT_KUBEVIRT_PERMIT && export->text != EXPORT_KUBEVIRT_VM) ||
	    !export_is_main(export, device))
		return;
	resource = export_resource(device->section);
	if (device->section->resource_class && !is_resource(resource))
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "Kubernetes cannot take \"%s\" as the name of a resource: it "
				    "takes a domain, '/', and up to 63 letters, digits, '-', '_' "
				    "and '.'",
				    resource),
			"set resource-class in section [device %s], such as resource-class = "
			"nvidia.com/GP104",
			device->section->label);
	for (const struct export_device *other = export->items; other < device; other++) {
		_cleanup_free_ char *others = NULL;
		bool same_id = other->vendor == device->vendor && other->device == device->device;

		if ((!same_id && strcmp(export_alias(other->section), alias) != 0) ||
		    !export_is_main(export, other))
			continue;
		others = export_resource(other->section);
		if (strcmp(others, resource) == 0)
			continue;
		finding_remedy(
			finding_add(
				findings, SEVERITY_ERROR, FINDING_EXPORT,
				PCI_ADDRESS_TEXT(&device->address),
				same_id ? "KubeVirt tells devices apart by their ids, and %s has "
					  "the same id, but is of the resource %s instead of %s"
					: "%s has the same alias, but is of the resource %s "
					  "instead of %s",
				PCI_ADDRESS_TEXT(&other->address), others, resource),
			same_id ? "give sections [device %s] and [device %s] the same alias and "
				  "resource-class"
				: "give sections [device %s] and [device %s] the same "
				  "resource-class, or two aliases",
			other->section->label, device->section->label);
		return;
	}
}

static void check_iommufd(const struct export *export, struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];

	if (export->profile->iommu_backend == BACKEND_IOMMUFD && info->iommufd &&
	    !export_is_since(export, info->iommufd))
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT, "host",
				    "the profile wants iommufd, which %s has from release %s on",
				    info->target, info->iommufd),
			"set backend = auto in section [iommu], or export for --release %s",
			info->iommufd);
}

static bool is_host_name(const char *name)
{
	static const char ends[] = LETTERS CAPITALS DIGITS;
	static const char all[] = LETTERS CAPITALS DIGITS "-.";
	size_t length = strlen(name);

	return length && length <= 253 && !name[strspn(name, all)] && strchr(ends, *name) &&
	       strchr(ends, name[length - 1]) && !strstr(name, "..");
}

static void check_node(const struct export *export, struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];
	const char *name = export->inventory->hostname;

	if ((info->kinds & EXPORT_OF_NODE) && !(name && is_host_name(name)))
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT, "host",
				    "%s wants the name of the host, and /etc/hostname has %s",
				    info->target,
				    name ? "none of letters, digits, '-' and '.'" : "none"),
			"hostnamectl set-hostname NAME");
}

/*
 * Where a device is, as Windows says it: the _UID of the host bridge, then device and function of each hop from the
 * root bus on, in hex: "PCIROOT(0)#PCI(1D02)#PCI(0000)". The caller's; NULL: not known.
 */
static char *location_of(const struct inventory *inventory, const struct pci_function *function)
{
	_cleanup_(strv_done) struct strv hops = {};
	struct pci_address first;
	struct buf buf = {};
	uint64_t uid = 0;
	bool known;

	if (!function || !function->port_path)
		return NULL;
	strv_split(&hops, function->port_path, "/");
	if (pci_address_parse(hops.items[0], &first) < 0)
		return NULL;
	known = first.bus == 0 && first.domain == 0;
	vec_foreach(root, &inventory->roots)
		if (root->domain == first.domain && root->bus == first.bus) {
			known = true;
			uid = root->uid;
		}
	if (!known)
		return NULL;
	buf_addf(&buf, "PCIROOT(%llX)#PCI(%02X%02X)", (unsigned long long)uid, first.slot,
		 first.function);
	for (size_t i = 1; i < hops.n; i++) {
		_cleanup_free_ char *hop = xasprintf("0:%s", hops.items[i]);
		struct pci_address address = {};

		pci_address_parse(hop, &address);
		buf_addf(&buf, "#PCI(%02X%02X)", address.slot, address.function);
	}
	return buf_take(&buf);
}

static void find_location(const struct export *export, struct export_device *device,
			  struct findings *findings)
{
	if (export->text != EXPORT_HYPERV)
		return;
	device->location = location_of(export->inventory, device->function);
	if (!device->location)
		finding_remedy(
			finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT,
				    PCI_ADDRESS_TEXT(&device->address),
				    "the way to the device from a root bus whose number (_UID) "
				    "is known cannot be read, and Hyper-V finds it by that"),
			"run vfio-prepare export hyperv as root on the host itself");
}

void export_make(const struct plan *plan, struct export *export, struct findings *findings)
{
	const struct export_info *info = &export_infos[export->text];
	bool named = false;

	vec_foreach(planned, plan) {
		const struct pci_function *function = inventory_find(export->inventory,
								     &planned->address);

		if (!function || planned->state == DEVICE_ABSENT)
			continue;
		if (planned->vfs)
			add_vfs(plan, planned, function, export, findings);
		else if (planned->want && driver_is_vfio(planned->want))
			add_device(planned, function, export);
	}
	vec_sort(export, pci_address_order);
	vec_foreach(device, export) {
		check_domain(export, device, findings);
		check_name(export, device, findings);
		check_driver(export, device, findings);
		check_group(export, device, findings);
		check_resource(export, device, findings);
		find_location(export, device, findings);
	}
	check_node(export, findings);
	check_iommufd(export, findings);
	if (info->kinds & EXPORT_OF_NOVA)
		export_check_nova(export, findings);
	vec_foreach(device, export)
		named = named || export->text != EXPORT_OPENNEBULA_NIC ||
			(device->class >> 16 == 0x02 && !device->companion);
	if (!named && !findings->n)
		finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT, "host",
					   "the profile gives no device of this host to guests, so "
					   "that there is nothing to tell %s",
					   info->target),
			       "vfio-prepare init prints a device section for this host");
}
