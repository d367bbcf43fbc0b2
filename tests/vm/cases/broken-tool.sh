# The tool in the image ends with an error, but udev's rules for one of two listed cards are there: they bind
# that card in the initramfs, before its native driver. The boot goes on, and the unit of the real root,
# which has a good tool, finds the first card right and does the work for the second. (With
# rd.vfio_prepare=0 the rules do nothing: off-early.)

profile=two-listed
devices="$TWO_NICS -device pcie-root-port,id=rp3,chassis=3,slot=3,addr=4.0 -device e1000e,bus=rp3,romfile="

image_files() {
	card_rule "$1"
	mkdir -p "$1/usr/sbin"
	printf '#!/bin/sh\necho "<4>broken tool" >/dev/kmsg\nexit 2\n' >"$1/usr/sbin/vfio-prepare"
	chmod +x "$1/usr/sbin/vfio-prepare"
}

check() {
	kernel_said 'broken tool' || fail "the image's tool was not run"
	expect_taken e1000e 0000:01:00.0
	expect_phase system 0000:01:00.0 already
	expect_driver 0000:02:00.0 vfio-pci
	expect_logged e1000e 0000:02:00.0
	expect_phase system 0000:02:00.0 done
	expect_native e1000e 0000:03:00.0
	expect_unit vfio-prepare.target active
	expect_no_failed_units
}
