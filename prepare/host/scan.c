/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/scan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "host/pci_ids.h"
#include "host/scan_bounded.h"
#include "parse/address.h"
#include "parse/config_space.h"
#include "parse/kernel_args.h"

#define ATTRIBUTE_MAX 4096
/* An override is read at once or not for a long time: waiting longer would only delay the boot. */
#define OVERRIDE_MS 1000
#define OVERRIDES_MS 5000

char *device_path(const struct pci_address *address, char path[static DEVICE_PATH_MAX])
{
	memcpy(path, DEVICE_PATH, sizeof(DEVICE_PATH));
	pci_address_format(address, path + strlen(DEVICE_PATH));
	return path;
}

int device_lend(struct root *root, const struct pci_address *address)
{
	return root_lend(root, device_path(address, (char[DEVICE_PATH_MAX]){}));
}

/* "0x8086" or "8086" */
static int read_hex(struct root *root, int dir, const char *name, uint64_t max, uint64_t *ret)
{
	char text[32];
	int r = attribute_read(root, dir, name, text, sizeof(text));

	if (r < 0)
		return r;
	return number_parse(strncmp(text, "0x", 2) == 0 ? text + 2 : text, 16, max, ret);
}

int scan_decimal(struct root *root, int dir, const char *name, int absent)
{
	char text[32];
	uint64_t value;

	if (attribute_read(root, dir, name, text, sizeof(text)) < 0 ||
	    number_parse(text, 10, INT_MAX, &value) < 0)
		return absent;
	return (int)value;
}

/* "8086:10D3" */
static bool parse_pair(const char *text, uint16_t *ret_first, uint16_t *ret_second)
{
	const char *colon = strchr(text, ':');
	uint64_t first, second;

	if (!colon || number_parse_n(text, (size_t)(colon - text), 16, 0xffff, &first) < 0 ||
	    number_parse(colon + 1, 16, 0xffff, &second) < 0)
		return false;
	*ret_first = (uint16_t)first;
	*ret_second = (uint16_t)second;
	return true;
}

/*
 * The ids out of the attribute modalias, which has them all in one read (drivers/pci/pci-sysfs.c
 * modalias_show()). false: it is not there, or not a PCI function's.
 */
static bool ids_from_modalias(struct root *root, int dir, struct pci_function *function)
{
	static const struct {
		const char *before;
		size_t digits, max;
	} fields[] = {{"pci:v", 8, 0xffff}, {"d", 8, 0xffff}, {"sv", 8, 0xffff}, {"sd", 8, 0xffff},
		      {"bc", 2, 0xff},      {"sc", 2, 0xff},  {"i", 2, 0xff}};
	uint64_t values[ARRAY_SIZE(fields)];
	char text[ATTRIBUTE_MAX];
	const char *position = text;

	if (attribute_read(root, dir, "modalias", text, sizeof(text)) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t length = strlen(fields[i].before);

		if (strncmp(position, fields[i].before, length) != 0 ||
		    strlen(position) < length + fields[i].digits ||
		    number_parse_n(position + length, fields[i].digits, 16, fields[i].max,
				   &values[i]) < 0)
			return false;
		position += length + fields[i].digits;
	}
	if (*position)
		return false;
	function->vendor = (uint16_t)values[0];
	function->device = (uint16_t)values[1];
	function->subsystem_vendor = (uint16_t)values[2];
	function->subsystem_device = (uint16_t)values[3];
	function->class = (uint32_t)(values[4] << 16 | values[5] << 8 | values[6]);
	function->modalias = xstrdup(text);
	return true;
}

/*
 * The same out of the attribute uevent, for trees that have no other (drivers/pci/pci-driver.c
 * pci_uevent()). Never on a live host: kernels such as 6.1.192 take the device's lock to read it
 * (drivers/base/core.c uevent_show()), and wait for ever where a driver does not let go of the device.
 * false: not all of them are there.
 */
