# Switched off in the initramfs, the tool as well as udev's rules: the native driver gets the card there, and
# the unit of the real root takes it away from it.

arguments=rd.vfio_prepare=0

image_files() { card_rule "$1"; }

check() {
	expect_message 'rd\.vfio_prepare=0'
	expect_driver 0000:01:00.0 vfio-pci
	expect_logged e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_phase system 0000:01:00.0 done
	expect_unit vfio-prepare.service active
	expect_no_failed_units
	expect_ready
}
