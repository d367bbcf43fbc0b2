/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open */
#include "host/storage.h"

#include <sys/resource.h>

#include "base/buf.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct tree tree;
static struct storage storage;
static struct kernel_args args;

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	return 0;
}

static int stop(void **state _unused_)
{
	storage_done(&storage);
	kernel_args_done(&args);
	tree_done(&tree);
	return 0;
}

/* A block device whose directory in sysfs is path below sys/devices; its name is the last part. */
static void put_device(const char *path, const char *numbers)
{
	const char *name = strrchr(path, '/') + 1;
	_cleanup_free_ char *link = xasprintf("sys/class/block/%s", name);
	_cleanup_free_ char *target = xasprintf("../../devices/%s", path);
	_cleanup_free_ char *dev = xasprintf("sys/devices/%s/dev", path);

	tree_file(&tree, dev, numbers);
	tree_link(&tree, link, target);
}

static void put_attribute(const char *path, const char *name, const char *value)
{
	_cleanup_free_ char *place = xasprintf("sys/devices/%s/%s", path, name);

	tree_file(&tree, place, value);
}

static void put_slave(const char *path, const char *slave)
{
	_cleanup_free_ char *place = xasprintf("sys/devices/%s/slaves/%s", path, slave);

	tree_link(&tree, place, "../..");
}

static bool claimed; /* whoever asks for a disk of his own is refused */

int __real_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags)
{
	return claimed && (flags & O_EXCL) ? -EBUSY : __real_root_open(root, path, flags);
}

static void scan(bool contents)
{
	scan_storage(&tree.root, &args, contents, NULL, &storage);
}

/* "MAJOR:MINOR carriers < below" and what else there is. */
static void expect(const char *name, const char *want)
{
	const struct block_device *device = storage_find(&storage, name);
	struct buf got = {};

	check(name, device);
	buf_addf(&got, "%u:%u", device->major, device->minor);
	vec_foreach(carrier, &device->carriers)
		buf_addf(&got, " %s", PCI_ADDRESS_TEXT(carrier));
	for (size_t i = 0; i < device->below.n; i++)
		buf_addf(&got, " <%s", device->below.items[i]);
	if (device->dm_name)
		buf_addf(&got, " dm=%s", device->dm_name);
	if (device->backing_file)
		buf_addf(&got, " file=%s", device->backing_file);
	buf_add(&got, device->in_memory ? " memory" : "");
	buf_add(&got, device->over_network ? " network" : "");
	buf_add(&got, device->off_pci ? " off-pci" : "");
	check_text(name, buf_text(&got), want);
	buf_done(&got);
}

#define AHCI "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda"
#define NVME "pci0000:00/0000:00:03.1/0000:05:00.0/nvme/nvme0/nvme0n1"
#define VMD "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme1/nvme1n1"
#define VIRTIO "pci0000:00/0000:00:04.0/virtio1/block/vda"

TEST(disks_and_partitions)
{
	put_device(AHCI, "8:0\n");
	put_device(AHCI "/sda1", "8:1\n");
	put_attribute(AHCI "/sda1", "partition", "1\n");
	put_device(NVME, "259:0\n");
	put_device(NVME "/nvme0n1p2", "259:2\n");
	put_attribute(NVME "/nvme0n1p2", "partition", "2\n");
	put_device(VMD, "259:5\n");
	put_device(VIRTIO, "254:0\n");
	scan(false);
	assert_true(storage.known);
	assert_int_equal(storage.devices.n, 6);
	expect("sda", "8:0 0000:00:1f.2");
	expect("sda1", "8:1 0000:00:1f.2 <sda");
	expect("nvme0n1", "259:0 0000:00:03.1 0000:05:00.0");
	expect("nvme0n1p2", "259:2 0000:00:03.1 0000:05:00.0 <nvme0n1");
	expect("nvme1n1", "259:5 0000:00:0e.0 10000:e0:06.0 10000:e1:00.0");
	expect("vda", "254:0 0000:00:04.0");
}

