# A second card of the listed one's id was added after apply: modprobe.d, in the image and on the root, still gives
# the id to vfio-pci and keeps the native driver out, and the image loads vfio-pci itself, by the means of its kind.
# Without ids= the tool has loaded vfio-pci before, and the card of the host gets its native driver.

kinds="initramfs-tools dracut"
arguments=lab.outdated

image_files() {
	mkdir -p "$1/etc/modprobe.d"
	printf '%s\n' 'options vfio-pci ids=8086:10d3' 'blacklist e1000e' >"$1/etc/modprobe.d/vfio-prepare.conf"
	case $kind in
	initramfs-tools)
		mkdir -p "$1/conf"
		echo vfio_pci >"$1/conf/modules"
		;;
	dracut)
		mkdir -p "$1/etc/modules-load.d"
		echo vfio_pci >"$1/etc/modules-load.d/vfio.conf"
		;;
	esac
}

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	! kernel_said 'vfio_pci: add \[8086:10d3' || fail "vfio-pci was loaded with ids="
	expect_message '0000:02:00\.0: no section lists the device'
	expect_finding file-outdated /etc/modprobe.d/vfio-prepare.conf
	expect_no_failed_units
	expect_ready
}
