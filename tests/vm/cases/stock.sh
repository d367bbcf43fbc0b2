# Nothing tuned: the image as the generator made it, Debian's kernel image and command line, all
# units of the default target.

mode=stock

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_ready
}
