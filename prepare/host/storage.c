/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/storage.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "host/bounded.h"
#include "parse/address.h"
#include "parse/tables.h"

#define BLOCK "/sys/class/block"
#define TABLE_MAX (4 * 1024 * 1024)
#define VOLUMES "/dev/zvol"
#define MAX_DEPTH 8
#define MAX_LINKS 4096
/* A disk that answers no read for so long is not one to be handed on. */
#define PROBE_MS 3000
#define PROBES_MS 15000

/*
 * With NVMe multipath a namespace belongs to its subsystem, and that to controllers:
 * /sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1, where nvme0 is a link to one.
 */
static void add_subsystem_carriers(struct root *root, const char *path,
				   struct pci_address_list *carriers)
{
	const char *subsystem = strstr(path, "/nvme-subsystem/");
	_cleanup_free_ char *directory = NULL;
	_cleanup_(strv_done) struct strv names = {};

	if (!subsystem)
		return;
	subsystem += strlen("/nvme-subsystem/");
	directory = xasprintf("/sys/class/nvme-subsystem/%.*s", (int)strcspn(subsystem, "/"),
			      subsystem);
	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *link = xasprintf("/sys/class/nvme/%s", names.items[i]);
		char target[PATH_MAX];

		if (strncmp(names.items[i], "nvme", 4) == 0 && !strchr(names.items[i] + 4, 'n') &&
		    root_read_link(root, link, target, sizeof(target)) > 0)
			path_carriers(target, carriers);
	}
}

static char *read_attribute(struct root *root, const char *device, const char *attribute)
{
	_cleanup_free_ char *path = xasprintf(BLOCK "/%s/%s", device, attribute);

	return root_read_line(root, path);
}

/* Reads what the device stands on: slaves, the disk of a partition, what zram writes back to. */
static void add_below(struct root *root, struct block_device *device, const char *path)
{
	_cleanup_free_ char *slaves = xasprintf(BLOCK "/%s/slaves", device->name);
	_cleanup_free_ char *partition = read_attribute(root, device->name, "partition");
	_cleanup_free_ char *backing = read_attribute(root, device->name, "backing_dev");

	root_list(root, slaves, &device->below);
	if (partition) {
		_cleanup_free_ char *parent = xstrdup(path);
		char *slash = strrchr(parent, '/');

		if (slash) {
			*slash = '\0';
			slash = strrchr(parent, '/');
			strv_add(&device->below, slash ? slash + 1 : parent);
		}
	}
	if (backing && strncmp(backing, "/dev/", 5) == 0)
		strv_add(&device->below, backing + 5);
}

/* /sys/devices/platform/host3/session1/target3:0:0/..., /sys/devices/virtual/nvme-fabrics/ctl/... */
static bool is_over_network(const char *name, const char *path)
{
	return strncmp(name, "nbd", 3) == 0 || strstr(path, "/devices/rbd/") ||
	       strstr(path, "/nvme-fabrics/") ||
	       (strstr(path, "/session") && strstr(path, "/target"));
}

/*
 * Where sysfs has hardware that is on no PCI bus: SoCs and virtio-mmio, what ACPI names (NVDIMMs, Hyper-V),
 * disks of Xen's guests, s390's and PowerVM's. Below the other roots are targets that loop back to a disk
 * of this host (tcm_loop_0) and what stacks (virtual).
 */
static bool is_off_pci(const char *path)
{
	static const char *const roots[] = {"platform/", "soc", "LNXSYSTM:", "vbd-", "css", "vio/"};
	const char *place = strstr(path, "/devices/");

	/* Persistent memory of CXL is a PCI function's. */
	if (!place || strstr(path, "/nvdimm-bridge"))
		return false;
	place += strlen("/devices/");
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (text_starts_with(place, roots[i]))
			return true;
	return false;
}

/*
 * sysfs does not say which dataset a ZFS volume is of; udev's links do: /dev/zvol/rpool/swap leads to zd0, in
 * directories as deep as datasets are.
 */
static void scan_volumes(struct root *root, const char *directory, unsigned depth, unsigned *left,
			 struct storage *storage)
{
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	vec_foreach(name, &names) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, *name);
		char target[NAME_MAX + 1];
		struct block_device *device;

		if (*left == 0)
			return;
		--*left;
		if (root_read_link_name(root, path, target, sizeof(target)) <= 0) {
			if (depth)
				scan_volumes(root, path, depth - 1, left, storage);
			continue;
		}
		device = storage_find(storage, target);
		if (device && !device->dataset)
			device->dataset = xstrdup(path + strlen(VOLUMES "/"));
	}
}

