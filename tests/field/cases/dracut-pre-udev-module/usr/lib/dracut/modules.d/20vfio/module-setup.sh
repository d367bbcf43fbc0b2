#!/usr/bin/bash
check() { return 0; }
depends() { return 0; }
installkernel() { instmods vfio_pci vfio vfio_iommu_type1; }
install() {
  declare moddir=${moddir}
  inst_hook pre-udev 00 "$moddir/vfio-pci-override.sh"
}
