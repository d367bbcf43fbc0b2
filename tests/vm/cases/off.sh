# Switched off altogether: the machine is as it would be without us, and nobody takes it for prepared.
# (The tool looks for the switch itself, and so do udev's rules. In each kind of image: off-early.)

kinds=dracut
arguments=vfio_prepare.enable=0
extra=consumers

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_message 'vfio_prepare\.enable=0'
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target inactive
	expect_no_failed_units vfio-prepare-ready.service
	expect_consumers inactive
	expect_not_ready
}