static bool ids_from_uevent(struct root *root, int dir, struct pci_function *function)
{
	char text[ATTRIBUTE_MAX], *position = text, *line;
	bool ids = false, class = false, subsystem = false;
	uint64_t value;

	if (attribute_read(root, dir, "uevent", text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&position, "\n"))) {
		if (strncmp(line, "PCI_ID=", 7) == 0)
			ids = parse_pair(line + 7, &function->vendor, &function->device);
		else if (strncmp(line, "PCI_SUBSYS_ID=", 14) == 0)
			subsystem = parse_pair(line + 14, &function->subsystem_vendor,
					       &function->subsystem_device);
		else if (strncmp(line, "PCI_CLASS=", 10) == 0 &&
			 number_parse(line + 10, 16, 0xffffff, &value) == 0) {
			function->class = (uint32_t)value;
			class = true;
		} else if (strncmp(line, "MODALIAS=", 9) == 0 && !function->modalias)
			function->modalias = xstrdup(line + 9);
	}
	return ids && class && subsystem;
}

/* The device's entry is a link: ../../../devices/pci0000:00/0000:00:03.1/0000:83:00.0 */
void scan_path(struct root *root, struct pci_function *function)
{
	char path[DEVICE_PATH_MAX], target[PATH_MAX];

	device_path(&function->address, path);
	if (!function->port_path && root_read_link(root, path, target, sizeof(target)) > 0)
		function->port_path = port_path_of(target);
}

void scan_physfn(struct root *root, int dir, struct pci_function *function)
{
	char name[PATH_MAX];

	function->is_vf = attribute_read_link_name(root, dir, "physfn", name, sizeof(name)) > 0 &&
			  pci_address_parse(name, &function->physfn) == 0;
}

static void read_details(struct root *root, int dir, struct pci_function *function)
{
	uint64_t revision;

	if (read_hex(root, dir, "revision", 0xff, &revision) == 0)
		function->revision = (int)revision;
	function->numa_node = scan_decimal(root, dir, "numa_node", -1);
	function->total_vfs = scan_decimal(root, dir, "sriov_totalvfs", -1);
	scan_physfn(root, dir, function);
}

struct config_space {
	int length; /* or -errno */
	uint8_t bytes[PCI_CONFIG_BYTES];
};

static void read_config(struct root *root, int dir, void *answer)
{
	struct config_space *config = answer;

	config->length = attribute_read_bytes(root, dir, "config", config->bytes,
					      sizeof(config->bytes));
}

static void take_serial(struct root *root, struct pci_function *function, const void *answer)
{
	const struct config_space *config = answer;
	size_t length = config && config->length > 0 ? (size_t)config->length : 0;

	if (length && root->recorder) {
		int dir = device_lend(root, &function->address);

		if (dir >= 0)
			attribute_record(root, dir, "config", config->bytes, length);
	}
	/* An ordinary user sees 64 bytes, a conventional PCI function has 256: then it is not known. */
	if (length <= 256)
		return;
	function->unknown &= ~(unsigned)FUNCTION_SERIAL;
	function->has_serial = config_space_serial(config->bytes, length, &function->serial, NULL);
}

static bool has_no_serial_yet(void *userdata _unused_, const struct pci_function *function)
{
	return function->unknown & FUNCTION_SERIAL;
}

void scan_serials(struct root *root, struct inventory *inventory)
{
	static const struct bounded_read serial = {
		.size = sizeof(struct config_space),
		.piece_ms = CONFIG_MS,
		.total_ms = CONFIGS_MS,
		.read = read_config,
		.take = take_serial,
	};

	scan_bounded(root, inventory, &serial, has_no_serial_yet, NULL);
}

static void read_function(struct root *root, unsigned what, struct pci_function *function)
{
	int dir = device_lend(root, &function->address);
	char text[PATH_MAX];
	uint64_t group;
	int r;

	if (dir < 0) {
		function->unknown = ~0U;
		return;
	}
	if (!ids_from_modalias(root, dir, function) &&
	    (root->live || !ids_from_uevent(root, dir, function)))
		function->unknown |= FUNCTION_IDS;

	r = attribute_read_link_name(root, dir, "driver", text, sizeof(text));
	if (r >= 0)
		function->driver = xstrdup(text);
	else if (r != -ENOENT)
		function->unknown |= FUNCTION_DRIVER;

	r = attribute_read_link_name(root, dir, "iommu_group", text, sizeof(text));
	if (r >= 0 && number_parse(text, 10, INT_MAX, &group) == 0)
		function->iommu_group = (int)group;
	else if (r != -ENOENT)
		function->unknown |= FUNCTION_GROUP;

	if (what & SCAN_DETAILS)
		read_details(root, dir, function);
	if (what & SCAN_PATHS)
		scan_path(root, function);
}

