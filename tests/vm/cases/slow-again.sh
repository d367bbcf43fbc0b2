# A device whose driver takes longer to give it up than it has time: it is given up and kept from udev. A
# bind by hand, when the driver is through, takes it, and udev has it again.

kinds=alone
modules="vfio_pci vfio_iommu_type1"
labhang=yes
profile=slower
devices="-device edu,addr=8.0"

# Two names of one file, as each command is told apart by its words.
HIDDEN="busybox cat /sys/bus/pci/devices/0000:00:08.0/uevent"
SHOWN="busybox cat /sys/devices/pci0000:00/0000:00:08.0/uevent"

image_files() {
	install -D "$ROOT/bin/busybox" "$1/bin/busybox"
}

script() {
	cat <<-END
		insmod /lib/modules/$KVER/updates/labhang.ko remove_ms=4000
		run vfio-prepare bind --phase system
		run $HIDDEN
		run busybox sleep 10
		run vfio-prepare bind
		run $SHOWN
	END
	script_report
}

check() {
	expect_status "vfio-prepare bind --phase system" 1
	expect_message '0000:00:08\.0: timeout: .* unbinding did not return within 1 s'
	[[ -z $(output_of "$HIDDEN") ]] || fail "udev was not kept from it"
	expect_status "vfio-prepare bind" 0
	expect_driver 0000:00:08.0 vfio-pci
	[[ $(output_of "$SHOWN") == *DRIVER=vfio-pci* ]] || fail "udev has it no more"
	expect_ready
}
