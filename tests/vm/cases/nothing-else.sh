# An initramfs that has nothing but the tool, its profile, module files, and an /init that starts
# it. The native driver is loaded afterwards and takes what is left.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"

script() {
	echo "run vfio-prepare bind --phase early"
	alone_modules e1000e | sed 's/^/insmod /'
	script_report
}

check() {
	expect_status "vfio-prepare bind --phase early" 0
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_ready
}