struct override {
	int length; /* or -errno */
	char text[DRIVER_OVERRIDE_MAX];
};

static void read_override(struct root *root, int dir, void *answer)
{
	struct override *override = answer;

	override->length = attribute_read(root, dir, "driver_override", override->text,
					  sizeof(override->text));
}

static void take_override(struct root *root _unused_, struct pci_function *function,
			  const void *answer)
{
	const struct override *override = answer;

	if (!override || (override->length < 0 && override->length != -ENOENT))
		function->unknown |= FUNCTION_OVERRIDE;
	else if (override->length > 0 && strcmp(override->text, "(null)") != 0)
		function->driver_override = xstrdup(override->text);
}

void scan_overrides(struct root *root, struct inventory *inventory,
		    bool (*chosen)(void *userdata, const struct pci_function *function),
		    void *userdata)
{
	static const struct bounded_read override = {
		.size = sizeof(struct override),
		.piece_ms = OVERRIDE_MS,
		.total_ms = OVERRIDES_MS,
		.read = read_override,
		.take = take_override,
	};

	scan_bounded(root, inventory, &override, chosen, userdata);
}

static void add_function(struct root *root, unsigned what, const struct pci_address *address,
			 struct inventory *inventory)
{
	struct pci_function *function = vec_add(inventory);

	function->address = *address;
	function->revision = function->numa_node = function->iommu_group = function->total_vfs =
		function->header_type = function->num_vfs = function->vfs_autoprobe = -1;
	function->unknown = FUNCTION_MODULES | FUNCTION_SERIAL | FUNCTION_VFS;
	read_function(root, what, function);
}

