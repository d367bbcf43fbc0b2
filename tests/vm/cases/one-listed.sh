# Two identical cards, one of them listed; it is fit for a virtual machine.

extra=open-card

OPEN=/usr/lib/lab/extra/open-card

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_ready
	expect_status $OPEN 0
	output_of $OPEN | grep -qx 'ids: 8086:10d3' || fail "opened through VFIO it is another device"
}
