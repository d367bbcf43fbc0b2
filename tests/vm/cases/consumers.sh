# Services that want prepared devices start where the devices are prepared. (Where they are not: absent, off.)

kinds=dracut
extra=consumers

check() {
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_consumers active
}