/* Is any of the places on the function's bus? */
static bool shares_bus(const struct address_list *places, const struct pci_address *address)
{
	size_t low = 0, high = places->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pci_address *place = &places->items[middle].address;

		if (place->domain == address->domain && place->bus == address->bus)
			return true;
		if (pci_address_compare(place, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int compare_int(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The groups of the functions, each once; an array of the caller's. */
static size_t list_groups(const struct inventory *inventory, int **ret)
{
	int *groups = xcalloc(inventory->n, sizeof(*groups));
	size_t n = 0, n_groups = 0;

	vec_foreach(function, inventory)
		if (function->iommu_group >= 0)
			groups[n++] = function->iommu_group;
	if (n)
		qsort(groups, n, sizeof(*groups), compare_int);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || groups[i] != groups[i - 1])
			groups[n_groups++] = groups[i];
	*ret = groups;
	return n_groups;
}

/* The functions that are not in the inventory yet and are in one of the groups. */
static void add_group_members(struct root *root, unsigned what, const int *groups, size_t n_groups,
			      struct inventory *inventory)
{
	const size_t n = inventory->n;

	inventory_sort(inventory);
	for (size_t i = 0; i < n_groups; i++) {
		_cleanup_free_ char *path = xasprintf("/sys/kernel/iommu_groups/%d/devices",
						      groups[i]);
		struct strv names = {};

		root_list(root, path, &names);
		for (size_t j = 0; j < names.n; j++) {
			struct inventory known = {.items = inventory->items, .n = n};
			struct pci_address address;

			if (pci_address_parse(names.items[j], &address) == 0 &&
			    !inventory_find(&known, &address))
				add_function(root, what, &address, inventory);
		}
		strv_done(&names);
	}
}

/* System calls that it takes to list a group, and to read a function. */
#define CALLS_GROUP 7
#define CALLS_FUNCTION 7

/* The addresses of the host's functions; 0 or -errno. */
static int list_functions(struct root *root, struct pci_address_list *ret)
{
	struct strv names = {};
	int r = root_list(root, DEVICE_PATH, &names);

	for (size_t i = 0; i < names.n; i++) {
		struct pci_address address;

		if (pci_address_parse(names.items[i], &address) == 0)
			*vec_add(ret) = address;
	}
	strv_done(&names);
	/* A machine without PCI is a host too. */
	return r == -ENOENT ? 0 : r;
}

static int scan_functions(struct root *root, unsigned what, const struct address_list *places,
			  struct inventory *inventory)
{
	struct pci_address_list all = {}, left = {};
	int r = list_functions(root, &all);
	_cleanup_free_ int *groups = NULL;
	size_t n_groups;

	vec_foreach(address, &all)
		if (!places || shares_bus(places, address))
			add_function(root, what, address, inventory);
		else
			*vec_add(&left) = *address;
	free(all.items);
	/* Who shares a group with these tells the group, or whatever is left. */
	n_groups = left.n ? list_groups(inventory, &groups) : 0;
	if (left.n * CALLS_FUNCTION > n_groups * CALLS_GROUP)
		add_group_members(root, what, groups, n_groups, inventory);
	else
		vec_foreach(address, &left)
			add_function(root, what, address, inventory);
	free(left.items);
	inventory_sort(inventory);
	return r;
}

int scan_rest(struct root *root, unsigned what, struct inventory *inventory)
{
	const size_t n = inventory->n;
	struct pci_address_list all = {};
	int r = list_functions(root, &all);

	vec_foreach(address, &all) {
		struct inventory known = {.items = inventory->items, .n = n};

		if (!inventory_find(&known, address))
			add_function(root, what, address, inventory);
	}
	free(all.items);
	inventory_sort(inventory);
	return r;
}

static void scan_iommu(struct root *root, struct inventory *inventory)
{
	static const struct {
		const char *prefix;
		enum iommu_kind kind;
	} kinds[] = {{"dmar", IOMMU_KIND_INTEL},
		     {"ivhd", IOMMU_KIND_AMD},
		     {"smmu", IOMMU_KIND_ARM}};
	struct strv units = {}, tables = {};
	int r_units = root_list(root, "/sys/class/iommu", &units);
	int r_groups = root_has_entries(root, "/sys/kernel/iommu_groups");
	int r_tables = root_list(root, "/sys/firmware/acpi/tables", &tables);

	/* A kernel without IOMMU support has neither, but /sys/kernel it has. */
	if ((r_units < 0 && r_units != -ENOENT) || (r_groups < 0 && r_groups != -ENOENT) ||
	    (r_groups == -ENOENT && root_has_entries(root, "/sys/kernel") < 0))
		inventory->iommu = IOMMU_UNKNOWN;
	else
		inventory->iommu = units.n && r_groups > 0 ? IOMMU_ON : IOMMU_OFF;
	if (units.n) {
		inventory->iommu_kind = IOMMU_KIND_OTHER;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (strncmp(units.items[0], kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
				inventory->iommu_kind = kinds[i].kind;
	}
	inventory->firmware_known = r_tables == 0;
	for (size_t i = 0; i < tables.n; i++)
		if (strcmp(tables.items[i], "DMAR") == 0 || strcmp(tables.items[i], "IVRS") == 0 ||
		    strcmp(tables.items[i], "IORT") == 0 || strcmp(tables.items[i], "VIOT") == 0)
			strv_add(&inventory->firmware_tables, tables.items[i]);
	strv_done(&units);
	strv_done(&tables);
}

static void scan_drivers(struct root *root, struct inventory *inventory)
{
	static const char *const backends[] = {"/sys/module/vfio_iommu_type1",
					       "/sys/module/iommufd"};

	root_list(root, SYSFS_PCI "/drivers", &inventory->drivers);
	for (size_t i = 0; i < ARRAY_SIZE(backends) && !inventory->has_iommu_backend; i++)
		inventory->has_iommu_backend = root_exists(root, backends[i]);
}

void scan_arguments(struct root *root, struct kernel_args *ret)
{
	_cleanup_free_ char *cmdline = root_read_line(root, "/proc/cmdline");

	kernel_args_parse(cmdline ? cmdline : "", ret);
}

int scan_host(struct root *root, unsigned what, const struct address_list *places,
	      struct inventory *ret)
{
	struct inventory inventory = {};
	int r;

	root_forget(root);
	inventory.kernel = root_read_line(root, "/proc/sys/kernel/osrelease");
	inventory.cmdline = root_read_line(root, "/proc/cmdline");
	if (inventory.cmdline)
		kernel_args_parse(inventory.cmdline, &inventory.args);
	if (what & SCAN_IOMMU)
		scan_iommu(root, &inventory);
	scan_drivers(root, &inventory);
	r = scan_functions(root, what, places, &inventory);
	if (r < 0) {
		inventory_done(&inventory);
		return r;
	}
	if (what & SCAN_NAMES)
		pci_ids_name(root, &inventory);
	*ret = inventory;
	return 0;
}
