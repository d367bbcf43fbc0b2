# The same driver as in "hung", where no initramfs has the tool: the unit of the real root finds it. Neither
# udev nor the journal hang with it.

kinds="initramfs-tools dracut"
image=bare
profile=hung
labhang=yes
devices="$TWO_NICS -device edu,addr=8.0 -device edu,addr=9.0"
arguments=labhang.hang_dev=0000:00:08.0
extra=hung

STATE=/usr/lib/lab/extra/hung

image_files() { hold_early "$1"; }

check() {
	expect_driver 0000:00:08.0 -
	expect_logged labhang '0000:00:08.0: removing'
	expect_never labhang '0000:00:08.0: removed'
	expect_driver 0000:00:09.0 vfio-pci
	expect_driver 0000:01:00.0 vfio-pci
	expect_native e1000e 0000:02:00.0
	expect_json "$STATE" '.memory.phases[0] | .phase == "system" and .elapsed_ms >= 10000 and .elapsed_ms < 15000'
	expect_json "$STATE" 'any(.memory.phases[0].outcomes[]; .address == "0000:00:08.0" and .result == "timeout")'
	# One that the kernel does not let go, and none for each look at the device.
	expect_json "$STATE" '.left == 1'
	expect_finding device-hangs 0000:00:08.0
	expect_not_ready
	expect_status 'udevadm settle' 0
	expect_unit vfio-prepare.target inactive
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
}
