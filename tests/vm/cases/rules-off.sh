# rd.vfio_prepare=0 is for udev's rules in the image, too: the native driver has the card there.

# shellcheck source=rules-alone.sh
. "$LAB_DIR/cases/rules-alone.sh"
kinds="initramfs-tools dracut"
arguments=rd.vfio_prepare=0

check() {
	expect_logged e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_phase system 0000:01:00.0 done
	expect_no_failed_units
}
