/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "parse/address.h"
#include "parse/platform.h"

#define ATTRIBUTE_MAX 4096

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

int pci_decimal(struct root *root, int dir, const char *name, int absent)
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
 * modalias_show()). -ENOENT: it is not there; another error: it cannot be read, or is not a PCI function's.
 */
static int ids_from_modalias(struct root *root, int dir, struct pci_function *function)
{
	static const struct {
		const char *before;
		size_t digits, max;
	} fields[] = {{"pci:v", 8, 0xffff}, {"d", 8, 0xffff}, {"sv", 8, 0xffff}, {"sd", 8, 0xffff},
		      {"bc", 2, 0xff},      {"sc", 2, 0xff},  {"i", 2, 0xff}};
	uint64_t values[ARRAY_SIZE(fields)];
	char text[ATTRIBUTE_MAX];
	const char *position = text;
	int r;

	r = attribute_read(root, dir, "modalias", text, sizeof(text));
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t length = strlen(fields[i].before);

		if (strncmp(position, fields[i].before, length) != 0 ||
		    strlen(position) < length + fields[i].digits ||
		    number_parse_n(position + length, fields[i].digits, 16, fields[i].max,
				   &values[i]) < 0)
			return -EINVAL;
		position += length + fields[i].digits;
	}
	if (*position)
		return -EINVAL;
	function->vendor = (uint16_t)values[0];
	function->device = (uint16_t)values[1];
	function->subsystem_vendor = (uint16_t)values[2];
	function->subsystem_device = (uint16_t)values[3];
	function->class = (uint32_t)(values[4] << 16 | values[5] << 8 | values[6]);
	function->modalias = xstrdup(text);
	return 0;
}

/*
 * Takes the ids out of the attribute uevent, for trees that have no other (drivers/pci/pci-driver.c
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

/* Takes the ids one by one, for captures that lack what has them all. false: not all of them are there. */
static bool ids_from_each(struct root *root, int dir, struct pci_function *function)
{
	uint16_t *const ids[] = {&function->vendor, &function->device, &function->subsystem_vendor,
				 &function->subsystem_device};
	static const char *const names[] = {"vendor", "device", "subsystem_vendor",
					    "subsystem_device"};
	uint64_t value;
	bool all = true;

	if (read_hex(root, dir, "class", 0xffffff, &value) == 0)
		function->class = (uint32_t)value;
	else
		function->unknown |= FUNCTION_CLASS;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (read_hex(root, dir, names[i], 0xffff, &value) == 0)
			*ids[i] = (uint16_t)value;
		else
			all = false;
	return all && !(function->unknown & FUNCTION_CLASS);
}

/* The device's entry is a link: ../../../devices/pci0000:00/0000:00:03.1/0000:83:00.0 */
static void read_path(struct root *root, struct pci_function *function)
{
	char path[DEVICE_PATH_MAX], target[PATH_MAX];

	device_path(&function->address, path);
	if (root_read_link(root, path, target, sizeof(target)) <= 0)
		return;
	function->port_path = port_path_of(target);
	function->has_above = function_above(target, &function->above);
}

void pci_read_path(struct root *root, int dir _unused_, const struct inventory *inventory _unused_,
		   struct pci_function *function)
{
	if (!function->port_path)
		read_path(root, function);
}

void pci_read_physfn(struct root *root, int dir, const struct inventory *inventory _unused_,
		     struct pci_function *function)
{
	char name[PATH_MAX];

	function->is_vf = attribute_read_link_name(root, dir, "physfn", name, sizeof(name)) > 0 &&
			  pci_address_parse(name, &function->physfn) == 0;
}

void pci_read_details(struct root *root, int dir, const struct inventory *inventory _unused_,
		      struct pci_function *function)
{
	uint64_t revision;

	if (read_hex(root, dir, "revision", 0xff, &revision) == 0)
		function->revision = (int)revision;
	function->numa_node = pci_decimal(root, dir, "numa_node", -1);
	function->total_vfs = pci_decimal(root, dir, "sriov_totalvfs", -1);
	if (function->total_vfs <= 0)
		return;
	function->vf_offset = pci_decimal(root, dir, "sriov_offset", -1);
	function->vf_stride = pci_decimal(root, dir, "sriov_stride", -1);
}

void pci_read_reset(struct root *root, int dir, const struct inventory *inventory,
		    struct pci_function *function)
{
	char text[ATTRIBUTE_MAX];
	int r = attribute_read(root, dir, "reset_method", text, sizeof(text));

	if (r >= 0)
		strv_split(&function->reset_methods, text, " ");
	/* A function without any does not have the attribute, nor has a kernel before 5.15. */
	function->has_reset_methods = r >= 0 || (r == -ENOENT && inventory->kernel &&
						 inventory_kernel_is_at_least(inventory, 5, 15));
}

void pci_take_unread(struct root *root, struct pci_function *function, enum function_fact fact)
{
	if (!root->unread)
		return;
	function->unread |= fact;
	if (!function->unread_why)
		function->unread_why = xstrdup(root->unread);
}

void pci_read_bars(struct root *root, int dir, const struct inventory *inventory _unused_,
		   struct pci_function *function)
{
	char text[ATTRIBUTE_MAX];

	function->has_bars = attribute_read(root, dir, "resource", text, sizeof(text)) > 0 &&
			     bars_parse(text, function->bars);
}

