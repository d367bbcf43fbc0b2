/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kernel.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "parse/kernel_args.h"

#define BUILTIN_MAX (4 * 1024 * 1024)

/*
 * Groups without a unit in /sys/class/iommu are an IOMMU's on POWER, up to 6.3, which has no ACPI either; else they
 * come from the no-IOMMU mode of vfio.
 */
static bool groups_translate(struct root *root)
{
	_cleanup_(strv_done) struct strv groups = {};
	_cleanup_free_ char *path = NULL, *name = NULL;

	root_list(root, "/sys/kernel/iommu_groups", &groups);
	if (!groups.n)
		return false;
	path = xasprintf("/sys/kernel/iommu_groups/%s/name", groups.items[0]);
	name = root_read_line(root, path);
	return !text_same(name, "vfio-noiommu");
}

void kernel_read_iommu(struct root *root, struct inventory *inventory)
{
	static const struct {
		const char *prefix;
		enum iommu_kind kind;
	} kinds[] = {{"dmar", IOMMU_KIND_INTEL},
		     {"ivhd", IOMMU_KIND_AMD},
		     {"smmu", IOMMU_KIND_ARM}};
	_cleanup_(strv_done) struct strv units = {}, tables = {};
	int r_units = root_list(root, "/sys/class/iommu", &units);
	int r_groups = root_has_entries(root, "/sys/kernel/iommu_groups");
	int r_tables = root_list(root, "/sys/firmware/acpi/tables", &tables);

	/* A kernel without IOMMU support has neither, but /sys/kernel it has. */
	if ((r_units < 0 && r_units != -ENOENT) || (r_groups < 0 && r_groups != -ENOENT) ||
	    (r_groups == -ENOENT && root_has_entries(root, "/sys/kernel") < 0))
		inventory->iommu = IOMMU_UNKNOWN;
	else
		inventory->iommu = r_groups > 0 && (units.n ||
						    (r_tables < 0 && groups_translate(root)))
					   ? IOMMU_ON
					   : IOMMU_OFF;
	if (units.n) {
		inventory->iommu_kind = IOMMU_KIND_OTHER;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (strncmp(units.items[0], kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
				inventory->iommu_kind = kinds[i].kind;
	}
	inventory->firmware_known = r_tables == 0;
	for (size_t i = 0; i < tables.n; i++)
		for (size_t j = 0; j < N_FIRMWARE_TABLES; j++)
			if (strcmp(tables.items[i], firmware_tables[j].name) == 0)
				strv_add(&inventory->firmware_tables, tables.items[i]);
}

void kernel_read(struct root *root, struct inventory *inventory)
{
	static const char *const backends[] = {"/sys/module/vfio_iommu_type1",
					       "/sys/module/iommufd",
					       "/sys/module/vfio_iommu_spapr_tce"};

	inventory->kernel = root_read_line(root, "/proc/sys/kernel/osrelease");
	inventory->cmdline = root_read_line(root, "/proc/cmdline");
	if (inventory->cmdline)
		kernel_args_parse(inventory->cmdline, &inventory->args);
	root_list(root, SYSFS_PCI "/drivers", &inventory->drivers);
	for (size_t i = 0; i < ARRAY_SIZE(backends) && !inventory->has_iommu_backend; i++)
		inventory->has_iommu_backend = root_exists(root, backends[i]);
}

void kernel_read_arguments(struct root *root, struct kernel_args *ret)
{
	_cleanup_free_ char *cmdline = root_read_line(root, "/proc/cmdline");

	kernel_args_parse(cmdline ? cmdline : "", ret);
}

void kernel_read_loaded(struct root *root, struct inventory *inventory)
{
	root_list(root, "/sys/module", &inventory->loaded_modules);
}

/* "kernel/drivers/usb/host/xhci-pci.ko" is xhci_pci. */
void kernel_read_builtin(struct root *root, struct inventory *inventory)
{
	_cleanup_free_ char *path = xasprintf("/lib/modules/%s/modules.builtin",
					      inventory->kernel ? inventory->kernel : "");
	_cleanup_free_ char *text = NULL;
	char *position, *line;

	if (root_read_file(root, path, BUILTIN_MAX, &text, NULL) < 0)
		return;
	position = text;
	while ((line = strsep(&position, "\n"))) {
		char *name = strrchr(line, '/'), *end;

		name = name ? name + 1 : line;
		end = strstr(name, ".ko");
		if (!end)
			continue;
		*end = '\0';
		text_underscore(name);
		strv_add(&inventory->builtin_modules, name);
	}
	strv_sort(&inventory->builtin_modules);
}

/* "pci0000:40" is the root bus 40 of domain 0. */
static bool parse_root(const char *name, struct pci_root *ret)
{
	const char *colon = strchr(name, ':');
	uint64_t domain, bus;

	if (!text_starts_with(name, "pci") || !colon ||
	    number_parse_n(name + 3, (size_t)(colon - name - 3), 16, UINT32_MAX, &domain) < 0 ||
	    number_parse(colon + 1, 16, 0xff, &bus) < 0)
		return false;
	*ret = (struct pci_root){.domain = (uint32_t)domain, .bus = (uint8_t)bus};
	return true;
}

void kernel_read_node(struct root *root, struct inventory *inventory)
{
	_cleanup_(strv_done) struct strv names = {};

	inventory->hostname = root_read_line(root, "/etc/hostname");
	if (!inventory->hostname)
		inventory->hostname = root_read_line(root, "/proc/sys/kernel/hostname");
	root_list(root, "/sys/devices", &names);
	vec_foreach(name, &names) {
		_cleanup_free_ char *path = xasprintf("/sys/devices/%s/firmware_node/uid", *name);
		struct pci_root found;
		_cleanup_free_ char *uid = parse_root(*name, &found) ? root_read_line(root, path)
								     : NULL;

		if (uid && number_parse(uid, 10, UINT64_MAX, &found.uid) == 0)
			*vec_add(&inventory->roots) = found;
	}
}
