# A profile with an unknown key beside a good one: nothing is touched, the boot goes on. (The tool ends
# with 2, as the one of broken-tool does in each kind of image.)

kinds=initramfs-tools
profile=invalid

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_message 'profile\.conf.*adress'
	expect_unit vfio-prepare.service failed
	expect_unit vfio-prepare.target inactive
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
	expect_status "$VALIDATE" 2
}
