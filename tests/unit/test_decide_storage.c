/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/storage.h"

#include "base/buf.h"
#include "parse/kernel_args.h"
#include "parse/tables.h"
#include "storage.h"

/* A host in its tables; NULL is an empty one. */
struct host {
	const char *what;
	const char *devices, *links, *mounts, *swaps, *fstab, *crypttab, *cmdline;
	/* "ADDRESS what" in each line */
	const char *carriers;
	const char *lost, *lost_optional, *network;
	bool started;
};

static const char *text(const char *table)
{
	return table ? table : "";
}

static void expect(const struct host *host)
{
	struct storage storage = {.known = true};
	struct kernel_args args;
	struct carriers carriers;
	struct buf got = {};

	storage_devices(&storage, text(host->devices));
	storage_links(&storage, text(host->links));
	mountinfo_parse(text(host->mounts), &storage.mounts);
	swaps_parse(text(host->swaps), &storage.swaps);
	fstab_parse(text(host->fstab), &storage.fstab);
	crypttab_parse(text(host->crypttab), &storage.crypttab);
	kernel_args_parse(text(host->cmdline), &args);
	carriers_make(&storage, &args, host->started, &carriers);
	vec_foreach(carrier, &carriers) {
		buf_addf(&got, "%s %s\n", PCI_ADDRESS_TEXT(&carrier->address), carrier->what);
		check_text(host->what, carriers_find(&carriers, &carrier->address), carrier->what);
	}
	check_text(host->what, buf_text(&got), text(host->carriers));
	check_text(host->what, carriers.lost, host->lost);
	check_text(host->what, carriers.lost_optional, host->lost_optional);
	check_text(host->what, carriers.network, host->network);
	buf_done(&got);
	carriers_done(&carriers);
	kernel_args_done(&args);
	storage_done(&storage);
}

static void expect_all(const struct host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(&hosts[i]);
}

/* Two NVMe disks of one model, each with partitions. */
#define NVME                                                                                               \
	"nvme0n1 259:0 @05:00.0 table\n"                                                                   \
	"nvme0n1p1 259:1 @05:00.0 <nvme0n1 type=vfat uuid=1234-ABCD\n"                                     \
	"nvme0n1p2 259:2 @05:00.0 <nvme0n1 type=ext4 uuid=aa-1 label=root partuuid=bb-1 partlabel=Linux\n" \
	"nvme1n1 259:3 @06:00.0 table\n"                                                                   \
	"nvme1n1p1 259:4 @06:00.0 <nvme1n1 type=ext4 uuid=aa-2 label=data partuuid=bb-2 partlabel=Data\n"

#define ROOT "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n"

