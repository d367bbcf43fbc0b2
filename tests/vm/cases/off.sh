# Switched off altogether: the machine is as it would be without us.

arguments=vfio_prepare.enable=0

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_message 'vfio_prepare\.enable=0'
	expect_no_failed_units
	expect_not_ready
}