static int scan_devices(struct root *root, struct storage *storage)
{
	_cleanup_(strv_done) struct strv names = {};
	int r = root_list(root, BLOCK, &names);

	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *link = xasprintf(BLOCK "/%s", names.items[i]);
		_cleanup_free_ char *numbers = read_attribute(root, names.items[i], "dev");
		struct block_device *device = vec_add(&storage->devices);
		char path[PATH_MAX] = "";

		device->name = xstrdup(names.items[i]);
		device->in_memory = strncmp(device->name, "ram", 3) == 0 ||
				    strncmp(device->name, "zram", 4) == 0;
		int r_link = root_read_link(root, link, path, sizeof(path));

		/* What was listed is there. */
		root_unread(root, link, r_link);
		if (r_link > 0) {
			path_carriers(path, &device->carriers);
			add_subsystem_carriers(root, path, &device->carriers);
		}
		device->over_network = is_over_network(device->name, path);
		device->off_pci = !device->carriers.n && is_off_pci(path);
		if (numbers)
			device_number_parse(numbers, &device->major, &device->minor);
		add_below(root, device, path);
		device->dm_name = read_attribute(root, device->name, "dm/name");
		device->backing_file = read_attribute(root, device->name, "loop/backing_file");
	}
	/* The volumes of a host that has some stand behind each other. */
	vec_foreach(device, &storage->devices)
		if (text_starts_with(device->name, "zd")) {
			scan_volumes(root, VOLUMES, MAX_DEPTH, &(unsigned){MAX_LINKS}, storage);
			break;
		}
	/* A host without disks is one too. */
	return r == -ENOENT ? 0 : r;
}

/* The names of the values that libblkid finds, in the order of contents_ended(). */
static const char *const value_names[] = {"TYPE", "UUID", "LABEL", "PART_ENTRY_UUID",
					  "PART_ENTRY_NAME"};

/* The findings of a child on a device, in memory that outlives it. */
struct contents_slot {
	bool probed, has_partitions, claimed;
	char values[ARRAY_SIZE(value_names)][512];
};

struct contents {
	struct root *root;
	struct storage *storage;
	const struct pci_address_list *claims;
	struct contents_slot *slots;
};

/* Optical drives and floppies are slow to ask and no place of a host's data. */
static bool contents_wanted(void *userdata, size_t piece)
{
	const struct contents *contents = userdata;
	const struct block_device *device = &contents->storage->devices.items[piece];

	return !device->in_memory && !text_starts_with(device->name, "sr") &&
	       !text_starts_with(device->name, "fd");
}

/* Is it a whole disk of one of the functions? Whoever claims a partition has claimed the disk, too. */
static bool asks_claim(const struct pci_address_list *claims, const struct block_device *device)
{
	if (!claims || device->below.n)
		return false;
	vec_foreach(claim, claims)
		if (pci_address_list_has(&device->carriers, claim))
			return true;
	return false;
}

static bool is_claimed(struct root *root, const char *path)
{
	int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_EXCL);
	bool claimed = fd == -EBUSY;

	close_fd(&fd);
	return claimed;
}

static void free_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static void read_contents(void *userdata, size_t piece)
{
	struct contents *contents = userdata;
	struct contents_slot *slot = &contents->slots[piece];
	const struct block_device *device = &contents->storage->devices.items[piece];
	_cleanup_free_ char *path = xasprintf("/dev/%s", device->name);
	_cleanup_close_ int fd = -1;
	_cleanup_(free_probe) blkid_probe probe = blkid_new_probe();
	int r;

	/* sysfs writes '!' for the '/' of names such as cciss/c0d0 */
	for (char *c = path; *c; c++)
		if (*c == '!')
			*c = '/';
	if (asks_claim(contents->claims, device))
		slot->claimed = is_claimed(contents->root, path);
	fd = root_open(contents->root, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || !probe || blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
							 BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS);
	r = blkid_do_safeprobe(probe);
	if (r == -1)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(value_names); i++) {
		const char *value = NULL;

		if (blkid_probe_lookup_value(probe, value_names[i], &value, NULL) == 0 && value)
			snprintf(slot->values[i], sizeof(slot->values[i]), "%s", value);
	}
	slot->has_partitions = blkid_probe_has_value(probe, "PTTYPE");
	/* Several signatures contradict each other: there is data, whatever it is. */
	if (r == -2)
		snprintf(slot->values[0], sizeof(slot->values[0]), "ambivalent");
	slot->probed = true;
}

