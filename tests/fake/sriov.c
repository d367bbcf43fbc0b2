/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual functions, as drivers/pci/iov.c and pci-sysfs.c make and take them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/strv.h"
#include "fake/inside.h"
#include "model/address.h"
#include "parse/address.h"

#define GROUPS "/sys/kernel/iommu_groups"

static int number_of(struct root *root, const char *address, const char *attribute)
{
	_cleanup_free_ char *text = kernel_attribute(root, address, attribute);

	return text ? atoi(text) : 0;
}

static void set_number(struct root *root, const char *address, const char *attribute, int number)
{
	_cleanup_free_ char *device = xasprintf(PCI "/devices/%s", address);
	_cleanup_free_ char *text = xasprintf("%d\n", number);

	kernel_make_file(root, device, attribute, text);
}

int sriov_count(struct root *root, const char *address)
{
	return number_of(root, address, "sriov_numvfs");
}

bool sriov_may_probe(struct root *root, const char *address)
{
	_cleanup_free_ char *path = xasprintf(PCI "/devices/%s/physfn", address);
	_cleanup_free_ char *override = kernel_attribute(root, address, "driver_override");
	_cleanup_free_ char *autoprobe = NULL;
	char physfn[64];

	if (root_read_link_name(root, path, physfn, sizeof(physfn)) < 0)
		return true;
	autoprobe = kernel_attribute(root, physfn, "sriov_drivers_autoprobe");
	return !autoprobe || strcmp(autoprobe, "0") != 0 ||
	       (override && strcmp(override, "(null)") != 0);
}

/* The next routing ids behind the physical function: offset 1, stride 1. */
static void address_of(const char *physfn, int index, char ret[static PCI_ADDRESS_MAX])
{
	struct pci_address address;
	unsigned id;

	if (pci_address_parse(physfn, &address) < 0)
		abort();
	id = (address.bus << 8 | address.slot << 3 | address.function) + 1 + (unsigned)index;
	address.bus = (uint8_t)(id >> 8);
	address.slot = id >> 3 & 0x1f;
	address.function = id & 7;
	pci_address_format(&address, ret);
}

/* The directory that the function's is in, "/sys/devices/pci0000:00/0000:00:02.0"; the caller's. */
static char *bus_directory(struct root *root, const char *address)
{
	_cleanup_free_ char *link = xasprintf(PCI "/devices/%s", address);
	char target[PATH_MAX];

	if (root_read_link(root, link, target, sizeof(target)) < 0 || !strstr(target, "devices/"))
		kernel_complain(root, "%s is no link", link);
	*strrchr(target, '/') = '\0';
	return xasprintf("/sys/%s", strstr(target, "devices/"));
}

/* "../" for each directory between a path below /sys and /sys */
static char *way_up(const char *path)
{
	struct buf up = {};

	for (const char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/'))
		buf_add(&up, "../");
	return buf_take(&up);
}

static void make_group(struct root *root, const char *address, const char *directory)
{
	_cleanup_free_ char *up = way_up(directory), *group = NULL, *members = NULL, *name = NULL,
			    *target = NULL, *back = NULL;
	int n = 0;

	/* The lowest number that is free. */
	do {
		free(group);
		group = xasprintf(GROUPS "/%d", n++);
	} while (kernel_exists(root, group));
	name = xasprintf("%d", n - 1);
	members = xasprintf("%s/devices", group);
	target = xasprintf("%skernel/iommu_groups/%s", up, name);
	back = xasprintf("../../../..%s", directory + strlen("/sys"));
	kernel_make_directory(root, GROUPS, name);
	kernel_make_directory(root, group, "devices");
	kernel_make_file(root, group, "reserved_regions",
			 "0x00000000fee00000 0x00000000feefffff msi\n");
	kernel_make_link(root, members, address, back);
	kernel_make_link(root, directory, "iommu_group", target);
}

static void copy(struct root *root, const char *physfn, const char *directory, const char *name)
{
	_cleanup_free_ char *value = kernel_attribute(root, physfn, name);
	_cleanup_free_ char *text = xasprintf("%s\n", value);

	kernel_make_file(root, directory, name, text);
}

static void make_identity(struct root *root, const char *physfn, const char *address,
			  const char *directory)
{
	_cleanup_free_ char *id = kernel_fact(root, "functions", physfn, "vf"),
			    *class = kernel_attribute(root, physfn, "class"),
			    *subvendor = kernel_attribute(root, physfn, "subsystem_vendor"),
			    *subdevice = kernel_attribute(root, physfn, "subsystem_device"),
			    *vendor_text = NULL, *device_text = NULL, *modalias = NULL,
			    *uevent = NULL;
	unsigned vendor, device, code = (unsigned)strtoul(class, NULL, 16),
				 sv = (unsigned)strtoul(subvendor, NULL, 16),
				 sd = (unsigned)strtoul(subdevice, NULL, 16);

	if (!id || sscanf(id, "%x:%x", &vendor, &device) != 2)
		kernel_complain(root, "the virtual functions of %s have no id", physfn);
	vendor_text = xasprintf("0x%04x\n", vendor);
	device_text = xasprintf("0x%04x\n", device);
	modalias = xasprintf("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n", vendor, device, sv,
			     sd, code >> 16, code >> 8 & 0xff, code & 0xff);
	uevent = xasprintf(
		"PCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\nMODALIAS=%s",
		code, vendor, device, sv, sd, address, modalias);
	kernel_make_file(root, directory, "vendor", vendor_text);
	kernel_make_file(root, directory, "device", device_text);
	kernel_make_file(root, directory, "modalias", modalias);
	kernel_make_file(root, directory, "reset_method", "flr\n");
	kernel_make_file(root, directory, "uevent", uevent);
}

/* pci_iov_add_virtfn() */
static void add(struct root *root, const char *physfn, int index)
{
	static const char *const same[] = {"subsystem_vendor", "subsystem_device", "class",
					   "revision", "numa_node"};
	char address[PCI_ADDRESS_MAX];
	_cleanup_free_ char *bus = bus_directory(root, physfn), *directory = NULL, *to = NULL,
			    *up = xasprintf("../%s", physfn), *down = NULL,
			    *name = xasprintf("virtfn%d", index),
			    *device = xasprintf(PCI "/devices/%s", physfn),
			    *group = xasprintf(PCI "/devices/%s/iommu_group", physfn);

	address_of(physfn, index, address);
	directory = xasprintf("%s/%s", bus, address);
	to = xasprintf("../../..%s", directory + strlen("/sys"));
	down = xasprintf("../%s", address);
	kernel_make_directory(root, bus, address);
	make_identity(root, physfn, address, directory);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		copy(root, physfn, directory, same[i]);
	kernel_make_file(root, directory, "driver_override", "(null)\n");
	if (kernel_exists(root, group))
		make_group(root, address, directory);
	kernel_make_link(root, directory, "physfn", up);
	kernel_make_link(root, device, name, down);
	kernel_make_link(root, PCI "/devices", address, to);
	kernel_attach_any(root, address);
}

/* A directory with what is in it. */
static void remove_all(struct root *root, const char *parent, const char *name)
{
	_cleanup_free_ char *directory = xasprintf("%s/%s", parent, name);
	struct strv entries = {};

	root_list(root, directory, &entries);
	for (size_t i = 0; i < entries.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, entries.items[i]);
		char target[PATH_MAX];

		if (root_read_link(root, path, target, sizeof(target)) < 0 &&
		    root_has_entries(root, path) >= 0)
			remove_all(root, directory, entries.items[i]);
		else
			kernel_remove(root, directory, entries.items[i]);
	}
	strv_done(&entries);
	kernel_remove(root, parent, name);
}

