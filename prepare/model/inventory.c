/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/inventory.h"

#include <string.h>

#include "base/text.h"

void inventory_done(struct inventory *inventory)
{
	if (!inventory)
		return;
	vec_foreach(function, inventory) {
		free(function->modalias);
		free(function->driver);
		free(function->driver_override);
		free(function->port_path);
		free(function->name);
		strv_done(&function->modules);
		free(function->variant);
		free(function->hangs);
		free(function->user);
		free(function->unread_why);
		free(function->linked.items);
		strv_done(&function->reset_methods);
	}
	for (size_t i = 0; i < N_HOST_FACTS; i++)
		free(inventory->unread[i]);
	storage_done(&inventory->storage);
	network_done(&inventory->network);
	guarded_list_done(&inventory->guarded);
	platform_done(&inventory->platform);
	foreign_done(&inventory->foreign);
	images_done(&inventory->images);
	bootloader_done(&inventory->bootloader);
	strv_done(&inventory->older);
	rebuild_done(&inventory->rebuild);
	for (size_t i = 0; i < N_MANAGED_FILES; i++)
		free(inventory->own_files[i].text);
	restart_reasons_done(&inventory->restart);
	free(inventory->items);
	free(inventory->kernel);
	free(inventory->cmdline);
	free(inventory->hostname);
	free(inventory->roots.items);
	kernel_args_done(&inventory->args);
	strv_done(&inventory->firmware_tables);
	strv_done(&inventory->drivers);
	strv_done(&inventory->builtin_modules);
	strv_done(&inventory->loaded_modules);
	*inventory = (struct inventory){};
}

const char *inventory_unread(const struct inventory *inventory, unsigned facts)
{
	for (size_t i = 0; i < N_HOST_FACTS; i++)
		if ((facts & 1U << i) && inventory->unread[i])
			return inventory->unread[i];
	return NULL;
}

const char *inventory_uncertain(const struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		if (function->unread)
			return function->unread_why;
		if (function->unknown & (FUNCTION_IDS | FUNCTION_DRIVER | FUNCTION_GROUP))
			return "the ids, driver or group of a PCI function cannot be read";
	}
	return inventory_unread(inventory, HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK |
						   HOST_LINKS | HOST_USERS | HOST_GUARDED);
}

bool inventory_kernel_is_at_least(const struct inventory *inventory, unsigned major, unsigned minor)
{
	const char *release = inventory->kernel;
	size_t dot = release ? strcspn(release, ".") : 0;
	uint64_t a, b;

	if (!release || !release[dot] || number_parse_n(release, dot, 10, UINT32_MAX, &a) < 0 ||
	    number_parse_n(release + dot + 1, strspn(release + dot + 1, "0123456789"), 10,
			   UINT32_MAX, &b) < 0)
		return true;
	return a > major || (a == major && b >= minor);
}

void inventory_sort(struct inventory *inventory)
{
	/* As the host lists them, they mostly are. */
	for (size_t i = 1; i < inventory->n; i++)
		if (pci_address_order(&inventory->items[i - 1], &inventory->items[i]) > 0) {
			vec_sort(inventory, pci_address_order);
			return;
		}
}

struct pci_function *inventory_find(const struct inventory *inventory,
				    const struct pci_address *address)
{
	return vec_find(inventory, address, pci_address_order);
}

void inventory_set_user(struct inventory *inventory, const struct pci_address *address,
			const char *process)
{
	struct pci_function *function = inventory_find(inventory, address);

	if (function && !function->user)
		function->user = xstrdup(process);
}

unsigned inventory_count_vfs(const struct inventory *inventory, const struct pci_address *physfn)
{
	unsigned n = 0;

	vec_foreach(function, inventory)
		n += function->is_vf && pci_address_compare(&function->physfn, physfn) == 0;
	return n;
}

static bool is_display(const struct pci_function *function)
{
	return function->class >> 16 == 0x03;
}

/* Has the function's slot a display of that vendor, or of any where it is negative? */
static bool slot_has_display(const struct inventory *inventory, const struct pci_function *function,
			     int vendor)
{
	const struct pci_function *end = inventory->items + inventory->n, *first = function,
				  *sibling;

	/* Functions of a slot stand beside each other. */
	while (first > inventory->items &&
	       pci_address_same_slot(&first[-1].address, &function->address))
		first--;
	for (sibling = first;
	     sibling < end && pci_address_same_slot(&sibling->address, &function->address);
	     sibling++)
		if (is_display(sibling) && (vendor < 0 || sibling->vendor == vendor))
			return true;
	return false;
}

