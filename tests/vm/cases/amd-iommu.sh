# All others have an emulated VT-d.

kinds=initramfs-tools
iommu=amd

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_no_failed_units
	expect_ready
}
