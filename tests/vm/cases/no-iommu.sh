# No IOMMU: vfio-pci could not use the card. It stays with, or gets back to, its native driver.

kinds=initramfs-tools
iommu=none

check() {
	expect_driver 0000:01:00.0 e1000e
	expect_native e1000e 0000:02:00.0
	expect_message IOMMU
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
	expect_not_ready
}
