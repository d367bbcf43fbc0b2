# Kernel and initramfs lie on the EFI system partition, and the firmware starts the kernel itself (efibootmgr -u
# "initrd=\EFI\debian\initrd.img ..."), as Debian's wiki has it under EFIStub. In /boot lies the image that update-initramfs
# makes; HOOK=old: the copy is of before nvidia was taken out of it. HOOK=limine: limine-entry-tool's directories.
import sys, os
from hosttree import *
K, limine = "6.12.9-amd64", os.environ.get("HOOK") == "limine"
line = "root=UUID=6f0d ro quiet" if limine else "initrd=\\EFI\\debian\\initrd.img root=UUID=6f0d ro quiet"
h = Host(kernel=K, cmdline=line + " iommu=pt")
h.native("nvidia", "nvidia", "10de:*"); plain_root(h); h.block("sda2", part_of="sda", type="vfat", uuid="AAAA-0001")
h.mount("/dev/sda2", "/boot" if limine else "/boot/efi", "vfat")
for n, (a, ids, drv, vga) in enumerate((("0000:01:00.0", "10de:2684", "nvidia", 0), ("0000:02:00.0", "1a03:2000", None, 1))):
    h.fn(f"0000:00:{20 + n:02x}.0", "8086:347a", "060400", driver="pcieport", group=20 + n)
    h.fn(a, ids, "030000", below=f"0000:00:{20 + n:02x}.0", driver=drv, group=50 + n, vga=vga)
def img(**more): return image({"conf/initramfs.conf": "x", "scripts/functions": "x", **more})
with_driver = img(**{f"lib/modules/{K}/kernel/drivers/nvidia.ko": "x"})
if limine:
    d = "/boot/0123456789abcdef0123456789abcdef/linux-lts/"
    h.file("/etc/default/limine", 'KERNEL_CMDLINE[default]="quiet"\n'); h.file("/boot/limine.conf", "/linux-lts\n    protocol: linux\n")
    h.file(d + "vmlinuz-linux-lts", "x"); h.file(d + "initramfs-linux-lts", image({"buildconfig": "x", "init_functions": "x", "hooks/udev": "x", f"lib/modules/{K}/kernel/drivers/nvidia.ko": "x"}))
    h.file("/usr/bin/mkinitcpio", "#!/bin/sh\n")
else:
    h.file("/boot/efi/EFI/debian/initrd.img", with_driver); h.file("/boot/efi/EFI/debian/vmlinuz", "x")
    h.file(f"/boot/initrd.img-{K}", img()); h.file(f"/boot/vmlinuz-{K}", "x"); h.file("/usr/sbin/update-initramfs", "#!/bin/sh\n")
h.write(sys.argv[1])