TEST(mounted)
{
	static const struct host hosts[] = {
		{.what = "root on a partition",
		 .devices = NVME,
		 .mounts = ROOT,
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "another file system on the other disk",
		 .devices = NVME,
		 .mounts = ROOT "23 22 259:4 / /srv rw - ext4 /dev/nvme1n1p1 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 /srv (nvme1n1p1)\n"},
		/* The device's number is the kernel's word, whatever the source says. */
		{.what = "a source that names another",
		 .devices = NVME,
		 .mounts = "22 1 259:2 / / rw - ext4 /dev/nvme1n1p1 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "/dev/root",
		 .devices = NVME,
		 .mounts = "22 1 259:2 / / rw - ext4 /dev/root rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "what lies on no device",
		 .devices = NVME,
		 .mounts = ROOT "23 22 0:21 / /proc rw - proc proc rw\n"
				"24 22 0:30 / /tmp rw - tmpfs tmpfs rw\n"
				"25 22 0:31 / /o rw - overlay overlay rw\n"
				"26 22 0:32 / /f rw - fuse.rclone /dev/fuse rw\n"
				"27 22 0:4 / /n rw - nsfs nsfs rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "a device that sysfs does not have",
		 .devices = NVME,
		 .mounts = ROOT "23 22 8:1 / /x rw - ext4 /dev/sda1 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost = "/x: its device is not in sysfs"},
		{.what = "root in memory",
		 .devices = NVME "ram0 1:0 memory\n",
		 .mounts = "22 1 1:0 / / rw - ext4 /dev/ram0 rw\n",
		 .cmdline = "root=/dev/ram0"},
		{.what = "root is the initramfs, and nothing is said of another",
		 .devices = NVME,
		 .mounts = "1 1 0:2 / / rw - rootfs rootfs rw\n",
		 .lost = "root: it is not mounted, and the kernel's arguments do not name it"},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

/* In the initramfs nothing is mounted: the command line alone says where root will come from. */
TEST(named_by_the_command_line)
{
	static const struct {
		const char *root, *links, *what, *lost;
	} rows[] = {
		{"UUID=aa-1", NULL, "nvme0n1p2", NULL},
		{"UUID=AA-1", NULL, "nvme0n1p2", NULL},
		{"\"UUID=aa-1\"", NULL, "nvme0n1p2", NULL},
		{"LABEL=root", NULL, "nvme0n1p2", NULL},
		{"PARTUUID=bb-1", NULL, "nvme0n1p2", NULL},
		{"PARTUUID=BB-1/PARTNROFF=1", NULL, "nvme0n1p2", NULL},
		{"PARTLABEL=Linux", NULL, "nvme0n1p2", NULL},
		{"/dev/nvme0n1p2", NULL, "nvme0n1p2", NULL},
		{"/dev/disk/by-uuid/aa-1", NULL, "nvme0n1p2", NULL},
		{"/dev/disk/by-label/root", NULL, "nvme0n1p2", NULL},
		{"/dev/disk/by-partuuid/bb-1", NULL, "nvme0n1p2", NULL},
		{"/dev/disk/by-partlabel/Linux", NULL, "nvme0n1p2", NULL},
		{"/dev/disk/by-uuid/aa-1", "/dev/disk/by-uuid/aa-1 nvme0n1", "nvme0n1", NULL},
		{"/dev/disk/by-id/nvme-x", "/dev/disk/by-id/nvme-x nvme0n1p2", "nvme0n1p2", NULL},
		{"/dev/disk/by-path/pci-x", "/dev/disk/by-path/pci-x nvme0n1p2", "nvme0n1p2", NULL},
		{"block:/dev/nvme0n1p2", NULL, "nvme0n1p2", NULL},
		{"live:UUID=aa-1", NULL, "nvme0n1p2", NULL},
		{"squash:/dev/nvme0n1p2", NULL, "nvme0n1p2", NULL},
		/* Fetched once, it lies in memory. */
		{"squash:http://10.0.0.2:5248/images/squashfs", NULL, NULL, NULL},
		{"live:https://mirror/squashfs.img", NULL, NULL, NULL},
		{"live:tftp://10.0.0.2/root.img", NULL, NULL, NULL},
		/* Fails closed. */
		{"UUID=none", NULL, NULL, "no readable disk has it"},
		{"UUID=", NULL, NULL, "no readable disk has it"},
		{"LABEL=ROOT", NULL, NULL, "no readable disk has it"},
		{"PARTLABEL=linux", NULL, NULL, "no readable disk has it"},
		{"/dev/disk/by-uuid/none", NULL, NULL, "no readable disk has it"},
		{"/dev/disk/by-id/nvme-x", NULL, NULL, "no such device exists"},
		{"/dev/nvme9n1", NULL, NULL, "no such device exists"},
		{"/dev/mapper/vg-root", NULL, NULL, "no such device exists"},
		{"/dev/", NULL, NULL, "no such device exists"},
		{"0x0803", NULL, NULL, "this form of a device name is not known"},
		{"mount:x", NULL, NULL, "this form of a device name is not known"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *cmdline = xasprintf("quiet root=%s", rows[i].root);
		/* As the kernel reads it: without the quotes around it. */
		const char *quote = *rows[i].root == '"' ? "\"" : "";
		int length = (int)strlen(rows[i].root) - 2 * (int)strlen(quote);
		_cleanup_free_ char *name = xasprintf("root %.*s", length,
						      rows[i].root + strlen(quote));
		_cleanup_free_ char *carriers = rows[i].what ? xasprintf("0000:05:00.0 %s (%s)\n",
									 name, rows[i].what)
							     : NULL;
		_cleanup_free_ char *lost = rows[i].lost ? xasprintf("%s: %s", name, rows[i].lost)
							 : NULL;

		expect(&(struct host){.what = rows[i].root,
				      .devices = NVME,
				      .links = rows[i].links,
				      .cmdline = cmdline,
				      .carriers = carriers,
				      .lost = lost});
	}
}

TEST(more_than_one_way_of_naming)
{
	static const struct host hosts[] = {
		{.what = "resume is optional",
		 .devices = NVME,
		 .cmdline = "root=UUID=aa-1 resume=UUID=none",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n",
		 .lost_optional = "resume UUID=none: no readable disk has it"},
		{.what = "resume on the other disk",
		 .devices = NVME,
		 .cmdline = "root=UUID=aa-1 resume=/dev/nvme1n1p1",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n"
			     "0000:06:00.0 resume /dev/nvme1n1p1 (nvme1n1p1)\n"},
		{.what = "/usr of its own",
		 .devices = NVME,
		 .cmdline = "root=UUID=aa-1 mount.usr=LABEL=data",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n"
			     "0000:06:00.0 mount.usr LABEL=data (nvme1n1p1)\n"},
		{.what = "/usr that is not found",
		 .devices = NVME,
		 .cmdline = "root=UUID=aa-1 mount.usr=LABEL=usr",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n",
		 .lost = "mount.usr LABEL=usr: no readable disk has it"},
		/* Where the real root is mounted, root= has done its work, and may name what is gone. */
		{.what = "root= of a host that runs",
		 .devices = NVME,
		 .mounts = ROOT,
		 .cmdline = "root=/dev/sda1",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost_optional = "root /dev/sda1: no such device exists"},
		/* Mounted on what cannot be followed, it has not. */
		{.what = "root= beside a mount that is lost",
		 .devices = NVME,
		 .mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n",
		 .cmdline = "root=/dev/sda1",
		 .lost = "/: its device is not in sysfs"},
		{.what = "the last root= counts",
		 .devices = NVME,
		 .cmdline = "root=/dev/sda1 root=LABEL=data",
		 .carriers = "0000:06:00.0 root LABEL=data (nvme1n1p1)\n"},
		{.what = "root= without a value", .devices = NVME, .cmdline = "root="},
		{.what = "two disks with one tag",
		 .devices = "sda 8:0 @01:00.0 type=ext4 uuid=same\n"
			    "sdb 8:16 @02:00.0 type=ext4 uuid=same\n",
		 .cmdline = "root=UUID=same",
		 .carriers =
			 "0000:01:00.0 root UUID=same (sda)\n0000:02:00.0 root UUID=same (sdb)\n"},
		{.what = "a disk that cannot be read has no tag",
		 .devices = "sda 8:0 @01:00.0 unread uuid=x\n",
		 .cmdline = "root=UUID=x",
		 .lost = "root UUID=x: no readable disk has it"},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

TEST(tables_of_the_host)
{
	static const struct host hosts[] = {
		{.what = "fstab",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab = "UUID=aa-1 / ext4 defaults\nUUID=1234-abcd /boot/efi vfat umask=0077\n"
			  "LABEL=data /srv ext4 defaults\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"
			     "0000:06:00.0 fstab /srv LABEL=data (nvme1n1p1)\n"},
		{.what = "swap of fstab has no target",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab = "/dev/nvme1n1p1 none swap sw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"
			     "0000:06:00.0 fstab swap /dev/nvme1n1p1 (nvme1n1p1)\n"},
		{.what = "missing, needed and not",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab = "LABEL=usb /usb ext4 noauto\nLABEL=usb2 /usb2 ext4 nofail\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost_optional = "fstab /usb LABEL=usb: no readable disk has it"},
		{.what = "missing and needed",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab = "LABEL=usb /usb ext4 noauto\nLABEL=x /x ext4 rw\nLABEL=y /y ext4 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost = "fstab /x LABEL=x: no readable disk has it",
		 .lost_optional = "fstab /usb LABEL=usb: no readable disk has it"},
		{.what = "optional, and there",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab = "LABEL=data /srv ext4 noauto,nofail\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"
			     "0000:06:00.0 fstab /srv LABEL=data (nvme1n1p1)\n"},
		{.what = "entries that need no device",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab =
			 "proc /proc proc\ntmpfs /tmp tmpfs\n/srv/a /a none bind\n/swap none swap\n"
			 "nas:/x /x nfs\n//nas/y /y cifs\nshare /z 9p\nrpool/home /home zfs\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "crypttab",
		 .devices = NVME,
		 .mounts = ROOT,
		 .crypttab = "data PARTUUID=bb-2 none luks\nother /dev/nope none noauto\n"
			     "image /srv/image none\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"
			     "0000:06:00.0 crypttab data PARTUUID=bb-2 (nvme1n1p1)\n",
		 .lost_optional = "crypttab other /dev/nope: no such device exists"},
		{.what = "crypttab that is not found",
		 .devices = NVME,
		 .mounts = ROOT,
		 .crypttab = "data UUID=none none luks\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost = "crypttab data UUID=none: no readable disk has it"},
		{.what = "swap on a partition",
		 .devices = NVME,
		 .mounts = ROOT,
		 .swaps = "/dev/nvme1n1p1 partition 1 0 -2\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 swap (nvme1n1p1)\n"},
		{.what = "swap on a file",
		 .devices = NVME,
		 .mounts = ROOT "23 22 259:4 / /srv rw - ext4 /dev/nvme1n1p1 rw\n",
		 .swaps = "/srv/swap file 1 0 -2\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 /srv (nvme1n1p1)\n"},
		{.what = "swap in memory",
		 .devices = NVME "zram0 253:0 memory\n",
		 .mounts = ROOT,
		 .swaps = "/dev/zram0 partition 1 0 100\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "swap in memory that is written back",
		 .devices = NVME "zram0 253:0 memory <nvme1n1p1\n",
		 .mounts = ROOT,
		 .swaps = "/dev/zram0 partition 1 0 100\n",
		 .carriers =
			 "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 swap (zram0 on nvme1n1p1)\n"},
		{.what = "swap that is not there",
		 .devices = NVME,
		 .mounts = ROOT,
		 .swaps = "/dev/sdz partition 1 0 -2\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .lost = "swap: no such device exists"},
		{.what = "a file on nothing",
		 .devices = NVME,
		 .cmdline = "root=UUID=aa-1",
		 .swaps = "/swap file 1 0 -2\n",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n",
		 .lost = "swap: the file is on no mounted file system"},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

TEST(what_stacks_on_what)
{
	static const struct host hosts[] = {
		{.what = "LVM on dm-crypt on MD on two disks",
		 .devices =
			 "sda 8:0 @01:00.0 table\nsda1 8:1 @01:00.0 <sda type=linux_raid_member\n"
			 "sdb 8:16 @02:00.0 table\nsdb1 8:17 @02:00.0 <sdb type=linux_raid_member\n"
			 "md127 9:127 <sda1 <sdb1 type=crypto_LUKS uuid=cc-1\n"
			 "dm-0 254:0 <md127 dm=luks-cc type=LVM2_member\n"
			 "dm-1 254:1 <dm-0 dm=my--vg-my--root type=ext4 uuid=dd-1\n",
		 .mounts = "22 1 254:1 / / rw - ext4 /dev/mapper/my--vg-my--root rw\n",
		 .cmdline = "root=/dev/mapper/my--vg-my--root",
		 .carriers = "0000:01:00.0 / (dm-1 on dm-0 on md127 on sda1)\n"
			     "0000:02:00.0 / (dm-1 on dm-0 on md127 on sdb1)\n"},
		{.what = "a volume by its group",
		 .devices = "sda 8:0 @01:00.0\ndm-0 254:0 <sda dm=my--vg-my--root\n",
		 .cmdline = "root=/dev/my-vg/my-root",
		 .carriers = "0000:01:00.0 root /dev/my-vg/my-root (dm-0 on sda)\n"},
		{.what = "a volume by /dev/mapper",
		 .devices = "sda 8:0 @01:00.0\ndm-0 254:0 <sda dm=vg-root\n",
		 .cmdline = "root=/dev/mapper/vg-root",
		 .carriers = "0000:01:00.0 root /dev/mapper/vg-root (dm-0 on sda)\n"},
		{.what = "a volume by /dev/dm-0",
		 .devices = "sda 8:0 @01:00.0\ndm-0 254:0 <sda dm=vg-root\n",
		 .cmdline = "root=/dev/dm-0",
		 .carriers = "0000:01:00.0 root /dev/dm-0 (dm-0 on sda)\n"},
		{.what = "a volume of another name",
		 .devices = "sda 8:0 @01:00.0\ndm-0 254:0 <sda dm=my-vg-root\n",
		 .cmdline = "root=/dev/my-vg/root",
		 .lost = "root /dev/my-vg/root: no such device exists"},
		{.what = "multipath: one disk over two cards",
		 .devices =
			 "sda 8:0 @01:00.0 uuid=x type=ext4\nsdb 8:16 @02:00.0 uuid=x type=ext4\n"
			 "dm-0 254:0 <sda <sdb dm=mpatha uuid=x type=ext4\n",
		 .mounts = "22 1 254:0 / / rw - ext4 /dev/mapper/mpatha rw\n",
		 .carriers = "0000:01:00.0 / (dm-0 on sda)\n0000:02:00.0 / (dm-0 on sdb)\n"},
		{.what = "NVMe multipath: a namespace of two controllers",
		 .devices = "nvme0n1 259:0 @01:00.0 @02:00.0 type=ext4\n",
		 .mounts = "22 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n",
		 .carriers = "0000:01:00.0 / (nvme0n1)\n0000:02:00.0 / (nvme0n1)\n"},
		{.what = "VMD: the disk, its port and the controller above",
		 .devices = "nvme0n1 259:0 @00:0e.0 @10000:e0:06.0 @10000:e1:00.0 type=ext4\n",
		 .mounts = "22 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n",
		 .carriers = "0000:00:0e.0 / (nvme0n1)\n10000:e0:06.0 / (nvme0n1)\n"
			     "10000:e1:00.0 / (nvme0n1)\n"},
		{.what = "bcache: the cache and the disk",
		 .devices = "bcache0 252:0 <nvme0n1 <sda type=ext4 uuid=x\nnvme0n1 259:0 @01:00.0\n"
			    "sda 8:0 @02:00.0\n",
		 .cmdline = "root=UUID=x",
		 .carriers = "0000:01:00.0 root UUID=x (bcache0 on nvme0n1)\n"
			     "0000:02:00.0 root UUID=x (bcache0 on sda)\n"},
		{.what = "btrfs over two disks",
		 .devices =
			 "sda 8:0 @01:00.0 type=btrfs uuid=x\nsdb 8:16 @02:00.0 type=btrfs uuid=X\n"
			 "sdc 8:32 @03:00.0 type=ext4 uuid=x\n",
		 .mounts = "22 1 0:20 /@ / rw - btrfs /dev/sdb rw\n",
		 .carriers = "0000:02:00.0 / (sdb)\n0000:01:00.0 / (sda)\n"},
		{.what = "bcachefs over two disks",
		 .devices =
			 "sda 8:0 @01:00.0 type=bcachefs uuid=x\nsdb 8:16 @02:00.0 type=bcachefs "
			 "uuid=x\n",
		 .cmdline = "root=/dev/sda",
		 .carriers =
			 "0000:01:00.0 root /dev/sda (sda)\n0000:02:00.0 root /dev/sda (sdb)\n"},
		{.what = "a ZFS pool of two disks",
		 .devices = "sda1 8:1 @01:00.0 type=zfs_member label=rpool\n"
			    "sdb1 8:17 @02:00.0 type=zfs_member label=rpool\n"
			    "sdc1 8:33 @03:00.0 type=zfs_member label=tank\n",
		 .mounts = "22 1 0:20 / / rw - zfs rpool/ROOT/debian rw\n",
		 .carriers = "0000:01:00.0 / (sda1)\n0000:02:00.0 / (sdb1)\n"},
		{.what = "a ZFS pool by the command line",
		 .devices = "sda1 8:1 @01:00.0 type=zfs_member label=rpool\n",
		 .cmdline = "root=ZFS=rpool/ROOT/debian",
		 .carriers = "0000:01:00.0 root ZFS=rpool/ROOT/debian (sda1)\n"},
		{.what = "dracut's way",
		 .devices = "sda1 8:1 @01:00.0 type=zfs_member label=rpool\n",
		 .cmdline = "root=zfs:rpool/ROOT",
		 .carriers = "0000:01:00.0 root zfs:rpool/ROOT (sda1)\n"},
		{.what = "a ZFS pool that is not found",
		 .devices = "sda1 8:1 @01:00.0 type=zfs_member label=tank\n",
		 .mounts = "22 1 0:20 / / rw - zfs rpool/ROOT/debian rw\n",
		 .lost = "/: no readable disk belongs to this ZFS pool"},
		{.what = "a loop device on a file of another disk",
		 .devices = NVME "loop0 7:0 file=/srv/image type=squashfs\n",
		 .mounts = ROOT "23 22 259:4 / /srv rw - ext4 /dev/nvme1n1p1 rw\n"
				"24 22 7:0 / /snap rw - squashfs /dev/loop0 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 /srv (nvme1n1p1)\n"},
		{.what = "a loop device alone",
		 .devices = NVME "loop0 7:0 file=/srv/image type=ext4\n",
		 .mounts = "24 1 7:0 / / rw - ext4 /dev/loop0 rw\n"
			   "23 24 259:4 / /srv rw - ext4 /dev/nvme1n1p1 rw\n",
		 .carriers = "0000:06:00.0 / (loop0 on nvme1n1p1)\n"},
		{.what = "the longest mount has the file",
		 .devices = NVME,
		 .mounts = ROOT "23 22 259:4 / /sr rw - ext4 /dev/nvme1n1p1 rw\n",
		 .swaps = "/srv/swap file 1 0 -2\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:06:00.0 /sr (nvme1n1p1)\n"},
		{.what = "what sysfs does not explain",
		 .devices = "nbd0 43:0 type=ext4\n",
		 .mounts = "22 1 43:0 / / rw - ext4 /dev/nbd0 rw\n",
		 .lost = "/: sysfs does not show the devices below nbd0"},
		{.what = "below it is what sysfs does not have",
		 .devices = "dm-0 254:0 <sda1 <sdb1\nsdb1 8:17 @02:00.0\n",
		 .mounts = "22 1 254:0 / / rw - ext4 /dev/dm-0 rw\n",
		 .carriers = "0000:02:00.0 / (dm-0 on sdb1)\n",
		 .lost = "/: a device below it is not in sysfs"},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

TEST(what_comes_over_the_network)
{
	static const struct host hosts[] = {
		{.what = "root on NFS",
		 .mounts = "22 1 0:20 / / rw - nfs4 10.0.0.1:/root rw\n",
		 .network = "/ (10.0.0.1:/root)"},
		{.what = "root on NFS by the command line",
		 .cmdline = "root=/dev/nfs nfsroot=10.0.0.1:/root ip=dhcp",
		 .network = "root /dev/nfs (/dev/nfs)"},
		{.what = "dracut's NFS",
		 .cmdline = "root=nfs:10.0.0.1:/root",
		 .network = "root nfs:10.0.0.1:/root (nfs:10.0.0.1:/root)"},
		{.what = "iSCSI",
		 .cmdline = "root=iscsi:10.0.0.1::::iqn.x",
		 .network = "root iscsi:10.0.0.1::::iqn.x (iscsi:10.0.0.1::::iqn.x)"},
		{.what = "netroot, and root by what it brings",
		 .devices = NVME,
		 .cmdline = "netroot=iscsi:x root=UUID=aa-1",
		 .carriers = "0000:05:00.0 root UUID=aa-1 (nvme0n1p2)\n",
		 .network = "netroot="},
		/* A share that is mounted besides is not what the host stands on. */
		{.what = "a share",
		 .devices = NVME,
		 .mounts = ROOT "23 22 0:50 / /srv rw - nfs4 nas:/srv rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		/* File systems of a cluster lie on disks that each of its hosts reaches. */
		{.what = "GFS2",
		 .devices = NVME "sdb 8:16 @02:00.0 type=gfs2\n",
		 .mounts = ROOT "23 22 8:16 / /srv rw - gfs2 /dev/sdb rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:02:00.0 /srv (sdb)\n"},
		{.what = "OCFS2",
		 .devices = NVME "sdb 8:16 @02:00.0 type=ocfs2\n",
		 .mounts = ROOT "23 22 8:16 / /srv rw - ocfs2 /dev/sdb rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n0000:02:00.0 /srv (sdb)\n"},
		{.what = "an iSCSI disk, of which sysfs says no more",
		 .devices = "sda 8:0 type=ext4\n",
		 .mounts = "22 1 8:0 / / rw - ext4 /dev/sda rw\n",
		 .cmdline = "netroot=iscsi:x",
		 .lost = "/: sysfs does not show the devices below sda",
		 .network = "netroot="},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

/* What can lie on no disk of PCI must not keep all disks from being given away. */
TEST(what_needs_no_disk_of_pci)
{
	static const struct host hosts[] = {
		{.what = "fstab: file systems of the kernel, and clients of servers",
		 .devices = NVME,
		 .mounts = ROOT,
		 .fstab =
			 "10.0.0.1@o2ib:/scratch /scratch lustre defaults,_netdev 0 0\n"
			 "10.0.0.1@tcp:10.0.0.2@tcp:/a /a lustre\nbeegfs_nodev /b beegfs rw\n"
			 "gpfs0 /c gpfs rw\nsshfs#me@nas:/x /d fuse _netdev\nsshfs#me@nas: /d fuse\n"
			 "none /e fuse.ceph ceph.id=admin,_netdev\nid=admin /e fuse.ceph rw\n"
			 "me@nas:/x /f fuse.sshfs rw\nbucket /g fuse.s3fs rw\nnfsd /h nfsd\n"
			 "none /i configfs\nfusectl /j fusectl\nramfs /k ramfs\nx /l pstore\n"
			 "server:/v /m another _netdev\nhttps://dav.example/ /n davfs user\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n"},
		{.what = "mounted from the network, from persistent memory, and from a card on a SoC",
		 .devices = NVME "rbd0 252:0 network\npmem0 259:9 off-pci\n"
				 "mmcblk0 179:0 off-pci\nmmcblk0p1 179:1 <mmcblk0 off-pci\n",
		 .mounts = ROOT "23 22 252:0 / /r rw - ext4 /dev/rbd0 rw\n"
				"24 22 259:9 / /p rw - xfs /dev/pmem0 rw\n"
				"25 22 179:1 / /m rw - ext4 /dev/mmcblk0p1 rw\n",
		 .carriers = "0000:05:00.0 / (nvme0n1p2)\n",
		 .network = "/r (rbd0)"},
		{.what = "root is on a card on a SoC, and nothing names it",
		 .devices = NVME "mmcblk0 179:0 off-pci\n",
		 .mounts = "22 1 179:0 / / rw - ext4 /dev/root rw\n"},
		{.what = "root is on an image of the network",
		 .devices = NVME "rbd0 252:0 network\n",
		 .mounts = "22 1 252:0 / / rw - ext4 /dev/rbd0 rw\n",
		 .network = "/ (rbd0)"},
		{.what = "a host without a disk",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - tmpfs tmpfs rw\n",
		 .started = true},
		{.what = "and its root= says nothing that is known",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - tmpfs tmpfs rw\n",
		 .cmdline = "root=wwinit",
		 .lost_optional = "root wwinit: this form of a device name is not known",
		 .started = true},
		{.what = "a guest's root",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - virtiofs root rw\n",
		 .started = true},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

/* Whatever looks like these and may lie on a disk stays unknown. */
TEST(what_may_need_a_disk_of_pci)
{
	static const char *const entries[] = {
		"/dev/sdz1 /a fuse.ntfs-3g",
		"UUID=none /a fuse.exfat",
		"ntfs-3g#/dev/sdz1 /a fuse",
		"ntfs-3g#UUID=none /a fuse",
		"sdz /a fuseblk",
		"pool/ost0 /a lustre _netdev",
		"/dev/sdz /a lustre _netdev",
		"LABEL=ost0 /a lustre _netdev",
		"UUID=none /a ext4 _netdev",
		"ID=wwn-1 /a ext4 _netdev",
		"/dev/rbd9 /a ext4 _netdev",
		"server:/v /a another",
		"/dev/gpfs0 /a gpfs",
	};
	static const struct host hosts[] = {
		{.what = "memory may be the initramfs's",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - tmpfs tmpfs rw\n",
		 .lost = "root: it is not mounted, and the kernel's arguments do not name it"},
		{.what = "the initramfs itself, by hand",
		 .devices = NVME,
		 .mounts = "1 1 0:2 / / rw - rootfs rootfs rw\n",
		 .lost = "root: it is not mounted, and the kernel's arguments do not name it",
		 .started = true},
		{.what = "an overlay may lie on a disk",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - overlay overlay rw\n",
		 .lost = "root: it is not mounted, and the kernel's arguments do not name it",
		 .started = true},
		{.what = "/usr of a root in memory",
		 .devices = NVME,
		 .mounts = "22 1 0:22 / / rw - tmpfs tmpfs rw\n"
			   "23 22 259:4 / /usr rw - ext4 /dev/nvme1n1p1 rw\n",
		 .cmdline = "root=LABEL=root",
		 .carriers = "0000:06:00.0 /usr (nvme1n1p1)\n"
			     "0000:05:00.0 root LABEL=root (nvme0n1p2)\n",
		 .started = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct storage storage = {.known = true};
		struct kernel_args args = {};
		struct carriers carriers;

		storage_devices(&storage, NVME);
		mountinfo_parse(ROOT, &storage.mounts);
		fstab_parse(entries[i], &storage.fstab);
		carriers_make(&storage, &args, true, &carriers);
		check(entries[i], carriers.lost && strstr(carriers.lost, "fstab /a "));
		carriers_done(&carriers);
		storage_done(&storage);
	}
	expect_all(hosts, ARRAY_SIZE(hosts));
}

TEST(what_was_not_read_is_lost)
{
	struct storage storage = {};
	struct kernel_args args = {};
	struct carriers carriers;

	carriers_make(&storage, &args, true, &carriers);
	assert_string_equal(carriers.lost, "the host's disks and mounts cannot be read");
	assert_int_equal(carriers.n, 0);
	assert_null(carriers_find(&carriers, &(struct pci_address){}));
	carriers_done(&carriers);
	carriers_done(NULL);
}

/* No kernel lets devices stand on each other; a broken tree must not hang the host's boot. */
TEST(loops_end)
{
	static const struct host hosts[] = {
		{.what = "on itself",
		 .devices = "dm-0 254:0 <dm-0\n",
		 .mounts = "22 1 254:0 / / rw - ext4 /dev/dm-0 rw\n",
		 .lost = "/: the block devices form a loop"},
		{.what = "two, each on both",
		 .devices = "dm-0 254:0 <dm-0 <dm-1\ndm-1 254:1 <dm-0 <dm-1\n",
		 .mounts = "22 1 254:0 / / rw - ext4 /dev/dm-0 rw\n",
		 .lost = "/: the block devices form a loop"},
		{.what = "a loop device on a file of its own",
		 .devices = "loop0 7:0 file=/image\n",
		 .mounts = "22 1 7:0 / / rw - ext4 /dev/loop0 rw\n",
		 .lost = "/: the file is on no mounted file system"},
	};

	expect_all(hosts, ARRAY_SIZE(hosts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounted),
		cmocka_unit_test(named_by_the_command_line),
		cmocka_unit_test(more_than_one_way_of_naming),
		cmocka_unit_test(tables_of_the_host),
		cmocka_unit_test(what_stacks_on_what),
		cmocka_unit_test(what_comes_over_the_network),
		cmocka_unit_test(what_needs_no_disk_of_pci),
		cmocka_unit_test(what_may_need_a_disk_of_pci),
		cmocka_unit_test(what_was_not_read_is_lost),
		cmocka_unit_test(loops_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