static void read_function(struct root *root, int dir, struct pci_function *function)
{
	char text[PATH_MAX];
	uint64_t group;
	int r;

	if (dir < 0) {
		function->unknown = ~0U;
		return;
	}
	r = ids_from_modalias(root, dir, function);
	if (r < 0 && (root->live || !ids_from_uevent(root, dir, function)) &&
	    (r != -ENOENT || !ids_from_each(root, dir, function)))
		function->unknown |= FUNCTION_IDS | (r == -ENOENT ? 0 : FUNCTION_CLASS);

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
	/* A driver numbers the domains that it makes above those of the firmware (vmd_find_free_domain()). */
	if (function->address.domain > 0xffff)
		read_path(root, function);
}

static void add_function(const struct pci_address *address, struct inventory *inventory)
{
	struct pci_function *function = vec_add(inventory);

	function->address = *address;
	function->revision = function->numa_node = function->iommu_group = function->total_vfs =
		function->header_type = function->vf_device = function->vf_offset =
			function->vf_stride = function->num_vfs = function->vfs_autoprobe = -1;
	function->unknown = FUNCTION_MODULES | FUNCTION_SERIAL | FUNCTION_VFS;
}

/*
 * Reads the functions that were added behind the first ones. All directories are opened before: what is opened
 * and closed again then has one number, which /proc/self/fd, where a tree is read by, does not make anew.
 */
static void read_added(struct root *root, size_t first, struct inventory *inventory)
{
	_cleanup_free_ int *dirs = xcalloc(inventory->n, sizeof(*dirs));

	for (size_t i = first; i < inventory->n; i++)
		dirs[i] = device_lend(root, &inventory->items[i].address);
	for (size_t i = first; i < inventory->n; i++)
		read_function(root, dirs[i], &inventory->items[i]);
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

size_t pci_groups(const struct inventory *inventory, const struct needs *needs, unsigned facts,
		  int **ret)
{
	int *groups = xcalloc(inventory->n, sizeof(*groups));
	size_t n = 0, n_groups = 0;

	vec_foreach(function, inventory)
		if (function->iommu_group >= 0 &&
		    (!needs || needs_fact(needs, inventory, function, facts)))
			groups[n++] = function->iommu_group;
	if (n)
		qsort(groups, n, sizeof(*groups), compare_int);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || groups[i] != groups[i - 1])
			groups[n_groups++] = groups[i];
	*ret = groups;
	return n_groups;
}

/* Adds the members of the groups that the inventory does not have yet. */
static void add_group_members(struct root *root, const int *groups, size_t n_groups,
			      struct inventory *inventory)
{
	const size_t n = inventory->n;

	inventory_sort(inventory);
	for (size_t i = 0; i < n_groups; i++) {
		_cleanup_free_ char *path = xasprintf("/sys/kernel/iommu_groups/%d/devices",
						      groups[i]);
		_cleanup_(strv_done) struct strv names = {};

		int r = root_list(root, path, &names);

		if (r < 0 && (r != -ENOENT || root->live))
			vec_foreach(function, inventory)
				if (function->iommu_group == groups[i])
					function->unknown |= FUNCTION_GROUP;
		for (size_t j = 0; j < names.n; j++) {
			struct inventory known = {.items = inventory->items, .n = n};
			struct pci_address address;

			if (pci_address_parse(names.items[j], &address) == 0 &&
			    !inventory_find(&known, &address))
				add_function(&address, inventory);
		}
	}
}

/* System calls that it takes to list a group, and to read a function. */
#define CALLS_GROUP 7
#define CALLS_FUNCTION 7

/* The addresses of the host's functions; 0 or -errno. */
static int list_functions(struct root *root, struct pci_address_list *ret)
{
	_cleanup_(strv_done) struct strv names = {};
	int r = root_list(root, SYSFS_PCI "/devices", &names);

	for (size_t i = 0; i < names.n; i++) {
		struct pci_address address;

		if (pci_address_parse(names.items[i], &address) == 0)
			*vec_add(ret) = address;
	}
	/* A machine without PCI is a host too. */
	return r == -ENOENT ? 0 : r;
}

int pci_list(struct root *root, const struct address_list *places, struct inventory *inventory)
{
	struct inventory known = {.items = inventory->items, .n = inventory->n};
	struct pci_address_list all = {}, left = {};
	int r = list_functions(root, &all);
	_cleanup_free_ int *groups = NULL;
	size_t n_groups, n = inventory->n;

	vec_foreach(address, &all) {
		known.items = inventory->items;
		if (inventory_find(&known, address))
			continue;
		if (!places || shares_bus(places, address))
			add_function(address, inventory);
		else
			*vec_add(&left) = *address;
	}
	free(all.items);
	read_added(root, n, inventory);
	n = inventory->n;
	/* Members of these groups are found by the groups' lists or by a look at each function that is left. */
	n_groups = left.n ? pci_groups(inventory, NULL, 0, &groups) : 0;
	if (left.n * CALLS_FUNCTION > n_groups * CALLS_GROUP)
		add_group_members(root, groups, n_groups, inventory);
	else
		vec_foreach(address, &left)
			add_function(address, inventory);
	free(left.items);
	read_added(root, n, inventory);
	inventory_sort(inventory);
	return r;
}
