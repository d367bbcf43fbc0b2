# An image without the tool but with the cards' driver: the unit of the real root has to unbind.

kinds=initramfs-tools # the unit is the same whatever made the image
image=bare

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_logged e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_no_failed_units
	expect_ready
}
