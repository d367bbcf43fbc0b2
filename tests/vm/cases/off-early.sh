# Switched off in the initramfs: the native driver gets the card there, and the unit of the real
# root takes it away from it.

arguments=rd.vfio_prepare=0

check() {
	expect_message 'rd\.vfio_prepare=0'
	expect_driver 0000:01:00.0 vfio-pci
	expect_logged e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_no_failed_units
	expect_ready
}
