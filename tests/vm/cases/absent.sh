# The listed card is not there: the boot goes on, nothing else is taken, and somebody says so.

profile=absent

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_message '0000:09:00\.0'
	expect_no_failed_units vfio-prepare.service
	expect_not_ready
}
