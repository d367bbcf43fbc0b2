# Two graphics cards of one model, both meant by the profile, without allow = display: the one that
# the firmware shows its messages on stays, the other is bound with its audio function.

kinds=alone
modules="vfio_pci vfio_iommu_type1 bochs"
profile=displays
devices="-device VGA,addr=1.0,romfile= $PORT1 -device ich9-intel-hda,bus=rp1,addr=0.1
	-device VGA,bus=rp1,addr=0.0,multifunction=on,romfile="

BIND="vfio-prepare --format json bind --phase early"

script() {
	echo "run $BIND"
	alone_modules bochs | sed 's/^/insmod /'
	script_report
}

check() {
	expect_status "$BIND" 4
	expect_finding display 0000:00:01.0 "$BIND"
	expect_native bochs-drm 0000:00:01.0
	expect_taken bochs-drm 0000:01:00.0
	expect_driver 0000:01:00.1 vfio-pci
	expect_not_ready
}
