# The listed card is not there: the boot goes on, nothing else is taken, somebody says so, and no
# service that wants it starts. (That each kind's boot goes on after an error: broken-tool.)

kinds=dracut
profile=absent
extra=consumers

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_message '0000:09:00\.0'
	expect_unit vfio-prepare.target inactive
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
	expect_consumers inactive
	expect_not_ready
}