bool inventory_is_beside_display(const struct inventory *inventory,
				 const struct pci_function *function)
{
	return slot_has_display(inventory, function, -1);
}

bool inventory_is_of_display_card(const struct inventory *inventory,
				  const struct pci_function *function)
{
	return slot_has_display(inventory, function, function->vendor);
}

bool inventory_is_only_display(const struct inventory *inventory,
			       const struct pci_function *function)
{
	if (!is_display(function) || function->is_vf)
		return false;
	vec_foreach(other, inventory)
		if (other != function && is_display(other) && !other->is_vf)
			return false;
	return true;
}

bool function_may_carry_disks(const struct pci_function *function)
{
	switch (function->class >> 8) {
	case 0x0c00: /* FireWire */
	case 0x0c03: /* USB */
	case 0x0c04: /* Fibre Channel */
	case 0x0805: /* SD */
		return true;
	default:
		return function->class >> 16 == 0x01;
	}
}

bool function_is_storage(const struct pci_function *function)
{
	return function->class >> 16 == 0x01 || function->class >> 8 == 0x0c04;
}

bool function_is_bridge(const struct pci_function *function)
{
	switch (function->class >> 8) {
	case 0x0600: /* host */
	case 0x0601: /* ISA */
	case 0x0604: /* PCI to PCI */
	case 0x0607: /* CardBus */
	case 0x0609: /* semi-transparent */
		return true;
	default: /* 0680 is what NVSwitch calls itself, and that can be handed on */
		return false;
	}
}

bool function_is_memory(const struct pci_function *function)
{
	return function->class >> 8 == 0x0500 || function->class >> 8 == 0x0502;
}

bool function_is_infrastructure(const struct pci_function *function)
{
	switch (function->class >> 8) {
	case 0x0800: /* interrupt controller */
	case 0x0802: /* timer */
	case 0x0803: /* clock */
	case 0x0806: /* IOMMU */
	case 0x0807: /* event collector of a root complex */
		return true;
	default: /* SMBus, SD hosts and memory of FPGAs have drivers, and go where those have to */
		return function_is_bridge(function) || function_is_memory(function);
	}
}

const struct firmware_table firmware_tables[N_FIRMWARE_TABLES] = {
	{"DMAR", IOMMU_KIND_INTEL},
	{"IVRS", IOMMU_KIND_AMD},
	{"IORT", IOMMU_KIND_ARM},
	{"VIOT", IOMMU_KIND_OTHER},
};

enum iommu_kind inventory_machine_iommu(const struct inventory *inventory)
{
	static const enum iommu_kind of_processor[] = {
		[CPU_INTEL] = IOMMU_KIND_INTEL,  [CPU_AMD] = IOMMU_KIND_AMD,
		[CPU_OTHER] = IOMMU_KIND_NONE,   [CPU_ARM] = IOMMU_KIND_ARM,
		[CPU_S390] = IOMMU_KIND_OTHER,   [CPU_POWER] = IOMMU_KIND_OTHER,
		[CPU_NOT_X86] = IOMMU_KIND_OTHER};

	for (size_t i = 0; i < N_FIRMWARE_TABLES; i++)
		if (strv_contains(&inventory->firmware_tables, firmware_tables[i].name))
			return firmware_tables[i].kind;
	return of_processor[inventory->platform.cpu] ? of_processor[inventory->platform.cpu]
						     : inventory->iommu_kind;
}

const struct machine *inventory_machine(const struct inventory *inventory)
{
	enum cpu_vendor cpu = inventory->platform.cpu;

	return machine_of(cpu == CPU_UNKNOWN && inventory_machine_iommu(inventory) == IOMMU_KIND_ARM
				  ? CPU_ARM
				  : cpu);
}

const char *const iommu_kind_names[] = {
	[IOMMU_KIND_NONE] = NULL,  [IOMMU_KIND_INTEL] = "intel", [IOMMU_KIND_AMD] = "amd",
	[IOMMU_KIND_ARM] = "smmu", [IOMMU_KIND_OTHER] = "other",
};

const char *const iommu_state_names[] = {
	[IOMMU_UNKNOWN] = "unknown",
	[IOMMU_OFF] = "off",
	[IOMMU_ON] = "on",
};