static void leave_group(struct root *root, const char *address)
{
	_cleanup_free_ char *link = xasprintf(PCI "/devices/%s/iommu_group", address),
			    *members = NULL;
	char group[64];

	if (root_read_link_name(root, link, group, sizeof(group)) < 0)
		return;
	members = xasprintf(GROUPS "/%s/devices", group);
	kernel_remove(root, members, address);
	if (root_has_entries(root, members) == 0)
		remove_all(root, GROUPS, group);
}

/* pci_iov_remove_virtfn(); overrides go with the functions. */
static void take(struct root *root, const char *physfn, int index)
{
	_cleanup_free_ char *name = xasprintf("virtfn%d", index),
			    *device = xasprintf(PCI "/devices/%s", physfn),
			    *path = xasprintf("%s/%s", device, name), *bus = NULL;
	char address[64], driver[64];

	if (root_read_link_name(root, path, address, sizeof(address)) < 0)
		kernel_complain(root, "%s is no link", path);
	kernel_driver_of(root, address, driver, sizeof(driver));
	if (*driver)
		kernel_detach(root, address, driver);
	leave_group(root, address);
	bus = bus_directory(root, address);
	remove_all(root, bus, address);
	kernel_remove(root, PCI "/devices", address);
	kernel_remove(root, device, name);
}

/* The kernel reads its numbers with their base, and with nothing but a newline behind them. */
static bool parse(const char *value, long *ret)
{
	char *end;

	*ret = strtol(value, &end, 0);
	return end > value && *value != '-' && (strcmp(end, "") == 0 || strcmp(end, "\n") == 0);
}

int sriov_numvfs_store(struct root *root, const char *address, const char *value)
{
	_cleanup_free_ char *able = NULL;
	int now = sriov_count(root, address);
	char driver[64];
	long n;

	if (!*value) /* a write of no bytes does not reach the attribute */
		return 0;
	if (!parse(value, &n) || n > USHRT_MAX)
		return -EINVAL;
	if (n > number_of(root, address, "sriov_totalvfs"))
		return -ERANGE;
	if (n == now)
		return 0;
	kernel_driver_of(root, address, driver, sizeof(driver));
	able = *driver ? kernel_fact(root, "drivers", driver, "sriov") : NULL;
	if (!able)
		return -ENOENT;
	if (n && now)
		return -EBUSY;
	/* A driver may enable fewer than it was asked for. */
	if (n > atoi(able))
		n = atoi(able);
	for (int i = 0; i < now; i++)
		take(root, address, i);
	set_number(root, address, "sriov_numvfs", (int)n);
	for (int i = 0; i < n; i++)
		add(root, address, i);
	return 0;
}

int sriov_autoprobe_store(struct root *root, const char *address, const char *value)
{
	if (!*value)
		return 0;
	if (!strchr("01yYnN", *value))
		return -EINVAL;
	set_number(root, address, "sriov_drivers_autoprobe", strchr("1yY", *value) != NULL);
	return 0;
}