TEST(devices_that_are_on_no_pci_bus)
{
	static const struct {
		const char *path, *want;
	} rows[] = {
		{"LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region0/namespace0.0/block/pmem0",
		 " off-pci"},
		{"platform/e820_pmem/ndbus0/region0/namespace0.0/block/pmem1", " off-pci"},
		{"platform/soc/fe340000.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0", " off-pci"},
		{"soc0/soc/2194000.usdhc/mmc_host/mmc1/mmc1:0001/block/mmcblk1", " off-pci"},
		{"platform/a003e00.virtio_mmio/virtio2/block/vda", " off-pci"},
		{"vbd-51712/block/xvda", " off-pci"},
		{"css0/0.0.0001/0.0.0100/block/dasda", " off-pci"},
		{"vio/30000002/host0/target0:0:1/0:0:1:0/block/sdb", " off-pci"},
		{"platform/host3/session1/target3:0:0/3:0:0:0/block/sdc", " network off-pci"},
		{"rbd/0/block/rbd0", " network"},
		{"virtual/block/nbd0", " network"},
		/* Behind a port of PCI, though the port is a SoC's. */
		{"platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/nvme/nvme2/nvme2n1",
		 " 0000:00:00.0 0000:01:00.0"},
		/* What stands on a disk of this host, for all that is known. */
		{"virtual/block/drbd0", ""},
		{"tcm_loop_0/tcm_loop_adapter_0/host4/target4:0:1/4:0:1:0/block/sdd", ""},
		{"platform/ACPI0017:00/root0/nvdimm-bridge0/ndbus1/region0/namespace1.0/block/pmem2",
		 ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_device(rows[i].path, "8:0\n");
	scan(false);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *want = xasprintf("8:0%s", rows[i].want);

		expect(strrchr(rows[i].path, '/') + 1, want);
	}
}

TEST(what_stacks_on_them)
{
	put_device(AHCI, "8:0\n");
	put_device("virtual/block/md127", "9:127\n");
	put_slave("virtual/block/md127", "sda1");
	put_slave("virtual/block/md127", "sdb1");
	put_device("virtual/block/dm-0", "254:0\n");
	put_slave("virtual/block/dm-0", "md127");
	put_attribute("virtual/block/dm-0", "dm/name", "my--vg-root\n");
	put_device("virtual/block/bcache0", "252:0\n");
	put_slave("virtual/block/bcache0", "nvme0n1");
	put_slave("virtual/block/bcache0", "sda");
	put_device("virtual/block/loop0", "7:0\n");
	put_attribute("virtual/block/loop0", "loop/backing_file", "/srv/an image\n");
	put_device("virtual/block/zram0", "253:0\n");
	put_attribute("virtual/block/zram0", "backing_dev", "/dev/sda2\n");
	put_device("virtual/block/zram1", "253:1\n");
	put_attribute("virtual/block/zram1", "backing_dev", "none\n");
	put_device("virtual/block/ram0", "1:0\n");
	scan(false);
	expect("md127", "9:127 <sda1 <sdb1");
	expect("dm-0", "254:0 <md127 dm=my--vg-root");
	expect("bcache0", "252:0 <nvme0n1 <sda");
	expect("loop0", "7:0 file=/srv/an image");
	expect("zram0", "253:0 <sda2 memory");
	expect("zram1", "253:1 memory");
	expect("ram0", "1:0 memory");
}

/* A namespace of two controllers hangs on neither in sysfs. */
TEST(nvme_multipath)
{
	put_device("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0\n");
	put_device("virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1", "259:1\n");
	put_attribute("virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1", "partition", "1\n");
	tree_link(&tree, "sys/class/nvme-subsystem/nvme-subsys0",
		  "../../devices/virtual/nvme-subsystem/nvme-subsys0");
	tree_link(&tree, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0", "x");
	tree_link(&tree, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme3", "x");
	tree_link(&tree, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme9", "x");
	tree_link(&tree, "sys/class/nvme/nvme0",
		  "../../devices/pci0000:00/0000:00:03.1/0000:05:00.0/nvme/nvme0");
	tree_link(&tree, "sys/class/nvme/nvme3",
		  "../../devices/pci0000:00/0000:00:03.2/0000:06:00.0/nvme/nvme3");
	scan(false);
	expect("nvme0n1", "259:0 0000:00:03.1 0000:05:00.0 0000:00:03.2 0000:06:00.0");
	expect("nvme0n1p1", "259:1 0000:00:03.1 0000:05:00.0 0000:00:03.2 0000:06:00.0 <nvme0n1");
}

TEST(attributes_that_are_none)
{
	put_device("virtual/block/a", "8\n");
	put_device("virtual/block/b", "8:x\n");
	put_device("virtual/block/c", ":1\n");
	put_device("virtual/block/d", "\n");
	tree_file(&tree, "sys/class/block/e", "no link");
	scan(false);
	assert_true(storage.known);
	expect("a", "0:0");
	expect("b", "0:0");
	expect("c", "0:0");
	expect("d", "0:0");
	expect("e", "0:0");
}

TEST(tables_that_there_are)
{
	tree_file(&tree, "proc/swaps", "Filename Type\n/dev/sda2 partition 1 0 -2\n");
	tree_file(&tree, "etc/fstab", "UUID=x / ext4 rw\n");
	tree_file(&tree, "etc/crypttab", "a UUID=y\n");
	scan(false);
	assert_true(storage.known);
	assert_int_equal(storage.mounts.n, 1);
	assert_int_equal(storage.swaps.n, 1);
	assert_int_equal(storage.fstab.n, 1);
	assert_int_equal(storage.crypttab.n, 1);
}

/* Not every host has them, but what is there and cannot be read may say anything. */
TEST(tables_that_cannot_be_read)
{
	static const struct {
		const char *path;
		bool needed;
	} rows[] = {
		{"proc/self/mountinfo", true}, {"proc/swaps", false},      {"etc/fstab", false},
		{"etc/crypttab", false},       {"sys/class/block", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].needed)
			tree_remove(&tree, rows[i].path);
		scan(false);
		check_int(rows[i].path, storage.known, !rows[i].needed);
		storage_done(&storage);
		if (strcmp(rows[i].path, "sys/class/block") == 0)
			tree_file(&tree, rows[i].path, "no directory");
		else
			tree_dir(&tree, rows[i].path);
		scan(false);
		check_int(rows[i].path, storage.known, false);
		storage_done(&storage);
		tree_remove(&tree, rows[i].path);
		tree_file(&tree, "proc/self/mountinfo", "");
	}
}

TEST(links_that_the_tables_name)
{
	tree_link(&tree, "dev/disk/by-id/a", "../../sda");
	tree_link(&tree, "dev/mapper/vg-root", "../dm-0");
	tree_link(&tree, "dev/disk/by-id/unused", "../../sdz");
	tree_file(&tree, "dev/sdb", "no link");
	tree_file(
		&tree, "etc/fstab",
		"/dev/disk/by-id/a / ext4 rw\n/dev/mapper/vg-root /x ext4 rw\n/dev/sdb /y ext4 rw\n"
		"/dev/gone /z ext4 rw\nUUID=/dev/disk /v ext4 rw\n");
	kernel_args_parse("root=/dev/disk/by-id/a resume=/dev/mapper/vg-root quiet", &args);
	scan(false);
	assert_int_equal(storage.links.n, 2);
	assert_string_equal(storage.links.items[0].path, "/dev/disk/by-id/a");
	assert_string_equal(storage.links.items[0].name, "sda");
	assert_string_equal(storage.links.items[1].path, "/dev/mapper/vg-root");
	assert_string_equal(storage.links.items[1].name, "dm-0");
}

/* What lies on disks that are elsewhere is in the snapshot, or not known. */
TEST(captured_contents)
{
	put_device(AHCI, "8:0\n");
	put_device(NVME, "259:0\n");
	scan(true);
	assert_false(storage_find(&storage, "sda")->probed);
	storage_done(&storage);
	tree_file(&tree, SNAPSHOT_CONTENTS, "sda 0 ext4 1-2 My\\040Disk - -\nsdx 0 a b c d e\n");
	scan(false);
	assert_false(storage_find(&storage, "sda")->probed);
	storage_done(&storage);
	scan(true);
	assert_true(storage_find(&storage, "sda")->probed);
	assert_string_equal(storage_find(&storage, "sda")->label, "My Disk");
	assert_false(storage_find(&storage, "nvme0n1")->probed);
}

/* A disk image, on which libblkid finds what it would find on a disk. */
static void put_image(const char *name, const char *label)
{
	_cleanup_free_ char *image = xcalloc(1024 * 1024, 1);

	/* ext2's superblock: its sizes, its magic number, a UUID and a label. */
	if (label) {
		memcpy(image + 1024, "\x80\0\0\0\0\x04\0\0", 8);
		memcpy(image + 1024 + 56, "\x53\xef", 2);
		memcpy(image + 1024 + 76, "\x01", 1);
		memcpy(image + 1024 + 104,
		       "\xaa\xbb\xcc\xdd\x11\x22\x33\x44\x55\x66\x77\x88\x99\0\0\x01", 16);
		strcpy(image + 1024 + 120, label);
	}
	tree_bytes(&tree, name, image, 1024 * 1024);
}

TEST(contents_of_a_live_host)
{
	const struct block_device *device;

	put_device(AHCI, "8:0\n");
	put_device(NVME, "259:0\n");
	put_device(VIRTIO, "254:0\n");
	put_device("virtual/block/sr0", "11:0\n");
	put_device("virtual/block/ram0", "1:0\n");
	put_device("virtual/block/cciss!c0d0", "104:0\n");
	put_image("dev/sda", "My Disk");
	put_image("dev/nvme0n1", NULL);
	put_image("dev/sr0", "slow");
	put_image("dev/ram0", "memory");
	put_image("dev/cciss/c0d0", "old");
	tree.root.live = true;
	scan(true);
	device = storage_find(&storage, "sda");
	assert_true(device->probed);
	check_text("type", device->type, "ext2");
	check_text("label", device->label, "My Disk");
	check_text("uuid", device->uuid, "aabbccdd-1122-3344-5566-778899000001");
	assert_null(device->partuuid);
	assert_false(device->has_partitions);
	device = storage_find(&storage, "nvme0n1");
	assert_true(device->probed);
	assert_null(device->type);
	/* No file in /dev; not worth the time; in memory. */
	assert_false(storage_find(&storage, "vda")->probed);
	assert_false(storage_find(&storage, "sr0")->probed);
	assert_false(storage_find(&storage, "ram0")->probed);
	check_text("label", storage_find(&storage, "cciss!c0d0")->label, "old");
}

/* One child asks them all: what cannot be probed must not use up its descriptors. */
TEST(many_disks_that_cannot_be_probed)
{
	struct rlimit old, few;

	for (int i = 0; i < 64; i++) {
		_cleanup_free_ char *path = xasprintf("virtual/block/a%d", i);
		_cleanup_free_ char *place = xasprintf("dev/a%d", i);

		put_device(path, "8:0\n");
		tree_dir(&tree, place);
	}
	put_device(AHCI, "8:0\n");
	put_image("dev/sda", "Last");
	tree.root.live = true;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){48, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	scan(true);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_false(storage_find(&storage, "a63")->probed);
	assert_true(storage_find(&storage, "sda")->probed);
}

/* Only disks of the functions that are asked about, and as a whole. */
TEST(disks_that_somebody_has_for_himself)
{
	struct pci_address carrier = address("00:1f.2");
	const struct pci_address_list claims = {&carrier, 1, 1};

	put_device(AHCI, "8:0\n");
	put_device(AHCI "/sda1", "8:1\n");
	put_attribute(AHCI "/sda1", "partition", "1\n");
	put_device(NVME, "259:0\n");
	put_image("dev/sda", NULL);
	put_image("dev/sda1", NULL);
	put_image("dev/nvme0n1", NULL);
	tree.root.live = true;
	for (int i = 0; i < 2; i++) {
		claimed = i == 1;
		scan_storage(&tree.root, &args, true, &claims, &storage);
		assert_true(storage_find(&storage, "sda")->probed);
		assert_int_equal(storage_find(&storage, "sda")->claimed, claimed);
		assert_false(storage_find(&storage, "sda1")->claimed);
		assert_false(storage_find(&storage, "nvme0n1")->claimed);
		storage_done(&storage);
		storage = (struct storage){};
	}
	claimed = false;
}

/* A snapshot has them of all disks; whoever does not ask is not told, as on the host itself. */
TEST(captured_claims)
{
	struct pci_address carrier = address("00:1f.2");
	const struct pci_address_list claims = {&carrier, 1, 1};

	put_device(AHCI, "8:0\n");
	put_device(NVME, "259:0\n");
	tree_file(&tree, SNAPSHOT_CONTENTS, "sda 6 - - - - -\nnvme0n1 3 - - - - -\n");
	scan(true);
	assert_false(storage_find(&storage, "sda")->claimed);
	assert_false(storage_find(&storage, "nvme0n1")->claimed);
	storage_done(&storage);
	scan_storage(&tree.root, &args, true, &claims, &storage);
	assert_true(storage_find(&storage, "sda")->claimed);
	assert_false(storage_find(&storage, "nvme0n1")->claimed);
}

TEST(a_host_without_disks)
{
	tree_dir(&tree, "sys/class/block");
	tree.root.live = true;
	scan(true);
	assert_true(storage.known);
	assert_int_equal(storage.devices.n, 0);
}

int main(void)
{
#define STORAGE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		STORAGE_TEST(disks_and_partitions),
		STORAGE_TEST(devices_that_are_on_no_pci_bus),
		STORAGE_TEST(what_stacks_on_them),
		STORAGE_TEST(nvme_multipath),
		STORAGE_TEST(attributes_that_are_none),
		STORAGE_TEST(tables_that_there_are),
		STORAGE_TEST(tables_that_cannot_be_read),
		STORAGE_TEST(links_that_the_tables_name),
		STORAGE_TEST(captured_contents),
		STORAGE_TEST(contents_of_a_live_host),
		STORAGE_TEST(many_disks_that_cannot_be_probed),
		STORAGE_TEST(disks_that_somebody_has_for_himself),
		STORAGE_TEST(captured_claims),
		STORAGE_TEST(a_host_without_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
