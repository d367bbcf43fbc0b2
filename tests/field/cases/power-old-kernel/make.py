# A POWER9 host with Debian 12's kernel 6.1: the IOMMU's groups are there, but no kernel before 6.4 has a unit of it in
# /sys/class/iommu (arch/powerpc/kernel/iommu.c ppc_iommu_register_device() came with 6.4). A Radeon is on vfio-pci.
import sys, os
from hosttree import *
h = Host(kernel="6.1.0-31-powerpc64le", cmdline="root=/dev/sda1 ro quiet", tables=None, iommu=(),
         cpuinfo="processor\t: 0\ncpu\t\t: POWER9, altivec supported\nplatform\t: PowerNV\n", interrupts="           CPU0\n 16:          0  XIVE-IPI\n",
         config="CONFIG_SPAPR_TCE_IOMMU=y\nCONFIG_VFIO_PCI=m\nCONFIG_VFIO_IOMMU_SPAPR_TCE=m\n")
h.native("ahci", "ahci", "class:0106"); h.native("amdgpu", "amdgpu", "1002:*")
h.mods.pop("vfio_iommu_type1"); h.mod("vfio_iommu_spapr_tce", needs="vfio", loaded=True)
h.file("/sys/firmware/devicetree/base/model", "T2P9D01 REV 1.01")
for d, ids, cls, drv, vga in (("0003", "1b4b:9235", "010601", "ahci", None), ("0000", "1002:67df", "030000", "vfio-pci", 0), ("0005", "1a03:2000", "030000", None, 1)):
    g = int(d)
    h.fn(f"{d}:00:00.0", "1014:04c1", "060400", driver="pcieport", group=g)
    h.fn(f"{d}:01:00.0", ids, cls, below=f"{d}:00:00.0", driver=drv, override="vfio-pci" if drv == "vfio-pci" else None, group=g, vga=vga)
    h.file(f"/sys/kernel/iommu_groups/{g}/name", f"domain{g}-pe0\n")
h.block("sda", on="0003:01:00.0", table=True); h.block("sda1", part_of="sda", type="ext4"); h.mount("/dev/sda1", "/", "ext4")
h.write(sys.argv[1])
