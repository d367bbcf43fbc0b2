# The image lacks the tool, and its modules-load.d has vfio-pci take both cards by ids=: the unit of the real root
# gives back the one that no section lists. (initramfs-tools loads such modules after udev's coldplug.)

# shellcheck source=sibling.sh
. "$LAB_DIR/cases/sibling.sh"
kinds=dracut
eval "sibling_$(declare -f image_files)"

image_files() {
	sibling_image_files "$1"
	# An archive cannot remove a file, but it can put a link to nowhere in its place.
	mkdir -p "$1/usr/sbin"
	ln -s nowhere "$1/usr/sbin/vfio-prepare"
}

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	kernel_said 'vfio_pci: add \[8086:10d3' || fail "vfio-pci was loaded without ids="
	expect_message '0000:02:00\.0: no section lists the device, and vfio-pci had taken it by ids=: it is on e1000e'
	expect_no_failed_units
	expect_ready
}