static void contents_ended(void *userdata, size_t piece, enum bounded_end end,
			   uint32_t elapsed_ms _unused_)
{
	struct contents *contents = userdata;
	const struct contents_slot *slot = &contents->slots[piece];
	struct block_device *device = &contents->storage->devices.items[piece];
	char **const values[] = {&device->type, &device->uuid, &device->label, &device->partuuid,
				 &device->partlabel};

	device->claimed = slot->claimed;
	if (end != BOUNDED_DONE || !slot->probed)
		return;
	device->probed = true;
	device->has_partitions = slot->has_partitions;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		*values[i] = *slot->values[i] ? xstrdup(slot->values[i]) : NULL;
}

static void scan_contents(struct root *root, const struct pci_address_list *claims,
			  struct storage *storage)
{
	size_t bytes = storage->devices.n * sizeof(struct contents_slot);
	struct contents contents = {root, storage, claims, bounded_memory(bytes)};
	struct bounded_job job = {
		.n = storage->devices.n,
		.piece_ms = PROBE_MS,
		.total_ms = PROBES_MS,
		.userdata = &contents,
		.run = read_contents,
		.wanted = contents_wanted,
		.ended = contents_ended,
	};

	if (contents.slots && storage->devices.n)
		bounded_run(&job);
	bounded_free(contents.slots, bytes);
}

static void read_captured(struct root *root, const struct pci_address_list *claims,
			  struct storage *storage)
{
	_cleanup_free_ char *captured = NULL;

	if (root_read_file(root, SNAPSHOT_CONTENTS, TABLE_MAX, &captured, NULL) < 0)
		return;
	contents_parse(captured, storage);
	vec_foreach(device, &storage->devices)
		device->claimed = device->claimed && asks_claim(claims, device);
}

static void add_link(struct root *root, struct storage *storage, const char *path)
{
	char name[NAME_MAX + 1];
	struct device_link *link;

	if (strncmp(path, "/dev/", 5) != 0)
		return;
	vec_foreach(known, &storage->links)
		if (strcmp(known->path, path) == 0)
			return;
	if (root_read_link_name(root, path, name, sizeof(name)) <= 0)
		return;
	link = vec_add(&storage->links);
	*link = (struct device_link){xstrdup(path), xstrdup(name)};
}

/* Reads the tables, up to the first that cannot be read, and the links in /dev that they and args name. */
static void scan_tables(struct root *root, const struct kernel_args *args, struct storage *storage)
{
	const struct {
		const char *path;
		void (*parse)(const char *text, struct mount_list *ret);
		struct mount_list *list;
		bool optional; /* not every host has it */
	} tables[] = {{"/proc/self/mountinfo", mountinfo_parse, &storage->mounts, false},
		      {"/proc/swaps", swaps_parse, &storage->swaps, true},
		      {"/etc/fstab", fstab_parse, &storage->fstab, true},
		      {"/etc/crypttab", crypttab_parse, &storage->crypttab, true}};
	bool known = true;

	for (size_t i = 0; i < ARRAY_SIZE(tables) && known; i++) {
		_cleanup_free_ char *text = NULL;
		int r = root_read_file(root, tables[i].path, TABLE_MAX, &text, NULL);

		if (r == 0)
			tables[i].parse(text, tables[i].list);
		known = r == 0 || (tables[i].optional && r == -ENOENT);
	}
	storage->known = storage->known && known;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		vec_foreach(mount, tables[i].list)
			add_link(root, storage, mount->source);
	vec_foreach(arg, args)
		if (arg->value)
			add_link(root, storage, arg->value);
}

void scan_storage(struct root *root, const struct kernel_args *args, bool contents,
		  const struct pci_address_list *claims, struct storage *ret)
{
	struct storage storage = {};

	storage.known = scan_devices(root, &storage) == 0;
	if (contents && root->live)
		scan_contents(root, claims, &storage);
	else if (contents)
		read_captured(root, claims, &storage);
	scan_tables(root, args, &storage);
	*ret = storage;
}
