# The tool is missing from an image that has the hook: the boot goes on, and the unit of the real root has
# to unbind. (Of dracut without systemd the hook is sourced: tests/shell does that without a tool.)

kinds="initramfs-tools dracut"

image_files() {
	mkdir -p "$1/usr/sbin"
	# An archive cannot remove a file, but it can put a link to nowhere in its place.
	ln -s nowhere "$1/usr/sbin/vfio-prepare"
}

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_logged e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_no_failed_units
	expect_ready
}
